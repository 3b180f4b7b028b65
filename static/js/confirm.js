// @ts-check
// Asking before something that cannot be undone, with the page's own dialog.
import { need } from "./elements.js";

/**
 * Ask a person; resolves to whether the answer was yes.
 *
 * @param {string} text
 * @param {string} label the words of the button that means yes
 * @param {boolean} [isDanger] whether something is lost by it
 * @returns {Promise<boolean>}
 */
export function ask(text, label, isDanger = true) {
  const dialog = need(HTMLDialogElement, "#confirm");
  const [, yes] = dialog.querySelectorAll("button");
  need(HTMLElement, "#confirm-text").textContent = text;
  yes.textContent = label;
  yes.className = `btn ${isDanger ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
