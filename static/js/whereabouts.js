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
  const saved = [...elt.querySelectorAll("li[id], article[id], tr[id]")].find(({ id }) => !idsBefore.has(id));
  if (!(saved instanceof HTMLElement)) return;
  if (!saved.hasAttribute("tabindex")) saved.tabIndex = -1;
  saved.focus({ preventScroll: false });
});

// A page that says what is wrong begins there: its links lead to the fields.
const refused = document.querySelector("[data-errors]");
if (refused instanceof HTMLElement) refused.focus();
