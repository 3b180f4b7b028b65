// @ts-check
// The ground of a map: streets of one file of this machine, tiles of a configured host, or the land with its
// comunas and the scheme of the motorways, which need no server.
import { make } from "../elements.js";
import { drawGround } from "./ground.js";
import { drawStreets } from "./streets.js";

/** @typedef {[nombre: string, lat: number, lon: number]} Comuna */

const LABEL_FROM = 8; // below that zoom the names would cover the country
const MOST = 60;
const OSM = "Pórticos y vías: © colaboradores de OpenStreetMap (ODbL)";
const BORDERS = "Límites: IDE Chile";
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
export function backdrop(L, map, settings) {
  const { teselas, calles, credito, comunas: url = "", fondo = "" } = settings;
  const own = teselas || calles ? OSM : `${OSM} · ${BORDERS}`;
  map.attributionControl.addAttribution(escaped(credito ? `${credito} · ${own}` : own));
  if (calles) {
    drawStreets(map, settings).catch(() => drawPlain(L, map, fondo, url));
  } else if (teselas) {
    L.tileLayer(teselas, { maxZoom: 18, referrerPolicy: "no-referrer" }).addTo(map);
  } else {
    drawPlain(L, map, fondo, url);
  }
}

/**
 * @param {typeof import("leaflet")} L
 * @param {import("leaflet").Map} map
 * @param {string} fondo address of the land and the scheme
 * @param {string} url of the names of the comunas
 */
function drawPlain(L, map, fondo, url) {
  map.getContainer().classList.add("mapa-liso");
  drawGround(L, map, fondo);
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
