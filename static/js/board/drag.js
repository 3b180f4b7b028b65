// @ts-check
// Dragging by mouse and touch, with SortableJS.
import { need } from "../elements.js";
import { toast } from "../toasts.js";
import { board, lists } from "./dom.js";
import { allowedMoves } from "./menu.js";
import { drop, isOffline, placeOf, sayOffline } from "./moves.js";

/** @type {import("./moves.js").Place | undefined} where the card was taken from */
let place;

/** @param {HTMLElement | null} column */
const target = (column) => {
  board.querySelectorAll(".is-target").forEach((other) => other.classList.remove("is-target"));
  column?.classList.add("is-target");
};

/**
 * Dim the columns that a card cannot go to, as its menu lists them.
 *
 * @param {HTMLElement} card
 */
function dim(card) {
  const open = new Set([card.dataset.estado, ...allowedMoves(card.dataset.estado)]);
  board.querySelectorAll(".board-column").forEach((column) => {
    column.classList.toggle("is-forbidden", !open.has(column.dataset.estado));
  });
}

/** @param {import("sortablejs").SortableEvent} event */
function onStart(event) {
  board.classList.add("is-dragging");
  dim(event.item);
  if (isOffline()) sayOffline();
}

/** @param {import("sortablejs").SortableEvent} event */
function onEnd(event) {
  board.classList.remove("is-dragging");
  board.querySelectorAll(".is-forbidden").forEach((column) => column.classList.remove("is-forbidden"));
  target(null);
  const card = event.item;
  let list = event.to;
  if (list.classList.contains("board-drop")) {
    list = need(HTMLElement, ".board-cards[data-key]", list.closest(".board-column") ?? board);
    list.prepend(card);
  }
  if (list === event.from && event.oldIndex === event.newIndex) return;
  drop(card, list, place);
}

/** @type {import("sortablejs").Options} */
const options = {
  draggable: ".oficio-card",
  filter: "a:not(.oficio-card-link), button:not(.plate), input, select, textarea",
  preventOnFilter: false,
  animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
  delay: 220,
  delayOnTouchOnly: true,
  touchStartThreshold: 6,
  forceFallback: true,
  fallbackTolerance: 5,
  fallbackOnBody: true,
  scrollSensitivity: 60,
  onChoose: (event) => { place = placeOf(event.item); },
  onStart,
  onEnd,
  onMove: (event) => { target(event.to === event.from ? null : event.to.closest(".board-column")); },
};

/**
 * Cards stay in their lane: whose a case is changes by its menu, not by a slip of the finger.
 *
 * @param {HTMLElement} list
 */
const groupOf = (list) => list.closest(".board-lane")?.id ?? "oficios";

/**
 * A folded final column takes a drop on its whole strip.
 *
 * @param {HTMLDetailsElement} column
 */
function addDropStrip(column) {
  const strip = document.createElement("div");
  strip.className = "board-cards board-drop";
  strip.hidden = column.open;
  need(HTMLElement, "summary", column).append(strip); // what stands beside the summary is hidden while folded
  column.addEventListener("toggle", () => { strip.hidden = column.open; });
  Sortable.create(strip, { ...options, group: groupOf(column) });
}

/** Let cards be dragged; again after the board was drawn anew. */
export function enableDragging() {
  if (!window.Sortable) {
    toast("No se pudo cargar el arrastre. Mueva las tarjetas con su menú.", "aviso");
    return;
  }
  lists().forEach((list) => Sortable.create(list, { ...options, group: groupOf(list) }));
  board.querySelectorAll("details.board-column-final").forEach((column) => addDropStrip(/** @type {HTMLDetailsElement} */ (column)));
}
