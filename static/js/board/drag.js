// Dragging by mouse and touch, with SortableJS.
import { board, lists, toast } from "./dom.js";
import { drop, placeOf } from "./moves.js";

let place = null;

const target = (column) => {
  board.querySelectorAll(".is-target").forEach((other) => other.classList.remove("is-target"));
  column?.classList.add("is-target");
};

function onStart() {
  board.classList.add("is-dragging");
}

function onEnd(event) {
  board.classList.remove("is-dragging");
  target(null);
  const card = event.item;
  let list = event.to;
  if (list.classList.contains("board-drop")) {
    list = list.closest(".board-column").querySelector(".board-cards[data-key]");
    list.prepend(card);
  }
  if (list === event.from && event.oldIndex === event.newIndex) return;
  drop(card, list, place);
}

const options = {
  draggable: ".oficio-card",
  filter: "a, button:not(.plate), input, select, textarea",
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
  onMove: (event) => target(event.to === event.from ? null : event.to.closest(".board-column")),
};

/** Cards stay in their lane: whose a case is changes by its menu, not by a slip of the finger. */
const groupOf = (list) => list.closest(".board-lane")?.id ?? "oficios";

/** A folded final column takes a drop on its whole strip. */
function addDropStrip(column) {
  const strip = document.createElement("div");
  strip.className = "board-cards board-drop";
  strip.hidden = column.open;
  column.querySelector("summary").append(strip); // what stands beside the summary is hidden while folded
  column.addEventListener("toggle", () => { strip.hidden = column.open; });
  window.Sortable.create(strip, { ...options, group: groupOf(column) });
}

/** Let cards be dragged; again after the board was drawn anew. */
export function enableDragging() {
  if (!window.Sortable) {
    toast("No se pudo cargar el arrastre. Mueva las tarjetas con su menú.", "aviso");
    return;
  }
  lists().forEach((list) => window.Sortable.create(list, { ...options, group: groupOf(list) }));
  board.querySelectorAll("details.board-column-final").forEach(addDropStrip);
}
