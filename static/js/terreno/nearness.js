// @ts-check
// Where the phone is: the list by distance, and the position of a visit. Nothing leaves the phone
// but with a visit that its person saves.
import { need } from "../elements.js";

/** @typedef {{lat: number, lon: number}} Punto */
/** @typedef {Punto & {exactitud_m: number}} Posicion */

const NO_POSITION = "Sin su posición, la lista va por comuna y plazo.";
/** @type {Record<number, string>} */
const REASONS = {
  1: `${NO_POSITION} Para ver primero lo más cercano, permita la posición en los ajustes del navegador.`,
  2: `${NO_POSITION} El teléfono no la encontró: salga a cielo abierto e inténtelo otra vez.`,
  3: `${NO_POSITION} Tardó demasiado: inténtelo otra vez.`,
};
const EARTH_M = 6371000;
/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/** @type {HTMLElement} the page of Terreno, from `start` on */
let root;
/** @type {Posicion | null} */
let known = null;

/**
 * Metres between two points along the ground (haversine).
 *
 * @param {Punto} a
 * @param {Punto} b
 */
export function distance(a, b) {
  /** @param {number} value */
  const sine = (value) => Math.sin(radians(value) / 2) ** 2;
  const part = sine(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * sine(b.lon - a.lon);
  return 2 * EARTH_M * Math.asin(Math.sqrt(part));
}

/**
 * A distance in words: «40 m», «1,2 km».
 *
 * @param {number} metres
 */
export function readable(metres) {
  if (metres < 950) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0).replace(".", ",")} km`;
}

/**
 * The position now, or why it is not to be had.
 *
 * @returns {Promise<{position?: Posicion, error?: string}>}
 */
export function locate() {
  if (!navigator.geolocation) return Promise.resolve({ error: REASONS[2] });
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        known = { lat: coords.latitude, lon: coords.longitude, exactitud_m: Math.round(coords.accuracy) };
        resolve({ position: known });
      },
      (error) => resolve({ error: REASONS[error.code] || REASONS[2] }),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

/** @param {string} text */
function say(text) {
  const line = need(HTMLElement, "[data-terreno-order]", root);
  line.textContent = text;
  line.hidden = !text;
}

/**
 * How far a card's place is.
 *
 * @param {HTMLElement} card
 * @param {Punto} from
 * @returns {number} metres; Infinity without a point
 */
function metresTo(card, from) {
  const { lat, lon } = card.dataset;
  return lat ? distance(from, { lat: Number(lat), lon: Number(lon) }) : Infinity;
}

/** Put the nearest first in each part of the list; what has no point comes last, as it was. */
export function order() {
  const here = known;
  if (!here) return;
  root.querySelectorAll(".terreno-cards").forEach((list) => {
    const cards = /** @type {HTMLElement[]} */ ([...list.children]).map((card) => ({ card, metres: metresTo(card, here) }));
    cards.sort((a, b) => (a.metres === b.metres ? 0 : a.metres - b.metres));
    cards.forEach(({ card, metres }) => {
      const text = need(HTMLElement, "[data-terreno-distance]", card);
      text.hidden = metres === Infinity;
      if (metres !== Infinity) {
        text.textContent = "aproximada" in card.dataset ? `≈ ${readable(metres)} a la comuna` : `a ${readable(metres)}`;
      }
      list.append(card);
    });
  });
  say(`Más cercanas primero; su posición tiene un margen de ±${here.exactitud_m} m.`);
}

const nearButton = () => need(HTMLButtonElement, "[data-terreno-near]", root);

async function locateAndOrder() {
  nearButton().disabled = true;
  const { error } = await locate();
  nearButton().disabled = false;
  if (error) say(error);
  else order();
}

/**
 * Order by distance where that is allowed already; else offer it, and say what holds meanwhile.
 *
 * @param {HTMLElement} element the page of Terreno
 */
export async function start(element) {
  root = element;
  nearButton().hidden = false;
  nearButton().addEventListener("click", locateAndOrder);
  let permission;
  try {
    permission = await navigator.permissions.query({ name: "geolocation" });
  } catch {
    return; // this browser does not tell before it asks
  }
  if (permission.state === "granted") await locateAndOrder();
  else if (permission.state === "denied") say(REASONS[1]);
}
