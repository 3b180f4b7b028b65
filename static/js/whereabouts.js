// @ts-check
// Nobody loses their place: the way back, what was saved, and what is wrong in a form.
import { targetOf } from "./elements.js";

// The way back leads to the list as it was left: its filters, its page and where one stood.
document.addEventListener("click", (event) => {
  const link = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
    ? targetOf(event).closest("a[data-back]")
    : null;
  if (!(link instanceof HTMLAnchorElement) || !document.referrer || history.length < 2) return;
  const before = new URL(document.referrer);
  if (before.origin !== location.origin || before.pathname !== link.pathname) return;
  event.preventDefault();
  history.back();
});

// After saving, who lost their place because the form was replaced stands at what was saved.
/** @type {Set<string>} */
let idsBefore = new Set();
document.addEventListener("htmx:beforeSwap", (event) => {
  idsBefore = new Set([...event.detail.target.querySelectorAll("[id]")].map(({ id }) => id));
});
document.addEventListener("htmx:afterSettle", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  if (requestConfig?.verb !== "post" || xhr.status >= 300 || document.activeElement !== document.body) return;
  const saved = [...elt.querySelectorAll("li[id], tr[id]")].find(({ id }) => !idsBefore.has(id));
  if (!(saved instanceof HTMLElement)) return;
  if (!saved.hasAttribute("tabindex")) saved.tabIndex = -1;
  saved.focus({ preventScroll: false });
});

/**
 * Stand at an element, which need not take the focus by itself.
 *
 * @param {Element | null} element
 * @returns {boolean} whether there is one
 */
function standAt(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
  return true;
}

// The same without HTMX: a page that answers a form begins at what is wrong in it, or at what was saved.
const SENT = "enviado";
window.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || !(target instanceof HTMLFormElement) || target.method !== "post") return;
  try {
    sessionStorage.setItem(SENT, "1");
  } catch { /* forbidden: the page begins at its top */ }
});

/** @returns {boolean} whether the last thing that this tab did was to send a form */
function wasSent() {
  try {
    const sent = sessionStorage.getItem(SENT) !== null;
    sessionStorage.removeItem(SENT);
    return sent;
  } catch {
    return false;
  }
}

const sent = wasSent();
const wrong = "[data-errors], .is-invalid:is(input, select, textarea), .is-invalid input, [aria-invalid='true']";
if (!standAt(document.querySelector(wrong)) && sent && document.activeElement === document.body) {
  const saved = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  standAt(saved ?? document.querySelector("[data-flash]"));
}
