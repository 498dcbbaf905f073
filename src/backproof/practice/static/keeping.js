// What somebody typed, kept by the browser, question by question and part by part.
// Each tab writes only what it changed itself, so that two of them take nothing from one another.
window.keeping = (() => {
  "use strict";
  const PREFIX = "backproof practice ", MOST = 30, LARGEST = 400_000;
  document.documentElement.classList.add("js");

  let store = null;
  try {
    store = window.localStorage;
    store.setItem(`${PREFIX}?`, "1");
    store.removeItem(`${PREFIX}?`);
  } catch {
    store = null;
  }

  if (store) document.querySelector("footer.bottom p")?.append(" It is kept by your browser alone.");

  const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  // What is kept of a question: { title, problem, part, when, parts: { number: { field: text } } }; or null.
  function read(question) {
    try {
      const found = JSON.parse(store?.getItem(PREFIX + question) ?? "null");
      return isRecord(found) && isRecord(found.parts) && Object.values(found.parts).every(isRecord) ? found : null;
    } catch {
      return null;
    }
  }

  // Puts the fields of a part beside those that are kept; `before` are those that this tab last knew of.
  // False where nothing can be kept.
  function write(question, told, part, fields, before) {
    const found = read(question) ?? { parts: {} };
    const kept = { ...found.parts[part] };
    for (const name of Object.keys(before)) if (!(name in fields)) delete kept[name];
    for (const [name, value] of Object.entries(fields)) if (before[name] !== value || !(name in kept)) kept[name] = value;
    const text = JSON.stringify({ ...told, part, when: Date.now(), parts: { ...found.parts, [part]: kept } });
    if (!store || text.length > LARGEST) return false;
    const others = () => names().filter((name) => name !== question);
    others().slice(MOST - 1).forEach(forget);
    for (;;) {
      try {
        store.setItem(PREFIX + question, text);
        return true;
      } catch {
        // The store is full: the question that was touched longest ago goes.
        const last = others().pop();
        if (last === undefined) return false;
        forget(last);
      }
    }
  }

  function forget(question) {
    store?.removeItem(PREFIX + question);
  }

  // The questions that are kept, the last one first.
  function names() {
    if (!store) return [];
    const found = Object.keys(store).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    const when = new Map(found.map((name) => [name, read(name)?.when ?? 0]));
    return found.sort((a, b) => when.get(b) - when.get(a));
  }

  // A name for a problem that has none: the same text, the same name.
  function nameOf(problem) {
    let a = 0x811c9dc5, b = 0x01000193;
    for (let i = 0; i < problem.length; i++) {
      a = Math.imul(a ^ problem.charCodeAt(i), 0x01000193);
      b = Math.imul(b ^ problem.charCodeAt(i), 0x85ebca6b) + i;
    }
    return `own-${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
  }

  return { read, write, forget, names, nameOf, works: () => store !== null };
})();
