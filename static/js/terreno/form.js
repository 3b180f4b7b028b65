// @ts-check
// The form of a visit: outcome, save. Photos and position on the way; the phone has it all before
// anything is sent.
import { field, make, need } from "../elements.js";
import { announce } from "../toasts.js";
import { newId, save as keepVisita } from "./store.js";
import { locate } from "./nearness.js";

/** @typedef {import("./store.js").Problema} Problema */
/** @typedef {{file: File, problema: Problema | null}} Photo */
/** @typedef {{usuarioId: () => number, saved: () => Promise<void>}} Hooks */

/** Saving waits no longer than this for the position, in milliseconds. */
const PATIENCE = 3000;
const FULL = "El teléfono no tiene espacio y no se guardó. Borre fotos o videos que ya tenga respaldados y " +
  "guarde otra vez; lo que escribió sigue aquí.";
const BROKEN = "El teléfono no pudo guardarlo. Cierre otras aplicaciones e inténtelo otra vez; " +
  "lo que escribió sigue aquí.";

/**
 * What to say when the phone could not keep something.
 *
 * @param {unknown} error
 */
export const whyNotKept = (error) => (error instanceof DOMException && error.name === "QuotaExceededError" ? FULL : BROKEN);

/** @type {HTMLElement} the page of Terreno, from `start` on */
let root;
/** @type {Hooks} */
let hooks;
/** @type {WeakMap<HTMLFormElement, Photo[]>} */
const taken = new WeakMap();
/** @type {WeakMap<HTMLFormElement, ReturnType<typeof locate>>} */
const positions = new WeakMap();
/** @param {HTMLFormElement} form */
export const photos = (form) => taken.get(form) || [];

/**
 * Whether somebody began to write a visit here.
 *
 * @param {HTMLElement} place
 */
export const isDirty = (place) =>
  /** @type {HTMLFormElement[]} */ ([...place.querySelectorAll("[data-terreno-form]")]).some((form) =>
    Boolean(field(form, "resultado").value || field(form, "notas").value.trim() || photos(form).length || "guardando" in form.dataset));

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 */
const say = (form, text) => { need(HTMLElement, "[data-terreno-form-status]", form).textContent = text; };

/** @param {number} size in bytes */
const megabytes = (size) => `${(size / 1048576).toFixed(1).replace(".", ",")} MB`;

/**
 * A photo in the form, with a way to take it back.
 *
 * @param {HTMLFormElement} form
 * @param {Photo} photo
 * @param {number} number
 */
function photoRow(form, photo, number) {
  const row = make("li");
  const picture = make("img", { src: URL.createObjectURL(photo.file), alt: `Foto ${number}` });
  const remove = make("button", { type: "button", className: "btn btn-sm", textContent: "Quitar" });
  remove.addEventListener("click", () => {
    taken.set(form, photos(form).filter((other) => other !== photo));
    showPhotos(form);
  });
  row.append(picture, remove);
  if (photo.problema) row.append(make("p", { className: "terreno-problem", textContent: photo.problema.texto }));
  return row;
}

/** @param {HTMLFormElement} form */
function showPhotos(form) {
  const list = need(HTMLElement, ".terreno-taken", form);
  list.querySelectorAll("img").forEach((picture) => URL.revokeObjectURL(/** @type {HTMLImageElement} */ (picture).src));
  list.replaceChildren(...photos(form).map((photo, index) => photoRow(form, photo, index + 1)));
}

/**
 * @param {File} file
 * @returns {Problema | null}
 */
function problemOf(file) {
  if (file.size <= Number(root.dataset.maxBytes)) return null;
  return {
    texto: `Pesa ${megabytes(file.size)} y el máximo es ${root.dataset.maxSize}: tómela otra vez con menos resolución, o guárdela en el teléfono y envíela de otra forma. Esta queda solo aquí.`,
    motivo: "grande", puede: false, definitiva: true,
  };
}

/** @param {HTMLInputElement} input */
function addPhotos(input) {
  const form = /** @type {HTMLFormElement} */ (input.form);
  const fresh = [...input.files ?? []].map((file) => ({ file, problema: problemOf(file) }));
  taken.set(form, [...photos(form), ...fresh]);
  input.value = "";
  showPhotos(form);
}

/**
 * The position that was asked for at the first tap, if it comes in time.
 *
 * @param {HTMLFormElement} form
 */
async function positionOf(form) {
  /** @type {ReturnType<typeof locate>} */
  const late = new Promise((resolve) => { setTimeout(() => resolve({}), PATIENCE); });
  const { position } = await Promise.race([positions.get(form) || locate(), late]);
  return position ?? { lat: null, lon: null, exactitud_m: null };
}

/** @param {HTMLFormElement} form */
export function clear(form) {
  form.reset();
  taken.delete(form);
  positions.delete(form);
  showPhotos(form);
}

/**
 * What a form says of a visit.
 *
 * @param {HTMLFormElement} form
 * @param {string} fecha_hora
 * @returns {Promise<import("./store.js").VisitaNueva>}
 */
async function read(form, fecha_hora) {
  const card = /** @type {HTMLElement} */ (form.closest("[data-direccion-id]"));
  const outcome = need(HTMLInputElement, "[name=resultado]:checked", form);
  const { direccion = "", oficio = "", zona = "", zonaNombre = "" } = card.dataset;
  const { lat, lon, exactitud_m } = await positionOf(form);
  return {
    cliente_id: newId(),
    usuario_id: hooks.usuarioId(),
    direccion_id: Number(card.dataset.direccionId),
    direccion, oficio, zona, zona_nombre: zonaNombre,
    resultado: outcome.value,
    resultado_texto: outcome.nextElementSibling?.textContent ?? "",
    notas: field(form, "notas").value.trim(),
    fecha_hora, lat, lon, exactitud_m,
  };
}

/** @param {HTMLFormElement} form */
async function save(form) {
  if ("guardando" in form.dataset) return;
  form.dataset.guardando = "";
  const fecha_hora = new Date().toISOString();
  say(form, "Guardando…");
  try {
    await keepVisita(await read(form, fecha_hora), photos(form));
  } catch (error) {
    say(form, whyNotKept(error));
    return;
  } finally {
    delete form.dataset.guardando;
  }
  clear(form);
  say(form, "");
  announce("Visita guardada en el teléfono.");
  await hooks.saved();
}

/**
 * Handle the visit forms in place of the browser.
 *
 * @param {HTMLElement} element the page of Terreno
 * @param {Hooks} given whose visits they are, and what follows when one is on the phone
 */
export function start(element, given) {
  root = element;
  hooks = given;
  // Runs before app.js, which would mark the form as being submitted.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-terreno-form]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    save(form);
  }, true);
  root.addEventListener("change", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement)) return;
    if (target.matches("[data-terreno-form] input[type=file], [data-terreno-found] input[type=file]")) addPhotos(target);
    else if (target.matches("[name=resultado]") && target.form) positions.set(target.form, locate());
  });
}
