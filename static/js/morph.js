// @ts-check
// A swap that changes only what differs: hx-ext="morph" hx-swap="morph". What a person is doing
// stays: ticked boxes, what was typed, the focus, open details, the scroll, what a script has drawn.
// Elements with an id are the same element; the others are matched by what they hold (Idiomorph).

/** The browser's or a script's, not the server's. */
const KEPT = new Set(["open", "data-sending", "aria-disabled"]);

/**
 * Whether a list shows another choice than the server last made in it.
 *
 * @param {HTMLSelectElement} select
 */
function isChosenByHand(select) {
  const options = [...select.options];
  if (select.multiple) return options.some((option) => option.selected !== option.defaultSelected);
  const preset = options.findLast((option) => option.defaultSelected) ?? options[0];
  return select.selectedOptions[0] !== preset;
}

/**
 * Whether a field shows something else than the server last put there: a person has changed it.
 *
 * @param {string} attribute
 * @param {Element} element
 */
function isChangedByHand(attribute, element) {
  const select = element.closest("select");
  if (attribute === "selected" && select instanceof HTMLSelectElement) return isChosenByHand(select);
  if (element instanceof HTMLTextAreaElement) return attribute === "value" && element.value !== element.defaultValue;
  if (!(element instanceof HTMLInputElement)) return false;
  if (attribute === "checked") return element.checked !== element.defaultChecked;
  return attribute === "value" && element.value !== element.defaultValue;
}

/**
 * Whether a script has drawn what it holds.
 *
 * @param {Node} node
 */
const isDrawn = (node) => node instanceof Element && node.matches("[data-mapa]");

/**
 * Whether a part that loads itself has done so: the new one is only its empty place.
 *
 * @param {Node} node
 * @param {Node} fresh
 */
function isLoaded(node, fresh) {
  const asks = (/** @type {Node} */ one) => one instanceof Element && /^load\b/.test(one.getAttribute("hx-trigger") ?? "");
  return asks(fresh) && !asks(node);
}

/**
 * Morph an element into a new one from the server.
 *
 * @param {Element} was an element of the page
 * @param {Element} is the same one as it should be now
 * @returns {Node[]} the elements that are new on the page
 */
export function morph(was, is) {
  /** @type {Node[]} */
  const added = [];
  Idiomorph.morph(was, is, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (node, fresh) => node.nodeName !== "CANVAS" && !isDrawn(node) && !isLoaded(node, fresh),
      beforeAttributeUpdated: (name, element, deed) =>
        !(deed === "remove" && KEPT.has(name)) && !isChangedByHand(name, element),
      afterNodeAdded: (node) => { added.push(node); },
    },
  });
  return added;
}

htmx.defineExtension("morph", {
  handleSwap(style, target, fragment) {
    if (style !== "morph") return false;
    const was = /** @type {Element} */ (target);
    const fresh = /** @type {DocumentFragment} */ (fragment);
    const root = [...fresh.children].find((child) => child.getAttribute("id") === was.getAttribute("id"));
    return root ? morph(was, root) : [];
  },
});

// A hidden tab does not poll; it asks again when it becomes visible.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target } = event;
  if (document.hidden && target instanceof Element && target.hasAttribute("data-poll")) event.preventDefault();
});
