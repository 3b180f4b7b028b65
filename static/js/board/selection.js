// Several cards at once: by Shift or Ctrl and a click, by x, and by tapping once «Seleccionar» is on.
import { above, announce, below, board, cardOf, cards } from "./dom.js";

const bar = document.getElementById("bulk-bar");
const mode = document.getElementById("select-mode");
const report = document.getElementById("board-report");
const count = bar.querySelector(".bulk-count");
const fields = bar.appendChild(document.createElement("span"));
fields.hidden = true;

const selected = new Set();
const settled = [];
let anchor = null;

/** Have something called when a deed for many was answered. */
export const onBulk = (listener) => settled.push(listener);

/** Show on a card whether it is selected; cards that were drawn again come here too. */
export function decorate(card) {
  const isSelected = selected.has(card.dataset.id);
  card.classList.toggle("is-selected", isSelected);
  if (isSelected) card.setAttribute("aria-description", "Seleccionada");
  else card.removeAttribute("aria-description");
  let box = card.querySelector(".card-check");
  if (board.classList.contains("is-selecting") && !box) {
    box = document.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input card-check";
    box.setAttribute("aria-label", `Seleccionar ${card.dataset.name}`);
    card.querySelector(".oficio-card-head").prepend(box);
  } else if (!board.classList.contains("is-selecting")) box?.remove();
  if (box) box.checked = isSelected;
}

/** Bring bar and cards in line with what is selected. */
export function refreshSelection() {
  const picked = [...selected].map((id) => [id, cardOf(id)]).filter(([id, card]) => card || selected.delete(id) === null);
  cards().forEach(decorate);
  bar.hidden = picked.length === 0;
  count.textContent = picked.length === 1 ? "1 seleccionada" : `${picked.length} seleccionadas`;
  fields.replaceChildren(...picked.map(([id, card]) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "oficio", value: `${id}.${card.dataset.version}` });
    return field;
  }));
}

export function toggle(card, wanted = !selected.has(card.dataset.id)) {
  if (wanted) selected.add(card.dataset.id);
  else selected.delete(card.dataset.id);
  anchor = card.dataset.id;
  refreshSelection();
  announce(`${card.dataset.name} ${wanted ? "seleccionada" : "sin seleccionar"}. ${count.textContent}.`);
}

export function clearSelection() {
  if (!selected.size) return false;
  selected.clear();
  refreshSelection();
  announce("Selección quitada.");
  return true;
}

/** Select from the last card to this one, when both stand in one column. */
export function selectTo(card) {
  const from = anchor && cardOf(anchor);
  if (!from || from.parentElement !== card.parentElement) return toggle(card, true);
  const isBelow = from.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  for (let here = from; here; here = isBelow ? below(here) : above(here)) {
    selected.add(here.dataset.id);
    if (here === card) break;
  }
  anchor = card.dataset.id;
  refreshSelection();
  announce(count.textContent);
}

function setMode(on) {
  board.classList.toggle("is-selecting", on);
  mode.setAttribute("aria-pressed", String(on));
  mode.classList.toggle("is-active", on);
  if (!on) selected.clear();
  refreshSelection();
}

mode.hidden = false;
mode.addEventListener("click", () => setMode(!board.classList.contains("is-selecting")));

board.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest(".oficio-card")) event.preventDefault(); // no text is meant
});

board.addEventListener("click", (event) => {
  const card = event.target.closest(".oficio-card");
  if (!card) return;
  const isMode = board.classList.contains("is-selecting");
  if (event.target.matches(".card-check")) toggle(card, event.target.checked);
  else if (event.shiftKey) selectTo(card);
  else if ((event.ctrlKey || event.metaKey) && !event.target.closest("a")) toggle(card);
  else if (isMode && !event.target.closest(".card-menu, .plate")) toggle(card);
  else return;
  if (!event.target.matches(".card-check")) event.preventDefault();
  event.stopPropagation();
}, true);

bar.addEventListener("click", (event) => {
  if (event.target.closest("[data-select-none]")) setMode(false);
  // Later: a button that loses the focus now would no longer be the one that was pressed.
  const menu = event.target.closest(".menu-item")?.closest("[popover]");
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
