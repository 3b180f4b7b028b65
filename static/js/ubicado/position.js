// @ts-check
// Where the phone is, followed from the moment that the page «¡Ubicado!» opens.
import { field, need } from "../elements.js";

const WITHOUT = "Escriba la dirección, o una referencia si está en la calle.";
/** @type {Record<number, string>} */
const REASONS = {
  1: `No hay permiso para usar la posición: actívelo en el navegador y toque «Usar mi posición». ${WITHOUT}`,
  2: `El teléfono no encuentra su posición: salga a cielo abierto. ${WITHOUT}`,
  3: `La posición está tardando. ${WITHOUT}`,
};
/** Milliseconds after which a newer position counts more than a more exact one. */
const OLD = 30000;

/**
 * Whether a position is to be written over the one that the form has.
 *
 * @param {{accuracy: number, at: number}} fresh metres, milliseconds
 * @param {{accuracy: number, at: number} | null} known
 */
export const isBetter = (fresh, known) =>
  known === null || fresh.accuracy <= known.accuracy || fresh.at - known.at >= OLD;

/**
 * Ask for the position and write into the form what comes, until the page is left.
 *
 * @param {HTMLFormElement} form
 * @returns {{stop: () => void, locate: () => void}} for a form that closes and opens again
 */
export function followPosition(form) {
  const [lat, lon, accuracy, without] = ["lat", "lon", "exactitud_m", "sin_posicion"].map((name) => field(form, name));
  const box = need(HTMLElement, ".ubicado-position", form);
  const again = need(HTMLElement, "[data-position-again]", form);
  const status = need(HTMLElement, "[data-position-status]", box);
  /** @type {number | null} */
  let watch = null;
  let takenAt = 0;

  /**
   * @param {string} state
   * @param {string} text
   */
  function say(state, text) {
    box.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  }

  /** @param {GeolocationPosition} position */
  function taken({ coords, timestamp }) {
    const known = accuracy.value === "" ? null : { accuracy: Number(accuracy.value), at: takenAt };
    if (!isBetter({ accuracy: coords.accuracy, at: timestamp }, known)) return;
    takenAt = timestamp;
    lat.value = coords.latitude.toFixed(6);
    lon.value = coords.longitude.toFixed(6);
    accuracy.value = String(Math.round(coords.accuracy));
    without.value = "";
    const metres = Math.round(coords.accuracy).toLocaleString("es-CL");
    const coarse = coords.accuracy > 100;
    say(coarse ? "coarse" : "taken", `Posición tomada, exactitud ±${metres} m.${coarse ? " A cielo abierto mejora." : ""}`);
    again.hidden = true;
  }

  /** @param {GeolocationPositionError} error */
  function failed(error) {
    again.hidden = false;
    if (lat.value !== "") return; // an earlier one still says where it was
    without.value = error.code === 1 ? "rechazada" : "no_disponible";
    say("refused", REASONS[error.code] || REASONS[2]);
  }

  function locate() {
    if (!navigator.geolocation) {
      without.value = "no_disponible";
      say("refused", `Este navegador no da la posición. ${WITHOUT}`);
      again.hidden = true;
      return;
    }
    stop();
    if (lat.value === "") say("asking", "Buscando su posición…");
    watch = navigator.geolocation.watchPosition(taken, failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  }

  const stop = () => { if (watch !== null) navigator.geolocation.clearWatch(watch); };

  again.addEventListener("click", locate);
  window.addEventListener("pagehide", stop);
  locate();
  return { stop, locate };
}
