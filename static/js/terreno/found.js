// @ts-check
// «¡Ubicado!» in Terreno: the form is kept with the page, so that it opens in a car park as well,
// filled in with the case's own addresses. What is written down waits on the phone like a visit.
// Hook: a[data-found] in a card, dialog[data-terreno-found-dialog]. Without this file the link
// leads to the page of the case, which needs a signal.
import { field, make, need } from "../elements.js";
import { announce } from "../toasts.js";
import { followPosition } from "../ubicado/position.js";
import { newId, save as keepVisita } from "./store.js";
import { clear, photos, whyNotKept } from "./form.js";

/** @typedef {{usuarioId: () => number, saved: () => Promise<void>, isOnline: () => boolean}} Hooks */

/** @type {HTMLElement} the page of Terreno, from `start` on */
let root;
/** @type {Hooks} */
let hooks;
/** @type {HTMLElement | null} a card of the case whose vehicle is found */
let card = null;
/** @type {ReturnType<typeof followPosition> | null} */
let position = null;

const dialog = () => need(HTMLDialogElement, "[data-terreno-found-dialog]", root);
const form = () => need(HTMLFormElement, "[data-terreno-found]", root);

/** @param {string} text */
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
/** @param {string} text */
const say = (text) => { need(HTMLElement, "[data-found-status]", root).textContent = text; };
const isDirty = () => Boolean(photos(form()).length || ["direccion", "referencia", "acceso", "notas"].some((name) => field(form(), name).value.trim()));

/**
 * A choice of the place: an address of the case.
 *
 * @param {HTMLElement} one its card in the list
 */
function placeChoice({ dataset }) {
  const label = make("label", { className: "receptor-choice" });
  const radio = make("input", { className: "form-check-input", type: "radio", name: "lugar", value: dataset.direccionId });
  radio.dataset.found = "";
  radio.checked = dataset.direccionId === card?.dataset.direccionId;
  label.append(radio, make("span", { textContent: dataset.direccion ?? "" }));
  return label;
}

/**
 * Open the form for the case of a card.
 *
 * @param {HTMLElement} chosen
 */
function open(chosen) {
  card = chosen;
  clear(form());
  ["lat", "lon", "exactitud_m", "sin_posicion"].forEach((name) => { field(form(), name).value = ""; });
  say("");
  const plate = chosen.querySelector(".plate")?.cloneNode(true);
  need(HTMLElement, "[data-found-plate]", root).replaceChildren(...plate ? [plate] : []);
  const places = need(HTMLElement, "[data-found-places]", root);
  places.querySelectorAll("[data-found]").forEach((radio) => radio.closest("label")?.remove());
  const own = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(`.terreno-lugar[data-oficio-id="${chosen.dataset.oficioId}"]`)]);
  places.prepend(...own.map(placeChoice));
  const online = hooks.isOnline();
  need(HTMLElement, "[data-found-offline]", root).hidden = online;
  need(HTMLElement, "[data-found-later]", root).textContent = online
    ? "Queda en el teléfono y se envía enseguida. El caso pasa a Notificación."
    : "Queda en el teléfono y se envía una sola vez, cuando haya señal.";
  dialog().showModal();
  if (position) position.locate();
  else position = followPosition(form());
}

function close() {
  position?.stop();
  dialog().close();
  clear(form());
}

/**
 * What is missing, as the server would say it when it is too late to ask.
 *
 * @returns {{text: string, at: string} | null} the sentence, and the field that it is about
 */
