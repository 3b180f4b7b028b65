// The menu of a card: one for the whole board, filled for the card that asks for it.
import { board, cardOf } from "./dom.js";
import { moveTo, send } from "./moves.js";

const menu = document.getElementById("card-menu");
const parts = [...menu.querySelectorAll("[data-menu-part]")];
const closers = [];
let closed = { id: null, at: 0 };

/** The id of the card whose menu is open. */
export const openFor = () => (menu.matches(":popover-open") ? menu.dataset.card : null);
export const onClosed = (listener) => closers.push(listener);

const entries = () => [...menu.querySelectorAll("button, a")].filter((entry) => entry.offsetParent);

function showPart(name, estado) {
  menu.querySelectorAll("[data-menu-of]").forEach((part) => { part.hidden = name !== "more" || part.dataset.menuOf !== estado; });
  parts.forEach((part) => { part.hidden = part.dataset.menuPart !== name; });
}

/** Open a card's menu; ``part`` is "more" (columns to move to), "assign", "priority" or "check". */
export function openMenu(card, part = "more") {
  menu.dataset.card = card.dataset.id;
  menu.setAttribute("aria-label", `Tarjeta ${card.dataset.name}`);
  const caseUrl = card.querySelector(".oficio-card-link").href;
  menu.querySelector("[data-open]").href = caseUrl;
  const located = menu.querySelector("[data-located]");
  if (located) {
    located.href = `${caseUrl}/ubicado`;
    located.hidden = card.dataset.estado.startsWith("finalizado");
  }
  showPart(part, card.dataset.estado);
  menu.showPopover({ source: card.querySelector(".card-menu") });
  entries()[0]?.focus();
}

menu.addEventListener("toggle", (event) => {
  if (event.newState !== "closed") return;
  const card = cardOf(menu.dataset.card);
  closed = { id: menu.dataset.card, at: Date.now() };
  if (card && (menu.contains(document.activeElement) || document.activeElement === document.body)) card.focus({ preventScroll: true });
  closers.forEach((listener) => listener());
});

menu.addEventListener("click", (event) => {
  const entry = event.target.closest("button");
  const card = cardOf(menu.dataset.card);
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
  const here = all.indexOf(document.activeElement);
  const last = all.length - 1;
  const there = { ArrowDown: here === last ? 0 : here + 1, ArrowUp: here <= 0 ? last : here - 1, Home: 0, End: last }[event.key];
  if (there === undefined) return;
  all[there]?.focus();
  event.preventDefault();
});

board.addEventListener("click", (event) => {
  const button = event.target.closest(".card-menu");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const card = button.closest(".oficio-card");
  // The press that closed this very menu does not open it again.
  if (closed.id === card.dataset.id && Date.now() - closed.at < 250) return;
  openMenu(card);
});

board.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches(".card-menu")) return;
  event.preventDefault();
  event.target.click();
});
