// @ts-check
// Deeds for one card: posting them, putting the card where the answer says, and undoing a move.
//
// The answer is the card as it now stands: 200 when it was done; 409 or 422 when it was not, and
// then its data-estado names the column that it is in.
import { need } from "../elements.js";
import { announce, toast } from "../toasts.js";
import { above, addToCount, board, cardOf, labelOf, listFor, nameOf } from "./dom.js";

/**
 * Where a card stood.
 *
 * @typedef {object} Place
 * @property {HTMLElement} list
 * @property {string} estado
 * @property {string} aboveId id of the oficio of the card above; empty on top
 * @property {string} nextId id of the element after it; empty at the end
 * @property {string} [wanted] of an undone move: id of the oficio that it goes below
 */

/** For how long a move can be undone, in milliseconds. */
const UNDO = 10000;

/** What each card on its way was sent for, until its answer is settled, by the id of the element.
 *
 * @type {Map<string, {verb: string, place: Place}>}
 */
const sent = new Map();
/** @type {((card: HTMLElement) => void)[]} */
const listeners = [];

/**
 * Have something called when a card was drawn again.
 *
 * @param {(card: HTMLElement) => void} listener
 */
export const onDrawn = (listener) => listeners.push(listener);

/**
 * Remember where a card stands, so that it can go back there.
 *
 * @param {HTMLElement} card
 * @returns {Place}
 */
export const placeOf = (card) => ({
  list: /** @type {HTMLElement} */ (card.parentElement),
  estado: card.dataset.estado ?? "",
  aboveId: above(card)?.dataset.id ?? "",
  nextId: card.nextElementSibling?.id ?? "",
});

/**
 * @param {HTMLElement} card
 * @param {Place} place
 */
function putBack(card, place) {
  const next = document.getElementById(place.nextId);
  place.list.insertBefore(card, next?.parentElement === place.list ? next : null);
}

/** Whether the browser itself knows that nothing can be sent. */
export const isOffline = () => !navigator.onLine;
/** Say it once: as long as the message stands there, a second one tells nothing. */
export function sayOffline() {
  const text = "No hay conexión: lo que haga ahora en el tablero no se guarda. Espere a tener señal.";
  if (![...document.querySelectorAll("#toasts p")].some((shown) => shown.textContent === text)) toast(text, "error");
}

/**
 * Post a deed for a card; nothing happens while another one of it is on its way.
 *
 * @param {HTMLElement} card
 * @param {string} verb last part of the address
 * @param {Record<string, string | undefined>} values
 * @param {Place} [place] where it returns to when it is refused
 */
export function send(card, verb, values, place = placeOf(card)) {
  if (sent.has(card.id)) return;
  if (isOffline()) {
    putBack(card, place);
    sayOffline();
    announce(`${nameOf(card)} volvió a donde estaba.`);
    return;
  }
  sent.set(card.id, { verb, place });
  card.classList.add("is-sending");
  const url = `${board.dataset.base}/oficios/${card.dataset.id}/${verb}`;
  htmx.ajax("post", url, { source: card, target: `#${card.id}`, swap: "outerHTML", values }).catch(() => {});
}

/**
 * Tell the server where a card was dropped; it is there already.
 *
 * @param {HTMLElement} card
 * @param {HTMLElement} list
 * @param {Place} [place] where it was taken from
 */
export function drop(card, list, place) {
  const values = { estado: list.dataset.estado, version: card.dataset.version, despues_de: above(card)?.dataset.id ?? "" };
  send(card, "mover", values, place);
}

/**
 * Move a card on top of another column, as its menu says.
 *
 * @param {HTMLElement} card
 * @param {string} estado
 */
export const moveTo = (card, estado) => send(card, "mover", { estado, version: card.dataset.version, despues_de: "" });

/** Press the button of the last move's message, if it is still there. */
export const undoLast = () => document.querySelector("#toasts [data-undo]")?.click();

/**
 * @param {HTMLElement} card
 * @param {Place} place
 */
function undo(card, place) {
  send(card, "deshacer", { estado: place.estado, version: card.dataset.version, despues_de: place.aboveId });
}

