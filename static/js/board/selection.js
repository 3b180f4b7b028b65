// @ts-check
// Several cards at once: by Shift or Ctrl and a click, by x, and by tapping once «Seleccionar» is on.
import { need, targetOf } from "../elements.js";
import { announce } from "../toasts.js";
import { above, below, board, cardOf, cards } from "./dom.js";

const bar = need(HTMLElement, "#bulk-bar");
const mode = need(HTMLElement, "#select-mode");
const report = need(HTMLDialogElement, "#board-report");
const count = need(HTMLElement, ".bulk-count", bar);
const fields = bar.appendChild(document.createElement("span"));
fields.hidden = true;

/** @type {Set<string>} ids of oficios */
const selected = new Set();
/** @type {(() => void)[]} */
const settled = [];
let anchor = "";

/**
 * Have something called when a deed for many was answered.
 *
 * @param {() => void} listener
 */
export const onBulk = (listener) => settled.push(listener);

/** @param {HTMLElement} card */
const idOf = (card) => card.dataset.id ?? "";

/**
 * Show on a card whether it is selected; cards that were drawn again come here too.
 *
 * @param {HTMLElement} card
 */
function decorate(card) {
  const isSelected = selected.has(idOf(card));
  card.classList.toggle("is-selected", isSelected);
  if (isSelected) card.setAttribute("aria-description", "Seleccionada");
  else card.removeAttribute("aria-description");
  let box = /** @type {HTMLInputElement | null} */ (card.querySelector(".card-check"));
  if (board.classList.contains("is-selecting") && !box) {
    box = document.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input card-check";
    box.setAttribute("aria-label", `Seleccionar ${card.dataset.name}`);
    need(HTMLElement, ".oficio-card-head", card).prepend(box);
  } else if (!board.classList.contains("is-selecting")) box?.remove();
  if (box) box.checked = isSelected;
}

/** Bring bar and cards in line with what is selected. */
export function refreshSelection() {
  const picked = [...selected].flatMap((id) => {
    const card = cardOf(id);
    if (!card) selected.delete(id);
    return card ? [{ id, card }] : [];
  });
  cards().forEach(decorate);
  bar.hidden = picked.length === 0 && !board.classList.contains("is-selecting");
  count.textContent = picked.length === 1 ? "1 seleccionada" : `${picked.length} seleccionadas`;
  fields.replaceChildren(...picked.map(({ id, card }) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "oficio", value: `${id}.${card.dataset.version}` });
    return field;
  }));
}

/**
 * Select a card, or no longer.
 *
 * @param {HTMLElement} card
 * @param {boolean} [wanted] the other of what it is now without it
 */
export function toggle(card, wanted = !selected.has(idOf(card))) {
  if (wanted) selected.add(idOf(card));
  else selected.delete(idOf(card));
  anchor = idOf(card);
  refreshSelection();
  announce(`${card.dataset.name} ${wanted ? "seleccionada" : "sin seleccionar"}. ${count.textContent}.`);
}

/** @returns {boolean} whether there was anything to forget */
export function clearSelection() {
  if (!selected.size) return false;
  selected.clear();
  refreshSelection();
  announce("Selección quitada.");
  return true;
}

/**
 * Select from the last card to this one, when both stand in one column.
 *
 * @param {HTMLElement} card
 */
export function selectTo(card) {
  const from = anchor && cardOf(anchor);
  if (!from || from.parentElement !== card.parentElement) {
    toggle(card, true);
    return;
  }
  const isBelow = from.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  for (let here = /** @type {HTMLElement | null} */ (from); here; here = isBelow ? below(here) : above(here)) {
    selected.add(idOf(here));
    if (here === card) break;
  }
  anchor = idOf(card);
  refreshSelection();
  announce(count.textContent);
}

/** @param {boolean} on whether a tap selects */
function setMode(on) {
  board.classList.toggle("is-selecting", on);
  mode.setAttribute("aria-pressed", String(on));
  if (!on) selected.clear();
  refreshSelection();
}

mode.hidden = false;
mode.addEventListener("click", () => {
  document.querySelectorAll("[popover]:popover-open").forEach((menu) => menu.hidePopover());
  setMode(!board.classList.contains("is-selecting"));
});

board.addEventListener("mousedown", (event) => {
  if (event.shiftKey && targetOf(event).closest(".oficio-card")) event.preventDefault(); // no text is meant
});

board.addEventListener("click", (event) => {
  const target = targetOf(event);
  const card = target.closest(".oficio-card");
  if (!card) return;
  const isMode = board.classList.contains("is-selecting");
  if (target.matches(".card-check")) toggle(card, /** @type {HTMLInputElement} */ (target).checked);
  else if (event.shiftKey) selectTo(card);
  else if ((event.ctrlKey || event.metaKey) && !target.closest("a")) toggle(card);
  else if (isMode && !target.closest(".card-menu, .plate")) toggle(card);
  else return;
  if (!target.matches(".card-check")) event.preventDefault();
  event.stopPropagation();
}, true);

bar.addEventListener("click", (event) => {
  if (targetOf(event).closest("[data-select-none]")) setMode(false);
  // Deferred: moving the focus now would lose the submit button of this event.
  const menu = targetOf(event).closest(".menu-item")?.closest("[popover]");
  if (menu) setTimeout(() => menu.hidePopover());
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "bulk-report") return;
  report.showModal();
  report.querySelector("h2, .bulk-problem")?.focus();
  if (event.detail.xhr.status < 300) selected.clear();
  refreshSelection();
  settled.forEach((listener) => listener());
});
