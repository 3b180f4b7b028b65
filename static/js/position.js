// @ts-check
// Fills a visit's coordinates from the phone, only when the person asks for it.
// Hook: a button [data-position] inside a form with inputs named lat, lon and exactitud_m, and an
// element [data-position-status] that says what came of it.
import { field, targetOf } from "./elements.js";

/** @type {Record<number, string>} */
const REASONS = {
  1: "No hay permiso para usar su posición. Actívelo en el navegador, o guarde la visita sin ella.",
  2: "El teléfono no encontró su posición. Salga a cielo abierto e inténtelo otra vez, o guarde la visita sin ella.",
  3: "La posición tardó demasiado. Inténtelo otra vez, o guarde la visita sin ella.",
};

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (targetOf(event).closest("[data-position]"));
  const form = button?.form;
  if (!button || !form) return;
  const status = form.querySelector("[data-position-status]");
  /** @param {string} text */
  const say = (text) => { if (status) status.textContent = text; };
  if (!navigator.geolocation) {
    say("Este navegador no da la posición. Guarde la visita sin ella.");
    return;
  }
  button.disabled = true;
  say("Buscando su posición…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const margin = Math.round(coords.accuracy);
      field(form, "lat").value = coords.latitude.toFixed(6);
      field(form, "lon").value = coords.longitude.toFixed(6);
      field(form, "exactitud_m").value = String(margin);
      field(form, "lat").dispatchEvent(new Event("change", { bubbles: true })); // a map follows
      say(`Posición tomada, con un margen de ±${margin} m.`);
      button.disabled = false;
    },
    (error) => {
      say(REASONS[error.code] || REASONS[2]);
      button.disabled = false;
    },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
  );
});
