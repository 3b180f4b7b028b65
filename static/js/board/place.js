// @ts-check
// Putting cards where the server says that they are now.
import { cardOf, listFor, replaceCard } from "./dom.js";

/**
 * Remove a card; its focus moves to the neighbour.
 *
 * @param {HTMLElement | null} card
 */
export function remove(card) {
  if (!card) return;
  const neighbour = card.nextElementSibling ?? card.previousElementSibling;
  const hadFocus = card.contains(document.activeElement);
  card.remove();
  if (hadFocus) /** @type {HTMLElement | null} */ (neighbour)?.focus({ preventScroll: true });
}

/**
 * Put a card where it now belongs: below another, or on top. What lies beyond the part that is
 * loaded comes by scrolling.
 *
 * @param {HTMLElement} fresh
 * @param {string} aboveId id of the oficio of the card above; empty on top
 */
export function place(fresh, aboveId) {
  const list = listFor(fresh);
  if (!list) return; // a board of some columns does not show it
  const old = cardOf(fresh.dataset.id ?? "");
  const over = aboveId ? cardOf(aboveId) : null;
  const more = list.querySelector(".board-more");
  const isKnown = !aboveId || over?.parentElement === list;
  const isBeyond = more && (!isKnown || over?.nextElementSibling === more || (over && over.nextElementSibling === old && old?.nextElementSibling === more));
  if (isBeyond && (old?.parentElement !== list || !isKnown)) {
    remove(old);
    return;
  }
  const isSame = old?.dataset.stamp === fresh.dataset.stamp;
  const card = !old ? fresh : isSame ? old : replaceCard(old, fresh);
  if (!isSame) card.classList.add("is-changed");
  const hadFocus = card.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  const isThere = card.parentElement === list && (over ? over.nextElementSibling === card : isKnown && list.firstElementChild === card);
  if (isThere) return;
  if (over && isKnown) over.after(card);
  else if (isKnown) list.prepend(card);
  else list.append(card);
  hadFocus?.focus({ preventScroll: true });
}
