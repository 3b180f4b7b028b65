// @ts-check
// Telling a person something: a message that passes, or words for a screen reader.
import { make, need } from "./elements.js";

/** @typedef {"ok" | "error" | "aviso" | "info"} Tipo how a sentence is meant */

/** @type {Record<Tipo, string>} */
const ICONS = { ok: "circle-check", error: "alert-circle", aviso: "alert-triangle", info: "info-circle" };

/**
 * Say something to a screen reader without showing it.
 *
 * @param {string} text
 */
export function announce(text) {
  const live = document.getElementById("anuncios");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

/**
 * Show a sentence for a while; errors stay longer, because they ask for something.
 *
 * @param {string | undefined} text nothing is shown without one
 * @param {Tipo} [tipo]
 * @param {{label: string, post: string} | null} [action] a button, and the address where it posts
 * @param {{texto: string, href: string}[]} [links] pages of ours where there is more to see
 */
export function toast(text, tipo = "info", action = null, links = []) {
  const place = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!place || !(template instanceof HTMLTemplateElement) || !text) return;
  const card = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  card.classList.add(`toast-${tipo}`);
  need(HTMLElement, "p", card).append(text, ...links.flatMap(linkTo));
  const use = need(SVGUseElement, "use", card);
  use.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*$/, `#${ICONS[tipo] || ICONS.info}`));
  if (action) card.append(actionForm(action));
  place.append(card);
  while (place.children.length > 4) place.firstElementChild?.remove();
  dismissLater(card, action || links.length ? 20000 : tipo === "error" || tipo === "aviso" ? 12000 : 6000);
}

/** @param {{texto: string, href: string}} link */
const linkTo = ({ texto, href }) => [" ", make("a", { href, textContent: texto, target: "_blank", rel: "noopener" })];

/** @param {{label: string, post: string}} action */
function actionForm({ label, post }) {
  const form = make("form", { method: "post", action: post });
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  form.append(
    make("input", { type: "hidden", name: "csrf_token", value: token }),
    make("button", { className: "btn btn-sm", textContent: label }),
  );
  return form;
}

/**
 * Remove a message after a while, but never under the pointer or the focus.
 *
 * @param {Element} element
 * @param {number} delay in milliseconds
 */
export function dismissLater(element, delay) {
  setTimeout(() => {
    if (!element.isConnected) return;
    if (element.matches(":hover, :focus-within")) dismissLater(element, 2000);
    else element.remove();
  }, delay);
}
