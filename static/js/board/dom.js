// @ts-check
// The board's elements, and what every part of it asks about them.
import { need } from "../elements.js";

export const board = need(HTMLElement, "#board");

/** The columns' lists of cards; those of a lane are told apart by their key. */
export const lists = () => [...board.querySelectorAll(".board-cards[data-key]")];
export const cards = () => [...board.querySelectorAll(".oficio-card")];
/** @param {string} id */
export const cardOf = (id) => document.getElementById(`oficio-card-${id}`);
/** @param {HTMLElement} card */
export const nameOf = (card) => card.dataset.name || "El oficio";
/** @param {HTMLElement} list */
export const labelOf = (list) => list.closest(".board-column")?.dataset.label;
/** @param {Element} target */
export const isTyping = (target) => Boolean(target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]"));

/**
 * The list that a card of some state belongs in: on a board with lanes, that of its own lane.
 *
 * @param {HTMLElement} card
 * @param {string | undefined} [estado] its own without it
 * @returns {HTMLElement | undefined} none where this board does not show it
 */
export function listFor(card, estado = card.dataset.estado) {
  const kind = board.dataset.lanes;
  const key = kind ? `${estado}-${card.dataset[kind]}` : estado;
  return lists().find((list) => list.dataset.key === key);
}

/**
 * The card next to another in its list; what is no card (the link to more) is skipped.
 *
 * @param {HTMLElement} card
 * @param {"previousElementSibling" | "nextElementSibling"} step
 */
function sibling(card, step) {
  let other = card[step];
  while (other && !other.matches(".oficio-card")) other = other[step];
  return /** @type {HTMLElement | null} */ (other);
}

/** @param {HTMLElement} card */
export const above = (card) => sibling(card, "previousElementSibling");
/** @param {HTMLElement} card */
export const below = (card) => sibling(card, "nextElementSibling");

/** Whether the board must hold still: a card is on its way. */
export const isBusy = () => board.classList.contains("is-dragging") || Boolean(board.querySelector(".sortable-chosen, .is-sending"));

/**
 * A number as it is written in Chile, with points between the thousands.
 *
 * @param {number} number
 */
const written = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

/**
 * Show how many cards a column has without its filters, which is what a limit is about.
 *
 * @param {string | undefined} key of the column
 * @param {number} whole
 */
export function setWhole(key, whole) {
  const shown = document.getElementById(`board-whole-${key}`);
  const pill = shown?.closest(".board-count");
  if (!shown || !pill) return;
  shown.textContent = written(whole);
  pill.dataset.whole = String(whole);
  showLimit(pill, whole);
}

/**
 * @param {HTMLElement} pill
 * @param {number} count
 */
function showLimit(pill, count) {
  const over = Boolean(pill.dataset.limit) && count > Number(pill.dataset.limit);
  pill.classList.toggle("is-over", over);
  const words = pill.parentElement?.querySelector(".board-over");
  if (words) words.hidden = !over;
}

/**
 * Show how many cards a column has, and whether that is too many.
 *
 * @param {string | undefined} key of the column, or of a lane's part of it
 * @param {number} count
 */
export function setCount(key, count) {
  const number = document.getElementById(`board-count-${key}`);
  if (!number || number.textContent === written(count)) return;
  number.textContent = written(count);
  const pill = number.closest(".board-count");
  if (pill && pill.dataset.whole === undefined) showLimit(pill, count);
}

/**
 * Count cards that came to a list, or left it.
 *
 * @param {HTMLElement} list
 * @param {number} step
 */
export function addToCount(list, step) {
  // In a lane, the column's total over all lanes counts as well.
  new Set([list.dataset.key, list.dataset.estado]).forEach((key) => {
    const number = document.getElementById(`board-count-${key}`);
    if (number) setCount(key, Math.max(0, Number(number.textContent?.replaceAll(".", "")) + step));
  });
}

/**
 * Change lists and keep the visible scroll position.
 *
 * @param {() => void} change
 */
export function keepingScroll(change) {
  const anchors = [board, ...lists()].map((scroller) => {
    const top = scroller.getBoundingClientRect().top;
    const seen = [...scroller.querySelectorAll(".oficio-card")].find((card) => card.getBoundingClientRect().bottom > top + 4);
    return { scroller, id: seen?.id, offset: seen ? seen.getBoundingClientRect().top - top : 0, was: scroller.scrollTop };
  });
  change();
  anchors.forEach(({ scroller, id, offset, was }) => {
    if (!scroller.isConnected || !was) return; // at the top, what is new should be seen
    const seen = id && document.getElementById(id);
    if (!seen || !scroller.contains(seen)) return;
    scroller.scrollTop += seen.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
  });
}

/**
 * Replace a card by its new markup; the focus inside it is restored.
 *
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 * @returns {HTMLElement} the fresh one
 */
export function replaceCard(old, fresh) {
  const active = document.activeElement;
  const inside = old.contains(active);
  const selector = active === old ? null : [".oficio-card-link", ".card-menu", ".plate", ".card-check"].find((name) => active?.matches(name));
  old.replaceWith(fresh);
  if (inside) ((selector && fresh.querySelector(selector)) || fresh).focus({ preventScroll: true });
  return fresh;
}
