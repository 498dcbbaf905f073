// Questions of one's own: written, picked, or dropped anywhere on the page; and, on the first page, those that are kept.
(() => {
  "use strict";
  const { keeping, practice } = window;
  const LARGEST = Number(document.body.dataset.longest);

  document.addEventListener("submit", (event) => {
    if (event.target.id === "text-form") {
      event.preventDefault();
      load(event.target.elements.problem.value);
    } else if (event.target.id === "file-form") {
      event.preventDefault();
      loadFile(event.target.elements.file.files[0]);
    }
  });

  async function loadFile(file) {
    if (!file) return;
    if (file.size > 4 * LARGEST) return practice.tell(`${file.name} is too large for a problem file.`);
    try {
      await load(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      practice.tell(`${file.name} is no text in UTF-8; a problem file is expected.`);
    }
  }

  function load(problem) {
    problem = problem.replaceAll("\r\n", "\n");
    if (!problem.trim()) return practice.tell("It is empty; a problem file is expected.");
    if (problem.length > LARGEST) return practice.tell(`A problem has at most ${LARGEST.toLocaleString("en")} characters here.`);
    return practice.open(problem);
  }

  document.querySelector("#file-form p")?.append("or drop it anywhere on this page");

  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => !event.relatedTarget && document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!brings(event)) return;
    event.preventDefault();
    loadFile(event.dataTransfer.files[0]);
  });

  // Questions of one's own that are kept, on the first page.
  function listOwn() {
    const own = keeping.names().filter((name) => name.startsWith("own-") && keeping.read(name)?.problem);
    const place = document.querySelector(".own");
    if (!place || !own.length) return;
    const list = Object.assign(document.createElement("ul"), { className: "kept" });
    for (const name of own) {
      const title = keeping.read(name).title || "A question";
      const link = Object.assign(document.createElement("a"), { href: practice.address(name), textContent: title });
      const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "Forget it", className: "ask" });
      drop.setAttribute("aria-label", `Forget ${title}`);
      const item = document.createElement("li");
      drop.addEventListener("click", () => {
        keeping.forget(name);
        item.remove();
      });
      item.append(link, " ", drop);
      list.append(item);
    }
    place.querySelector("h2").after(Object.assign(document.createElement("p"), { textContent: "Go on with one that you loaded before:" }), list);
  }

  listOwn();
})();
