// The keyboard: walking over the cards, and a letter for each deed. «?» lists them.
import { above, below, board, cards, isTyping, lists } from "./dom.js";
import { openMenu } from "./menu.js";
import { undoLast } from "./moves.js";
import { clearSelection, selectTo, toggle } from "./selection.js";

const help = document.getElementById("board-help");
const button = document.getElementById("help-open");

function beside(card, step) {
  const columns = lists().filter((list) => list.offsetParent && list.querySelector(".oficio-card"));
  return columns[columns.indexOf(card.parentElement) + step]?.querySelector(".oficio-card");
}

const walks = {
  ArrowDown: below, j: below,
  ArrowUp: above, k: above,
  ArrowRight: (card) => beside(card, 1), l: (card) => beside(card, 1),
  ArrowLeft: (card) => beside(card, -1), h: (card) => beside(card, -1),
};

const deeds = {
  m: (card) => openMenu(card),
  a: (card) => openMenu(card, "assign"),
  p: (card) => openMenu(card, "priority"),
  x: (card) => toggle(card),
  X: (card) => selectTo(card),
  Enter: (card) => card.querySelector(".oficio-card-link").click(),
};

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
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (document.querySelector("[popover]:popover-open")) return; // its menu has the keys
  const card = event.target.matches?.(".oficio-card") ? event.target : null;
  if ((card && onCard(card, event.key)) || anywhere(event.key)) event.preventDefault();
});

board.addEventListener("click", (event) => {
  if (event.target.closest("a, button, input") || event.detail !== 2) return;
  event.target.closest(".oficio-card")?.querySelector(".oficio-card-link").click();
});

button.hidden = false;
button.addEventListener("click", () => help.showModal());
