// The board's elements, and what every part of it asks about them.

export const board = document.getElementById("board");
export const { announce, toast } = window.rastro;

/** The columns' lists of cards; those of a lane are told apart by their key. */
export const lists = () => [...board.querySelectorAll(".board-cards[data-key]")];
export const cards = () => [...board.querySelectorAll(".oficio-card")];
export const cardOf = (id) => document.getElementById(`oficio-card-${id}`);
export const nameOf = (card) => card.dataset.name || "El oficio";
export const labelOf = (list) => list.closest(".board-column").dataset.label;
export const isTyping = (target) => Boolean(target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]"));

/** The list that a card of some state belongs in: on a board with lanes, that of its own lane. */
export function listFor(card, estado = card.dataset.estado) {
  const kind = board.dataset.lanes;
  const key = kind ? `${estado}-${card.dataset[kind]}` : estado;
  return lists().find((list) => list.dataset.key === key);
}

/** The card next to another in its list; what is no card (the link to more) is skipped. */
export function sibling(card, step) {
  let other = card[step];
  while (other && !other.matches(".oficio-card")) other = other[step];
  return other;
}

export const above = (card) => sibling(card, "previousElementSibling");
export const below = (card) => sibling(card, "nextElementSibling");

/** Whether the board must hold still: a card is on its way. */
export const isBusy = () => board.classList.contains("is-dragging") || Boolean(board.querySelector(".sortable-chosen, .is-sending"));

/** Show how many cards a column has, and whether that is too many. */
export function setCount(key, count) {
  const number = document.getElementById(`board-count-${key}`);
  if (!number || number.textContent === String(count)) return;
  number.textContent = count;
  const pill = number.closest(".board-count");
  const over = Boolean(pill.dataset.limit) && count > Number(pill.dataset.limit);
  pill.classList.toggle("is-over", over);
  const words = pill.parentElement.querySelector(".board-over");
  if (words) words.hidden = !over;
}

export function addToCount(list, step) {
  // In a lane, the column's total over all lanes counts as well.
  new Set([list.dataset.key, list.dataset.estado]).forEach((key) => {
    const number = document.getElementById(`board-count-${key}`);
    if (number) setCount(key, Math.max(0, Number(number.textContent) + step));
  });
}

/** Change lists without moving what a person is looking at. */
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

/** Put a fresh picture in a card's place; whatever had the focus in it keeps the focus. */
export function replaceCard(old, fresh) {
  const active = document.activeElement;
  const inside = old.contains(active);
  const selector = active === old ? null : [".oficio-card-link", ".card-menu", ".plate", ".card-check"].find((name) => active?.matches?.(name));
  old.replaceWith(fresh);
  if (inside) ((selector && fresh.querySelector(selector)) || fresh).focus({ preventScroll: true });
  return fresh;
}
