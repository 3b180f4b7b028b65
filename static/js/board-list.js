// @ts-check
// The list: ticking all rows or a stretch of them with Shift, opening a case by a click anywhere on
// its row, showing the report of a deed, and printing.
import { need, targetOf } from "./elements.js";

const boxes = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".board-list input[name=oficio]")]);
const all = /** @type {HTMLInputElement | null} */ (document.getElementById("select-all"));
const bar = document.getElementById("bulk-bar");
/** @type {HTMLInputElement | null} the box that was ticked last */
let anchor = null;

function refresh() {
  const ticked = boxes().filter((box) => box.checked).length;
  if (all) {
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
  if (!bar) return;
  bar.hidden = ticked === 0;
  need(HTMLElement, ".bulk-count", bar).textContent = ticked === 1 ? "1 seleccionado" : `${ticked} seleccionados`;
}

/**
 * Tick a box; with Shift all from the last one to it.
 *
 * @param {HTMLInputElement} box
 * @param {boolean} isStretch
 */
function tick(box, isStretch) {
  const every = boxes();
  if (isStretch && anchor) {
    const [from, to] = [every.indexOf(anchor), every.indexOf(box)].sort((a, b) => a - b);
    every.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  anchor = box;
  refresh();
}

/**
 * Open the case of a row that was clicked beside its links and boxes; a text that is being marked
 * opens nothing.
 *
 * @param {MouseEvent} event
 */
function openRow(event) {
  const target = targetOf(event);
  if (target.closest("a, button, input, label") || getSelection()?.type === "Range") return;
  const link = target.closest(".board-list tbody tr")?.querySelector(".list-numero a");
  if (!(link instanceof HTMLAnchorElement)) return;
  // Dispatched on the link, so that what listens for links of cases hears it too.
  link.dispatchEvent(new MouseEvent("click", {
    bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey,
  }));
}

all?.addEventListener("change", () => {
  boxes().forEach((box) => { box.checked = all.checked; });
  refresh();
});

document.addEventListener("click", (event) => {
  const target = targetOf(event);
  openRow(event);
  const box = target.closest(".board-list input[name=oficio]");
  if (box instanceof HTMLInputElement) tick(box, event.shiftKey);
  if (target.closest("[data-select-none]")) {
    boxes().forEach((other) => { other.checked = false; });
    refresh();
  }
  if (target.closest("[data-print]")) window.print();
  // Deferred: moving the focus now would lose the submit button of this event.
  const menu = target.closest("#bulk-bar .menu-item")?.closest("[popover]");
  if (menu) setTimeout(() => menu.hidePopover());
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "bulk-report") return;
  const report = need(HTMLDialogElement, "#board-report");
  report.showModal();
  // The rows are outdated after a deed: reload them when its report is closed.
  if (event.detail.xhr.status < 300) report.addEventListener("close", () => location.reload(), { once: true });
});

bar?.classList.add("is-floating");
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
refresh();
