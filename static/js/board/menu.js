// @ts-check
// The menu of a card: one for the whole board, filled for the card that asks for it.
import { need, targetOf } from "../elements.js";
import { board, cardOf } from "./dom.js";
import { moveTo, send } from "./moves.js";

const menu = need(HTMLElement, "#card-menu");
const parts = [...menu.querySelectorAll("[data-menu-part]")];
/** @type {(() => void)[]} */
const closers = [];
let closed = { id: "", at: 0 };

/** The id of the card whose menu is open. */
export const openFor = () => (menu.matches(":popover-open") ? menu.dataset.card : null);

/**
 * Have something called when the menu was closed.
 *
 * @param {() => void} listener
 */
export const onClosed = (listener) => closers.push(listener);

/**
 * The columns that a card of some state may go to.
 *
 * @param {string | undefined} estado
 * @returns {(string | undefined)[]}
 */
export const allowedMoves = (estado) =>
  [...menu.querySelectorAll(`[data-menu-of="${estado}"] [data-move]`)].map((entry) => entry.dataset.move);

const entries = () => [...menu.querySelectorAll("button, a")].filter((entry) => entry.offsetParent);
/** The card that the menu is or was open for. */
const cardOfMenu = () => cardOf(menu.dataset.card ?? "");

/**
 * @param {string} name
 * @param {string} [estado]
 */
function showPart(name, estado) {
  menu.querySelectorAll("[data-menu-of]").forEach((part) => { part.hidden = name !== "more" || part.dataset.menuOf !== estado; });
  parts.forEach((part) => { part.hidden = part.dataset.menuPart !== name; });
}

/**
 * Open a card's menu.
 *
 * @param {HTMLElement} card
 * @param {"more" | "assign" | "priority" | "check"} [part] "more": columns to move to
 */
export function openMenu(card, part = "more") {
  menu.dataset.card = card.dataset.id;
  menu.setAttribute("aria-label", `Tarjeta ${card.dataset.name}`);
  const caseUrl = need(HTMLAnchorElement, ".oficio-card-link", card).href;
  need(HTMLAnchorElement, "[data-open]", menu).href = caseUrl;
  const located = menu.querySelector("[data-located]");
  if (located instanceof HTMLAnchorElement) {
    located.href = `${caseUrl}/ubicado`;
    located.hidden = Boolean(card.dataset.estado?.startsWith("finalizado"));
  }
  showPart(part, card.dataset.estado);
  menu.showPopover({ source: need(HTMLElement, ".card-menu", card) });
  entries()[0]?.focus();
}

menu.addEventListener("toggle", (event) => {
  if (event.newState !== "closed") return;
  const card = cardOfMenu();
  closed = { id: menu.dataset.card ?? "", at: Date.now() };
  if (card && (menu.contains(document.activeElement) || document.activeElement === document.body)) card.focus({ preventScroll: true });
  closers.forEach((listener) => listener());
});

menu.addEventListener("click", (event) => {
  const entry = targetOf(event).closest("button");
  const card = cardOfMenu();
  if (!entry || !card) return;
  if (entry.dataset.part) {
    showPart(entry.dataset.part);
    entries()[0]?.focus();
    return;
  }
  menu.hidePopover();
  if (entry.dataset.move) moveTo(card, entry.dataset.move);
  else if (entry.dataset.assign !== undefined) send(card, "asignar", { investigador: entry.dataset.assign });
  else if (entry.dataset.check) send(card, "consultar", { consultar: entry.dataset.check });
  else if (entry.dataset.priority) send(card, "prioridad", { prioridad: entry.dataset.priority });
});

menu.addEventListener("keydown", (event) => {
  const all = entries();
  const here = all.findIndex((entry) => entry === document.activeElement);
  const last = all.length - 1;
  /** @type {Record<string, number>} */
  const places = { ArrowDown: here === last ? 0 : here + 1, ArrowUp: here <= 0 ? last : here - 1, Home: 0, End: last };
  const there = places[event.key];
  if (there === undefined) return;
  all[there]?.focus();
  event.preventDefault();
});

board.addEventListener("click", (event) => {
  const button = targetOf(event).closest(".card-menu");
  const card = button?.closest(".oficio-card");
  if (!card || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  // The click that closed this menu must not open it again.
  if (closed.id === card.dataset.id && Date.now() - closed.at < 250) return;
  openMenu(card);
});

board.addEventListener("keydown", (event) => {
  if (event.key !== " " || !targetOf(event).matches(".card-menu")) return;
  event.preventDefault();
  targetOf(event).click();
});
