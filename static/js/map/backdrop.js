// @ts-check
// The base layer: tiles of a configured host, or a plain background with the names of
// the comunas, which needs no other host.
import { make } from "../elements.js";

/** @typedef {[nombre: string, lat: number, lon: number]} Comuna */

const LABEL_FROM = 8; // below that zoom the names would cover the country
const MOST = 60;
const OSM = "Plazas de peaje: © colaboradores de OpenStreetMap (ODbL)";
/** @type {Promise<Comuna[]> | null} */
let comunas = null;

/**
 * @param {string} url
 * @returns {Promise<Comuna[]>}
 */
function loadComunas(url) {
  comunas ??= fetch(url).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
  return comunas;
}

/**
 * The point inside a comuna, by its name; null when it is none.
 *
 * @param {string} url of the names and points
 * @param {string | undefined} name
 * @returns {Promise<[number, number] | null>}
 */
export async function findComuna(url, name) {
  const key = fold(name);
  const found = key && (await loadComunas(url)).find(([known]) => fold(known) === key);
  return found ? [found[1], found[2]] : null;
}

/** @param {string | undefined} text */
const fold = (text) => (text || "").normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
/** @param {string} text */
const escaped = (text) => make("i", { textContent: text }).innerHTML;

/**
 * Draw the base layer of a map.
 *
 * @param {typeof import("leaflet")} L
 * @param {import("leaflet").Map} map
 * @param {DOMStringMap} settings of the map's element
 */
export function backdrop(L, map, { teselas, credito, comunas: url = "" }) {
  map.attributionControl.addAttribution(escaped(credito ? `${credito} · ${OSM}` : OSM));
  if (teselas) {
    L.tileLayer(teselas, { maxZoom: 18, referrerPolicy: "no-referrer" }).addTo(map);
    return;
  }
  map.getContainer().classList.add("mapa-liso");
  map.createPane("comunas").classList.add("mapa-comunas");
  map.getPane("comunas")?.setAttribute("aria-hidden", "true");
  const layer = L.layerGroup([], { pane: "comunas" }).addTo(map);
  const redraw = async () => {
    const known = await loadComunas(url);
    layer.clearLayers();
    if (!map.getPane("comunas") || map.getZoom() < LABEL_FROM) return;
    const bounds = map.getBounds().pad(0.05);
    /** @type {{x: number, y: number, half: number}[]} */
    const taken = [];
    for (const [name, lat, lon] of known) {
      if (taken.length === MOST || !bounds.contains([lat, lon])) continue;
      const { x, y } = map.latLngToContainerPoint([lat, lon]);
      const half = 3.4 * name.length + 6;
      if (taken.some((other) => Math.abs(other.y - y) < 17 && Math.abs(other.x - x) < other.half + half)) continue;
      taken.push({ x, y, half });
      const text = make("span", { textContent: name });
      const icon = L.divIcon({ className: "mapa-comuna", html: text, iconSize: [0, 0] });
      L.marker([lat, lon], { icon, pane: "comunas", interactive: false, keyboard: false }).addTo(layer);
    }
  };
  map.on("moveend resize", redraw);
  redraw();
}