function missing() {
  const taken = photos(form());
  if (!taken.some(({ problema }) => !problema)) return { text: "Falta la foto: tome al menos una del vehículo.", at: "found-camara" };
  const place = form().querySelector("[name=lugar]:checked");
  if (!(place instanceof HTMLInputElement)) return { text: "Diga dónde está: elija una dirección, «Otra» o «Vía pública».", at: "" };
  if (!["nueva", "via_publica"].includes(place.value)) return null;
  const comuna = fold(field(form(), "comuna").value);
  const known = [...root.querySelectorAll("#found-comunas option")].some((option) => fold(/** @type {HTMLOptionElement} */ (option).value) === comuna);
  if (place.value === "nueva" && !field(form(), "direccion").value.trim()) return { text: "Escriba la calle y el número.", at: "direccion" };
  if (place.value === "via_publica" && !field(form(), "lat").value && !field(form(), "referencia").value.trim()) {
    return { text: "Sin posición hace falta una referencia, por ejemplo «frente al 1180».", at: "referencia" };
  }
  return known ? null : { text: "Elija la comuna de la lista: el receptor la necesita.", at: "comuna" };
}

/** What is written of the place: the address of the case, or what was typed. */
function placeWords() {
  const chosen = need(HTMLInputElement, "[name=lugar]:checked", form());
  if ("found" in chosen.dataset) return chosen.closest("label")?.textContent?.trim() ?? "";
  const words = field(form(), chosen.value === "nueva" ? "direccion" : "referencia").value.trim();
  return [words || "Vía pública", field(form(), "comuna").value.trim()].filter(Boolean).join(", ");
}

/** @returns {import("./store.js").VisitaNueva} */
function read() {
  const { oficioId, oficio = "", zona = "", zonaNombre = "" } = card?.dataset ?? {};
  // What was typed for another choice of the place is not a part of this one.
  const unused = "found" in need(HTMLInputElement, "[name=lugar]:checked", form()).dataset ? ["direccion", "referencia", "comuna"] : [];
  const campos = /** @type {[string, string][]} */ ([...new FormData(form())].filter(([name, value]) => typeof value === "string" && !unused.includes(name)));
  return {
    cliente_id: newId(),
    usuario_id: hooks.usuarioId(),
    oficio_id: Number(oficioId),
    direccion_id: 0,
    direccion: placeWords(),
    oficio, zona, zona_nombre: zonaNombre,
    resultado: "ubicado", resultado_texto: "¡Ubicado!", notas: "",
    fecha_hora: new Date().toISOString(),
    lat: null, lon: null, exactitud_m: null,
    campos,
  };
}

async function save() {
  const wrong = missing();
  if (wrong) {
    say(wrong.text);
    if (wrong.at) field(form(), wrong.at).focus();
    return;
  }
  const button = need(HTMLButtonElement, ".ubicado-submit", form());
  button.disabled = true;
  try {
    await keepVisita(read(), photos(form()));
  } catch (error) {
    say(whyNotKept(error));
    return;
  } finally {
    button.disabled = false;
  }
  close();
  announce("La ubicación quedó guardada en el teléfono.");
  await hooks.saved();
}

/**
 * Open the form in place of the page of the case, and for the case that the address names.
 *
 * @param {HTMLElement} element the page of Terreno
 * @param {Hooks} given whose locations they are, and what follows when one is on the phone
 */
export function start(element, given) {
  root = element;
  hooks = given;
  if (!root.querySelector("[data-terreno-found-dialog]")) return;
  root.addEventListener("click", (event) => {
    const { target } = event;
    const link = target instanceof Element ? target.closest("a[data-found]") : null;
    const chosen = link?.closest(".terreno-lugar");
    if (!(chosen instanceof HTMLElement)) return;
    event.preventDefault();
    open(chosen);
  });
  need(HTMLElement, "[data-found-close]", root).addEventListener("click", close);
  // Escape, or the phone's own «back», must not take photos away by accident.
  dialog().addEventListener("cancel", (event) => { if (isDirty()) event.preventDefault(); else close(); });
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  const wanted = Number(new URLSearchParams(window.location.search).get("ubicado"));
  const first = wanted ? root.querySelector(`.terreno-lugar[data-oficio-id="${wanted}"]`) : null;
  if (first instanceof HTMLElement) open(first);
}
