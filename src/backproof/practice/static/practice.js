// The page works without this. With it a form is sent as it stands, and what comes back takes the place of what is there
// (replacing.js); what is typed is kept (keeping.js); numbers light up (numbers.js).
(() => {
  "use strict";
  const { keeping, replacing } = window;
  const WAIT = 150;
  const main = () => document.getElementById("main");
  const form = () => document.getElementById("practice");

  // Telling.
  const voice = Object.assign(document.createElement("p"), { className: "voice" });
  voice.setAttribute("role", "status");
  const notice = Object.assign(document.createElement("div"), { className: "notice", hidden: true });
  notice.setAttribute("role", "alert");
  document.querySelector("header.top").append(voice, notice);

  let lasting = ""; // what holds for as long as the page is open, told whenever nothing else is
  function tell(text) {
    text ||= lasting;
    if (text === (notice.querySelector("p")?.textContent ?? "")) return;
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    close.setAttribute("aria-label", "Close this notice");
    close.addEventListener("click", () => {
      if (text === lasting) lasting = "";
      tell("");
    });
    notice.hidden = !text;
    notice.replaceChildren(...(text ? [Object.assign(document.createElement("p"), { textContent: text }), close] : []));
  }

  // Which question this is, and the fields of its form.
  const value = (name) => form()?.elements.namedItem(name)?.value ?? "";
  const questionOf = (example, problem) => (problem ? keeping.nameOf(problem) : example);
  const question = () => questionOf(value("example"), value("problem"));
  let here = location.pathname + location.search;
  function move(how) {
    here = address(question());
    history[how](null, "", here);
  }
  const address = (name) => (name.startsWith("own-") ? `/?own=${name.slice(4)}` : `/q/${encodeURIComponent(name)}`);

  let before = {}; // the fields that are kept, as far as this tab knows
  function fields() {
    const found = { mode: value("mode") };
    for (const [name, text] of new FormData(form()))
      if (text.trim() && !["example", "problem", "part"].includes(name)) found[name] = text;
    for (const box of replacing.boxes())
      if (box.name.startsWith("given:") && box.value === box.defaultValue && !box.closest("td").matches(".changed, .unread")) delete found[box.name];
    return found;
  }

  let warned = false, soon = 0;
  function keep() {
    if (!form()) return;
    const now = fields();
    const told = { title: document.querySelector("h1").textContent, problem: value("problem") };
    if (keeping.write(question(), told, value("part") || "0", now, before)) before = now;
    else if (!warned) {
      warned = true;
      lasting = "This browser keeps nothing for this page: it works, but what you type is lost when you reload it.";
      tell("");
    }
  }

  // Requests, one after another; of those that follow typing only the newest is waited for.
  let tail = Promise.resolve(), waiting = false, following = null;
  function queue(job) {
    tail = tail.then(job).catch(reportError);
    return tail;
  }

  async function asked(entries, signal) {
    const body = new URLSearchParams(entries);
    let answer, text;
    try {
      answer = await fetch("/practice", { method: "POST", headers: { "X-Part": "main" }, body, signal });
      text = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") tell("The server does not answer. What you typed is still here; is backproof practice running?");
      return null;
    }
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (answer.ok && fresh) return fresh;
    tell(fresh?.querySelector(".fault")?.textContent ?? `The server answers with ${answer.status}.`);
    return null;
  }

  // A button pressed.
  const act = (what) => queue(async () => {
    following?.abort();
    const typed = replacing.values();
    const part = what.match(/^part:(\d+)$/)?.[1];
    keep();
    const old = { at: form().dataset.at, mode: form().dataset.mode };
    const fresh = await asked(part === undefined ? [...new FormData(form()), ["do", what]] : again(question(), part, { mode: value("mode") }));
    if (!fresh) return;
    tell("");
    if (what === "reset") keeping.forget(question());
    if (what === "reset" || part !== undefined) before = {};
    take(fresh, what === "reset" ? null : typed);
    keep();
    say(what, old);
  });

  // The fields of a part as they are kept; without any, the part as it is at the beginning.
  function again(name, part, but = {}) {
    const found = keeping.read(name), own = Boolean(found?.problem) || !value("example");
    const kept = { ...found?.parts[part], ...but };
    return [own ? ["problem", found?.problem || value("problem")] : ["example", name], ["part", part], ...Object.entries(kept)];
  }

  // A given number changed: everything follows, as soon as the typing pauses.
  let pause = 0;
  function follow() {
    clearTimeout(pause);
    pause = setTimeout(() => {
      following?.abort();
      if (waiting) return;
      waiting = true;
      queue(async () => {
        waiting = false;
        if (!form()) return;
        following = new AbortController();
        const typed = replacing.values();
        const fresh = await asked([...new FormData(form()), ["do", "apply"]], following.signal);
        if (!fresh) return;
        tell("");
        const unread = fresh.querySelector("#givens .reasons li");
        take(fresh, typed);
        voice.textContent = unread?.textContent ?? "Worked out with the number you changed.";
        keep();
      });
    }, WAIT);
  }

  // What came back takes its place.
  function take(fresh, typed) {
    const place = document.activeElement?.getBoundingClientRect().top;
    const open = new Map([...main().querySelectorAll("details[id]")].map((e) => [e.id, e.open]));
    const was = form() && `${form().dataset.mode} ${form().dataset.at}`;
    replacing.adopt(main(), fresh, typed);
    const same = form() && was === `${form().dataset.mode} ${form().dataset.at}`;
    for (const details of main().querySelectorAll("details[id]"))
      if (open.has(details.id) && (same || details.id === "network")) details.open = open.get(details.id);
    document.title = main().dataset.title;
    const moved = document.activeElement?.getBoundingClientRect().top - place;
    if (document.activeElement !== document.body && moved) window.scrollBy(0, moved);
    furnish();
  }

  // What is said aloud after a button.
  function say(what, old) {
    const { at, of, mode } = form().dataset;
    const hinted = what.startsWith("hint:") && document.getElementById(`hints.1.${what.slice(5)}`.replaceAll(" ", "_"));
    if (hinted) voice.textContent = hinted.querySelector("li:last-child").textContent;
    else if (mode === "practise") voice.textContent = document.getElementById("summary").textContent || "The answers are covered.";
    else if (at !== old.at || mode !== old.mode) voice.textContent = `Step ${at} of ${of}. ${document.querySelector("#now h2")?.textContent ?? ""}`;
    else voice.textContent = "";
  }

  // What only this page has: the drawing's place, and how it goes by the keyboard.
  function furnish() {
    const look = document.getElementById("look"), made = look?.querySelector('[data-role="made"]');
    if (made) {
      const room = look.getBoundingClientRect(), there = made.getBoundingClientRect();
      if (there.top < room.top + 40 || there.bottom > room.bottom - 10) look.scrollTop += there.top + there.height / 2 - room.top - room.height / 2;
    }
    const keys = document.querySelector(".keys");
    const practise = form()?.dataset.mode === "practise";
    if (keys) keys.textContent = practise ? "Enter checks, arrows go from box to box, ? asks for a hint." : "The keys ← and → step.";
    if (practise) {
      for (const button of document.querySelectorAll("td .hint")) button.tabIndex = -1;
      for (const box of document.querySelectorAll('input[name^="answer:"]')) box.setAttribute("aria-keyshortcuts", "?");
    }
    for (const row of document.querySelectorAll(".matrices .scroll")) {
      if (row.scrollWidth > row.clientWidth && !row.querySelector("input")) row.tabIndex = 0;
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.id === "practice") {
      event.preventDefault();
      clearTimeout(pause);
      act(event.submitter?.value || (value("mode") === "practise" ? "check" : "apply"));
    }
  });

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.matches("#practice td input")) return;
    if (box.name.startsWith("given:")) {
      if (!event.isComposing) follow();
    } else {
      const cell = box.closest("td");
      cell.className = "cell";
      cell.querySelector(".under")?.remove();
      box.removeAttribute("aria-invalid");
      document.getElementById(`says.${box.id}`)?.remove();
    }
    clearTimeout(soon);
    soon = setTimeout(keep, 200);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches('#practice input[name^="given:"]')) follow();
  });
  addEventListener("pagehide", keep);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !form()) return;
    const box = event.target.closest("#practice td input");
    if (box) {
      if (event.key === "?" && box.name.startsWith("answer:")) {
        event.preventDefault();
        act(`hint:${box.name.slice(7)}`);
      } else if (!event.shiftKey) arrow(event, box);
      return;
    }
    const way = { ArrowLeft: "back", ArrowRight: "next" }[event.key];
    if (!way || form().dataset.mode !== "read" || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, svg, .math[tabindex], .scroll[tabindex]")) return;
    const button = document.querySelector(`.controls button[value="${way}"]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    act(way);
  });

  // Between the boxes of a matrix; sideways only from the end of what stands in a box.
  function arrow(event, box) {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    const caret = box.selectionStart === box.selectionEnd ? box.selectionStart : null;
    const ends = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    if ((!down && !right) || (right && !ends && caret !== (right < 0 ? 0 : box.value.length))) return;
    const cell = box.closest("td"), row = cell.parentElement;
    const next = row.parentElement.rows[row.rowIndex + down]?.cells[cell.cellIndex + right]?.querySelector("input");
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  }

  // A number of the drawing that is to be filled in leads to its box.
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("#practice[data-mode=practise] svg .covered[data-cell]");
    const box = cell && document.querySelector(`input[name="answer:${CSS.escape(cell.dataset.cell)}"]`);
    if (!box) return;
    event.preventDefault();
    event.stopPropagation();
    box.focus();
  }, true);

  // What a number of the drawing unfolds is brought into sight.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#look")) document.querySelector("#look .unfolded")?.scrollIntoView({ block: "nearest" });
  });

  // A problem of one's own is opened, as it was left if it was here before.
  const open = (problem) => queue(async () => {
    keep();
    const name = keeping.nameOf(problem), kept = keeping.read(name);
    const fresh = await asked(kept ? again(name, String(kept.part ?? 0)) : [["problem", problem], ["at", "1"]]);
    if (!fresh) return;
    tell("");
    before = {};
    take(fresh, null);
    move("pushState");
    keep();
    main().focus();
    window.scrollTo(0, 0);
  });

  // What was kept comes back.
  async function restore() {
    const url = new URL(location.href), own = url.searchParams.get("own");
    if (!form() && !own) return;
    const name = form() ? question() : `own-${own}`;
    const kept = keeping.read(name);
    const told = Object.fromEntries([...url.searchParams].filter(([key]) => ["at", "mode"].includes(key)));
    if (told.mode === "read") told.at ??= "";
    else if (form() && url.pathname !== "/practice" && !("mode" in told) && "at" in told) told.mode = "read";
    if (!form() && !kept) return tell("This question is no longer kept; load its file again.");
    if (kept) {
      const asksPart = url.searchParams.get("part");
      const part = asksPart ?? String(kept.part ?? 0);
      const sent = url.pathname === "/practice";
      const entries = again(name, sent ? value("part") || "0" : part, sent ? fields() : told);
      before = { ...kept.parts[part] };
      const typed = replacing.values();
      const fresh = await asked(entries);
      if (fresh) take(fresh, typed);
    }
    if (!form()) return;
    if (keeping.works() && here !== address(question())) move("replaceState");
    keep();
    furnish();
  }
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== here) location.reload();
  });
  addEventListener("storage", (event) => {
    if (event.newValue === null && form() && event.key?.endsWith(` ${question()}`)) before = {};
  });
  queue(restore);
  window.practice = { open, tell, address };
})();
