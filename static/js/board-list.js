// @ts-check
// The list: ticking a stretch of rows with Shift, showing the report of a deed, and printing.
import { need, targetOf } from "./elements.js";

const boxes = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".board-list input[name=oficio]")]);
const bar = document.getElementById("bulk-bar");
/** @type {HTMLInputElement | null} the box that was ticked last */
let anchor = null;

function refresh() {
  const ticked = boxes().filter((box) => box.checked).length;
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
  const all = boxes();
  if (isStretch && anchor) {
    const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  anchor = box;
  refresh();
}

document.addEventListener("click", (event) => {
  const target = targetOf(event);
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
