// @ts-check
// A position that a person puts on the map: by a tap, by dragging the mark, or by moving the map and pressing a button.
import { field, make } from "../elements.js";
import { findComuna } from "./backdrop.js";
import { svg } from "./points.js";

/** @typedef {import("leaflet").LatLng} LatLng */

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [0, -4], ArrowDown: [0, 4], ArrowLeft: [-4, 0], ArrowRight: [4, 0] };

/**
 * The position that two fields hold, with a point or a comma; null when they hold none.
 *
 * @param {string} latText
 * @param {string} lonText
 * @returns {[number, number] | null}
 */
export function readPosition(latText, lonText) {
  const [lat, lon] = [latText, lonText].map((text) => Number(text.replace(",", ".")));
  if (!latText.trim() || !lonText.trim() || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return null;
  return [lat, lon];
}

/**
 * Let a person choose a position.
 *
 * @param {typeof import("leaflet")} L
 * @param {import("leaflet").Map} map
 * @param {HTMLElement} element of the map; its `data-elegir` names the fields
 * @param {unknown[]} points that the map shows
 */
export function picker(L, map, element, points) {
  const { elegir = "", comuna = "", comunas = "", iconos = "" } = element.dataset;
  const form = element.closest("form");
  if (!(form instanceof HTMLFormElement)) return;
  const [latField, lonField] = elegir.split(",").map((name) => field(form, name.trim()));
  if (!latField || !lonField) return;
  const marker = makeMarker(L, map, iconos);
  const status = make("p", { className: "form-hint mb-0" });
  status.setAttribute("role", "status");

  /** @param {LatLng} at */
  const write = ({ lat, lng }) => {
    const at = L.latLng(lat, lng).wrap();
    marker.setLatLng(at).addTo(map);
    put(latField, at.lat.toFixed(6));
    put(lonField, at.lng.toFixed(6));
    const margin = field(form, "exactitud_m");
    if (margin) put(margin, ""); // nobody measured it
    status.textContent = `Posición elegida: ${at.lat.toFixed(5)}, ${at.lng.toFixed(5)}.`;
  };
  const read = () => {
    const at = readPosition(latField.value, lonField.value);
    if (!at) {
      marker.remove();
      return false;
    }
    marker.setLatLng(at).addTo(map);
    if (!map.getBounds().contains(at)) map.panTo(at, { animate: false });
    return true;
  };
  const clear = () => {
    put(latField, "");
    put(lonField, "");
    marker.remove();
    status.textContent = "Sin posición.";
  };
  const nearComuna = async () => {
    const at = await findComuna(comunas, field(form, comuna)?.value);
    if (at && !latField.value && element.isConnected) map.setView(at, 13, { animate: false });
  };

  const bar = make("div", { className: "mapa-botones" });
  bar.append(press("Poner en el centro", () => write(map.getCenter())), press("Quitar posición", clear), status);
  element.append(bar);
  status.textContent = "Toque el mapa para marcar la posición, o muévalo y presione «Poner en el centro».";

  map.on("click", (event) => write(event.latlng));
  marker.on("dragend", () => write(marker.getLatLng()));
  marker.on("add", () => marker.getElement()?.addEventListener("keydown", (event) => {
    const there = stepFrom(map, marker.getLatLng(), event);
    if (there) write(there);
  }));
  [latField, lonField].forEach((input) => input.addEventListener("change", read));

  if (read()) map.setView(marker.getLatLng(), 16, { animate: false });
  else if (!points.length) nearComuna();
  if (comuna) field(form, comuna)?.addEventListener("change", () => { if (!latField.value) nearComuna(); });
}

/**
 * Where an arrow key moves the mark; null for another key.
 *
 * @param {import("leaflet").Map} map
 * @param {LatLng} at
 * @param {KeyboardEvent} event
 */
function stepFrom(map, at, event) {
  const step = STEPS[event.key];
  if (!step) return null;
  event.preventDefault();
  event.stopPropagation();
  return map.layerPointToLatLng(map.latLngToLayerPoint(at).add(step));
}

/**
 * @param {typeof import("leaflet")} L
 * @param {import("leaflet").Map} map
 * @param {string} iconos address of the sprite
 */
function makeMarker(L, map, iconos) {
  const html = make("span", { className: "mapa-marca mapa-elegida" });
  html.append(svg(iconos, "map-pin"));
  const marker = L.marker(map.getCenter(), {
    draggable: true, autoPan: true, keyboard: true,
    icon: L.divIcon({ className: "mapa-punto", html, iconSize: [44, 44] }),
  });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-label", "Posición elegida. Flechas para moverla."));
  return marker;
}

/**
 * @param {HTMLInputElement} input
 * @param {string} value
 */
function put(input, value) {
  if (input.value === value) return;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {string} text
 * @param {() => void} deed
 */
function press(text, deed) {
  const button = make("button", { type: "button", className: "btn btn-sm", textContent: text });
  button.addEventListener("click", deed);
  return button;
}