/**
 * @param {HTMLElement} card
 * @param {Place} place where it was
 * @param {string} text
 */
function offerUndo(card, place, text) {
  document.querySelectorAll("#toasts [data-undo]").forEach((button) => button.closest(".toast-card")?.remove());
  toast(text, "ok");
  const shown = need(HTMLElement, "#toasts > :last-child");
  const template = need(HTMLTemplateElement, "#undo-template");
  const button = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const id = card.dataset.id ?? "";
  // The default timer of a toast would remove it too early.
  const lasting = /** @type {HTMLElement} */ (shown.cloneNode(true));
  need(HTMLElement, "p", lasting).after(button);
  shown.replaceWith(lasting);
  const timer = setTimeout(() => lasting.remove(), UNDO);
  button.addEventListener("click", () => {
    clearTimeout(timer);
    lasting.remove();
    const now = cardOf(id);
    if (now) undo(now, place);
    else toast("La tarjeta ya no está en este tablero. Ábrala y muévala desde el caso.", "aviso");
  });
}

/**
 * Put an answered card in the column that it names itself.
 *
 * @param {HTMLElement} card
 * @param {{verb: string, place: Place}} entry what it was sent for
 * @param {boolean} refused
 * @returns {HTMLElement | undefined} its list; none where this board does not show it
 */
export function settle(card, { verb, place }, refused) {
  const home = listFor(card);
  if (!home) card.remove(); // a board of one column does not show where it went
  else if (refused && place.list === home) putBack(card, place);
  else if (verb === "deshacer" && !refused) {
    const over = place.wanted ? cardOf(place.wanted) : null;
    if (over?.parentElement === home) over.after(card);
    else home.prepend(card);
  } else if (card.parentElement !== home) home.prepend(card);
  return home;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  // Where an undone card belongs is in the request, not in the place that it leaves.
  const parameters = event.detail.requestConfig?.parameters;
  const entry = sent.get(event.detail.target?.id);
  if (entry?.verb !== "deshacer") return;
  const wanted = parameters instanceof FormData ? parameters.get("despues_de") : parameters?.despues_de;
  entry.place.wanted = wanted ? String(wanted) : undefined;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const id = event.detail.target?.id;
  const entry = sent.get(id);
  if (!entry || event.detail.requestConfig?.verb !== "post") return;
  sent.delete(id);
  const card = document.getElementById(id);
  if (!card) return;
  const { place, verb } = entry;
  const refused = event.detail.xhr.status >= 400;
  const home = settle(card, entry, refused);
  if (!home) toast(`${nameOf(card)} salió de esta columna.`, "ok");
  else show(card, home, { place, verb, refused });
  listeners.forEach((listener) => listener(card));
});

/**
 * Say what became of a card, and count it where it is now.
 *
 * @param {HTMLElement} card
 * @param {HTMLElement} home the list that it is in
 * @param {{place: Place, verb: string, refused: boolean}} entry
 */
function show(card, home, { place, verb, refused }) {
  setTimeout(() => card.classList.add("is-changed"), 60); // htmx settles the classes first
  const folded = home.closest("details:not([open])");
  (folded ? need(HTMLElement, "summary", folded) : card).focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  const before = listFor(card, place.estado);
  if (before && before !== home) {
    addToCount(before, -1);
    addToCount(home, 1);
  }
  if (refused) return; // a refusal brings its own sentence by HX-Trigger
  const text = `${nameOf(card)} quedó en ${labelOf(home)}.`;
  if (verb === "mover") offerUndo(card, place, text);
  if (verb === "consultar") return; // the answer says it itself
  announce(verb === "mover" || verb === "deshacer" ? text : `${nameOf(card)}: cambio guardado.`);
}

/** @type {const} */ (["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]).forEach((type) =>
  document.addEventListener(type, (event) => {
    const card = event.detail.elt?.closest(".oficio-card");
    const entry = card && sent.get(card.id);
    card?.classList.remove("is-sending");
    if (!entry) return;
    sent.delete(card.id);
    putBack(card, entry.place);
    announce(`${nameOf(card)} volvió a donde estaba.`);
  }),
);
