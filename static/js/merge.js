// A swap that changes only what differs: hx-ext="merge" hx-swap="merge". What a person is doing
// stays: ticked boxes, the focus, marked text, open details, the scroll, what a script has drawn.
// Elements with an id are the same element; others are matched by their place.
(() => {
  "use strict";

  // The browser's or a script's, not the server's.
  const KEPT = new Set(["open", "data-sending", "aria-disabled"]);

  const isBlank = (node) => node.nodeType === Node.TEXT_NODE && !node.data.trim();
  // A form's own `id` property may be a field of that name.
  const idOf = (node) => (node.nodeType === Node.ELEMENT_NODE && node.getAttribute("id")) || "";
  const isSame = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && idOf(a) === idOf(b);

  function mergeAttributes(was, is) {
    for (const { name, value } of is.attributes) if (was.getAttribute(name) !== value) was.setAttribute(name, value);
    for (const name of was.getAttributeNames()) if (!is.hasAttribute(name) && !KEPT.has(name)) was.removeAttribute(name);
  }

  /** Make a node like another one; new elements are noted in `added`. */
  function merge(was, is, added) {
    if (was.nodeName === "CANVAS" || was.isEqualNode(is)) return;
    if (was.nodeType !== Node.ELEMENT_NODE) {
      was.data = is.data;
      return;
    }
    mergeAttributes(was, is);
    mergeChildren(was, is, added);
  }

  function mergeChildren(was, is, added) {
    const ids = new Set([...is.children].map(idOf).filter(Boolean));
    for (const child of [...was.children]) if (idOf(child) && !ids.has(idOf(child))) child.remove();
    let here = was.firstChild;
    for (const child of [...is.childNodes]) {
      if (isBlank(child)) continue;
      while (here && isBlank(here)) here = here.nextSibling;
      if (here && isSame(here, child)) {
        merge(here, child, added);
        here = here.nextSibling;
        continue;
      }
      const moved = idOf(child) && [...was.children].find((other) => idOf(other) === idOf(child));
      was.insertBefore(moved || child, here);
      if (moved) merge(moved, child, added);
      else added.push(child);
    }
    while (here) {
      const next = here.nextSibling;
      if (!isBlank(here)) here.remove();
      here = next;
    }
  }

  htmx.defineExtension("merge", {
    handleSwap(style, target, fragment) {
      if (style !== "merge") return false;
      const added = [];
      const root = [...fragment.children].find((child) => idOf(child) === idOf(target));
      if (root) merge(target, root, added);
      return added;
    },
  });

  // Nobody looks at a hidden tab: it asks again when it is shown.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.hasAttribute("data-poll")) event.preventDefault();
  });
})();
