// Lights up where a number came from and where it goes, and unfolds how it was computed.
// A number is any element with `data-cell`; a line tells with `data-from` what its number is made of: addresses between
// spaces, those within an address being spaces that do not break.
(() => {
  "use strict";
  const key = (cell) => cell.replaceAll(" ", "\u00a0");
  const pretty = (cell) => cell.replace(/^d(.+)\/d/, "∂$1/∂").replaceAll("\u00a0", " ");

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // What one scope, a pass or a variant, knows of its numbers; what a variant does not tell, its base does.
  function relations(scope, root) {
    const lines = new Map(), sources = new Map(), uses = new Map();
    const base = scope.dataset.base && root.querySelector(`[data-scope="${CSS.escape(scope.dataset.base)}"]`);
    for (const line of [scope, base].flatMap((part) => [...(part?.querySelectorAll("li.line[data-cell]") ?? [])])) {
      const cell = key(line.dataset.cell);
      if (lines.has(cell)) continue;
      lines.set(cell, line);
      sources.set(cell, line.dataset.from.split(" ").filter(Boolean));
      for (const source of sources.get(cell)) uses.set(source, [...(uses.get(source) ?? []), cell]);
    }
    const drawn = new Set([...scope.querySelectorAll("svg [data-cell]")].map((e) => key(e.dataset.cell)));
    return { lines, sources, uses, drawn };
  }

  // What is one step away from a number; through what the drawing leaves out, the parts of a sum, on to what it shows.
  function reached(map, cell, drawn, found = new Set()) {
    for (const next of map.get(cell) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      if (drawn.size && !drawn.has(next)) reached(map, next, drawn, found);
    }
    return found;
  }

  function begin(root) {
    if (root.dataset.alive) return root.dispatchEvent(new Event("renewed"));
    root.dataset.alive = "yes";
    let known = new WeakMap();
    const scopeOf = (element) => element.closest("[data-scope]") ?? root;
    const of = (scope) => known.get(scope) ?? known.set(scope, relations(scope, root)).get(scope);
    const voice = make("p", { class: "voice", "aria-live": "polite" });
    root.append(voice);

    let lit = [];
    function light(cell, scope) {
      for (const element of lit) element.classList.remove("here", "source", "use");
      lit = [];
      if (!cell) return;
      const { sources, uses, drawn } = of(scope);
      const near = (map, role) => [...reached(map, cell, drawn)].map((c) => [c, role]);
      const roles = new Map([...near(uses, "use"), ...near(sources, "source"), [cell, "here"]]);
      for (const element of scope.querySelectorAll("[data-cell]")) {
        const role = roles.get(key(element.dataset.cell));
        if (role && !(role !== "here" && element.matches(".line"))) {
          element.classList.add(role);
          lit.push(element);
        }
      }
    }

    const pointed = (event) => event.target.closest?.("[data-cell]");
    root.addEventListener("pointerover", (event) => {
      const element = pointed(event);
      if (element) light(key(element.dataset.cell), scopeOf(element));
    });
    root.addEventListener("pointerout", (event) => {
      if (pointed(event) && !event.relatedTarget?.closest?.("[data-cell]")) light(null);
    });
    root.addEventListener("focusin", (event) => {
      const element = event.target.closest("[data-cell]");
      light(element && key(element.dataset.cell), scopeOf(event.target));
    });
    root.addEventListener("focusout", () => light(null));

    // Unfolding: a copy of the number's own line, below what was pressed.
    function unfold(cell, scope, below, opener) {
      const open = [...below.parentElement.children].find((e) => e.matches(".unfolded") && key(e.dataset.of) === cell);
      if (open) return fold(open);
      const { lines, sources, uses } = of(scope);
      const line = lines.get(cell);
      const close = make("button", { type: "button", "aria-label": `fold ${pretty(cell)}` }, "×");
      const panel = make("div", { class: "unfolded", "data-of": cell, role: "group", "aria-label": `how ${pretty(cell)} was computed` },
        make("header", {}, make("span", {}, line ? `How ${pretty(cell)} was computed` : said(cell, scope)), close));
      if (line) {
        const copy = make("div", { class: "line", "data-cell": cell });
        for (const child of line.childNodes) if (!child.matches?.(".about, .unfolded, .chips")) copy.append(child.cloneNode(true));
        for (const element of copy.querySelectorAll("[data-cell]")) element.classList.remove("here", "source", "use");
        panel.append(copy);
      }
      panel.append(...chips("made of", sources.get(cell), scope, panel), ...chips("goes into", uses.get(cell), scope, panel));
      panel.opener = opener;
      close.addEventListener("click", () => fold(panel));
      below.after(panel);
      opener?.setAttribute?.("aria-expanded", "true");
      panel.scrollIntoView({ block: "nearest" });
      voice.textContent = panel.querySelector(".math")?.getAttribute("aria-label") ?? panel.textContent;
      return panel;
    }

    function fold(panel) {
      panel.opener?.setAttribute?.("aria-expanded", "false");
      panel.opener?.focus?.();
      panel.remove();
    }

    function said(cell, scope) {
      if (scope.querySelector(`.covered[data-cell="${CSS.escape(cell)}"]`)) return `${pretty(cell)} is still covered.`;
      const { uses } = of(scope);
      const step = scope.querySelector(`.step[data-quantity="${CSS.escape(cell.replace(/\[.*$/, "").replaceAll("\u00a0", " "))}"]`);
      if (step) return `${pretty(cell)} is computed in step ${step.querySelector(".number").textContent}; it has no line of its own.`;
      return `${pretty(cell)} is given.` + (uses.has(cell) ? "" : " It goes into no line that is shown.");
    }

    function chips(lead, cells, scope, panel) {
      if (!cells?.length) return [];
      const bar = make("div", { class: "chips" }, make("span", {}, lead));
      for (const cell of cells) {
        const chip = make("button", { type: "button", "data-cell": cell, "aria-expanded": "false" }, pretty(cell));
        chip.addEventListener("click", (event) => {
          event.stopPropagation();
          unfold(cell, scope, panel.lastElementChild, chip);
        });
        bar.append(chip);
      }
      return [bar];
    }

    root.addEventListener("click", (event) => {
      const element = pointed(event);
      if (!element || event.target.closest("button, input")) return;
      const number = element.matches(".line") ? null : element;
      if (!number) return;
      event.preventDefault();
      const below = number.closest(".picture, .line, .matrices") ?? number;
      unfold(key(number.dataset.cell), scopeOf(number), below.closest("li.line") ? lastOf(below.closest("li.line")) : below, number);
    });
    const lastOf = (line) => line.querySelector(":scope > .about") ?? line.lastElementChild;

    // A drawing is scrolled rather than shrunk out of sight.
    const keepLegible = () => {
      for (const svg of root.querySelectorAll("svg.network")) svg.style.minWidth = `${0.72 * svg.viewBox.baseVal.width}px`;
    };
    keepLegible();

    // What is too wide for the page can be scrolled by the keyboard too.
    const reach = () => {
      for (const box of root.querySelectorAll(".math, .scroll, .picture .wide"))
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
    };
    new ResizeObserver(reach).observe(root);

    // By the keyboard: a button at each line, and arrows between the numbers of a drawing.
    const furnish = () => root.querySelectorAll("li.line[data-cell]:not(:has(> .about))").forEach((line) => {
      const cell = key(line.dataset.cell), scope = scopeOf(line);
      const button = make("button", { type: "button", class: "about", "data-cell": line.dataset.cell, "aria-expanded": "false", "aria-label": `Where ${pretty(cell)} comes from and goes to` }, "⋯");
      button.addEventListener("click", () => {
        const open = line.querySelector(":scope > .relations");
        button.setAttribute("aria-expanded", String(!open));
        if (open) return open.remove();
        const panel = make("div", { class: "relations" }), { sources, uses } = of(scope);
        panel.append(...chips("made of", sources.get(cell), scope, panel), ...chips("goes into", uses.get(cell), scope, panel));
        button.after(panel);
      });
      line.append(button);
    });
    furnish();
    // Where a page has put other lines in the place of those that were there, and begins again.
    root.addEventListener("renewed", () => {
      known = new WeakMap();
      light(null);
      furnish();
      keepLegible();
      reach();
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        const panel = event.target.closest(".unfolded") ?? [...root.querySelectorAll(".unfolded")].pop();
        if (panel) fold(panel);
        return;
      }
      const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
      const cell = event.target.closest?.("svg a[data-cell]");
      if (!step || !cell) return;
      const next = neighbour(cell, step);
      if (!next) return;
      event.preventDefault();
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    // The nearest number in a direction, within the same quantity first.
    function neighbour(cell, [down, right]) {
      const here = cell.getBoundingClientRect();
      let best = null, least = Infinity;
      for (const other of cell.closest("svg").querySelectorAll("a[data-cell]")) {
        const there = other.getBoundingClientRect();
        const x = (there.x - here.x) * right + (there.y - here.y) * down;
        const off = Math.abs((there.x - here.x) * down) + Math.abs((there.y - here.y) * right);
        if (x > 1 && x + 4 * off < least) [best, least] = [other, x + 4 * off];
      }
      return best;
    }
  }

  const all = () => document.querySelectorAll(".backproof").forEach(begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
  window.backproof = { begin };
})();
