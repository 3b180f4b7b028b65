// @ts-check
// Finding elements whose absence would be a fault of the page, and what an event is about.

/**
 * The first element of a kind that a selector finds.
 *
 * @template {Element} T
 * @param {abstract new (...args: any[]) => T} kind its class, such as HTMLInputElement
 * @param {string} selector
 * @param {ParentNode} [root] where to look; the whole page without it
 * @returns {T}
 * @throws {Error} when there is none, or it is of another kind
 */
export function need(kind, selector, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} for ${selector}`);
  return found;
}

/**
 * A field of a form, by its name.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement}
 */
export const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * The element that an event happened on; the page's root for an event of the document itself.
 *
 * @param {Event} event
 * @returns {HTMLElement}
 */
export const targetOf = (event) =>
  event.target instanceof Element ? /** @type {HTMLElement} */ (event.target) : document.documentElement;

/**
 * Make an element with some of its properties.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} [properties]
 * @returns {HTMLElementTagNameMap[T]}
 */
export const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
