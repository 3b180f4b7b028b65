// @ts-check
// The keyboard: walking over the cards, and a letter for each deed. «?» lists them.
import { need, targetOf } from "../elements.js";
import { above, below, board, cards, isTyping, lists } from "./dom.js";
import { openMenu } from "./menu.js";
import { undoLast } from "./moves.js";
import { clearSelection, selectTo, toggle } from "./selection.js";

const help = need(HTMLDialogElement, "#board-help");
const button = need(HTMLElement, "#help-open");

/**
 * The first card of the column beside a card's.
 *
 * @param {HTMLElement} card
 * @param {number} step
 */
function beside(card, step) {
  const columns = lists().filter((list) => list.offsetParent && list.querySelector(".oficio-card"));
  return columns[columns.findIndex((list) => list === card.parentElement) + step]?.querySelector(".oficio-card");
}

/** @type {Record<string, (card: HTMLElement) => HTMLElement | null | undefined>} */
const walks = {
  ArrowDown: below, j: below,
  ArrowUp: above, k: above,
  ArrowRight: (card) => beside(card, 1), l: (card) => beside(card, 1),
  ArrowLeft: (card) => beside(card, -1), h: (card) => beside(card, -1),
};

/** @type {Record<string, (card: HTMLElement) => void>} */
const deeds = {
  m: (card) => openMenu(card),
  a: (card) => openMenu(card, "assign"),
  p: (card) => openMenu(card, "priority"),
  x: (card) => toggle(card),
  X: (card) => selectTo(card),
  Enter: (card) => card.querySelector(".oficio-card-link")?.click(),
};

/**
 * @param {HTMLElement} card
 * @param {string} key
 * @returns {boolean} whether the key means something on a card
 */
function onCard(card, key) {
  if (walks[key]) {
    const next = walks[key](card);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }
  const deed = deeds[key] ?? deeds[key.toLowerCase()];
  deed?.(card);
  return Boolean(deed);
}

/**
 * @param {string} key
 * @returns {boolean} whether the key means something everywhere
 */
function anywhere(key) {
  if (key === "?") help.showModal();
  else if (key === "z" || key === "Z") undoLast();
  else if (key === "Escape") return clearSelection();
  else if (key === "j" || key === "k") cards().find((card) => card.offsetParent)?.focus();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(targetOf(event)) || document.querySelector("dialog[open]")) return;
  if (document.querySelector("[popover]:popover-open")) return; // its menu has the keys
  const card = targetOf(event).matches(".oficio-card") ? targetOf(event) : null;
  if ((card && onCard(card, event.key)) || anywhere(event.key)) event.preventDefault();
});

board.addEventListener("click", (event) => {
  if (targetOf(event).closest("a, button, input") || event.detail !== 2) return;
  targetOf(event).closest(".oficio-card")?.querySelector(".oficio-card-link")?.click();
});

button.hidden = false;
button.addEventListener("click", () => help.showModal());
