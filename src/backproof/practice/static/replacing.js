// What came back from the server takes the place of what is there. What has not changed stays as it is, and so does the way
// down to where somebody is: the box, its caret, and what was typed into any box since the question was asked.
window.replacing = (() => {
  "use strict";
  const main = () => document.getElementById("main");
  const boxes = () => [...main().querySelectorAll("td input[name]")];
  const values = () => new Map(boxes().map((box) => [box.name, box.value]));

  const DEEP = new Set(["main", "practice", "look", "network", "work", "bar", "givens"]);
  const keyOf = (node) => node.nodeType === 1 && (node.id || (node.name && `${node.name}=${node.type === "submit" ? node.value : ""}`) || node.nodeName);

  function adopt(old, fresh, typed) {
    const at = document.activeElement;
    const focus = at?.matches("button[name]") && main().contains(at) ? [at.name, at.value] : null;
    const since = new Map(boxes().filter((box) => typed && typed.get(box.name) !== box.value).map((box) => [box.name, box.value]));
    merge(old, fresh);
    for (const box of boxes()) {
      const text = since.get(box.name) ?? box.getAttribute("value") ?? "";
      if (box.value !== text) box.value = text;
    }
    if (focus) {
      const twins = [...main().querySelectorAll("button[name]:not(.default)")].filter((b) => b.name === focus[0] && !b.disabled);
      const twin = twins.find((b) => b.value === focus[1]) ?? (document.activeElement === document.body || at.disabled ? instead(at, twins) : null);
      if (twin && document.activeElement !== twin) twin.focus({ preventScroll: true });
    }
    window.backproof.begin(document.body);
  }

  // Where to go on from a button that is no longer there, or can no longer be pressed.
  function instead(button, twins) {
    const place = button.value.split(":")[1];
    const other = { next: "back", last: "back", back: "next", first: "next" }[button.value];
    const box = place && boxes().find((b) => b.name.endsWith(`:${place}`));
    return twins.find((b) => b.value === other) ?? box ?? twins.find((b) => place && b.value.endsWith(`:${place}`)) ?? main();
  }

  function merge(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeName !== fresh.nodeName || !(DEEP.has(old.id) || old.contains(document.activeElement))) return old.replaceWith(fresh);
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    let here = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const key = keyOf(child);
      let twin = key ? here : null;
      while (twin && keyOf(twin) !== key) twin = twin.nextSibling;
      if (!twin) {
        old.insertBefore(child, here);
        continue;
      }
      while (here !== twin) {
        const gone = here;
        here = here.nextSibling;
        gone.remove();
      }
      here = twin.nextSibling;
      merge(twin, child);
    }
    while (here) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
  }

  return { adopt, boxes, values };
})();
