// @ts-check
// The ground of a map: streets of one file of this machine, tiles of a configured host, or the land with its
// comunas and the scheme of the motorways, which need no server.
import { make } from "../elements.js";
import { drawGround } from "./ground.js";
import { drawStreets } from "./streets.js";

/** @typedef {[nombre: string, lat: number, lon: number]} Comuna */

const LABEL_FROM = 8; // below that zoom the names would cover the country
const ROADS_FROM = 11;
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
  map.createPane("comunas").classList.add("mapa-comunas");
  map.getPane("comunas")?.setAttribute("aria-hidden", "true");
  const layer = L.layerGroup([], { pane: "comunas" }).addTo(map);
  const ground = drawGround(L, map, fondo);
  const redraw = async () => {
    const [known, roads] = await Promise.all([loadComunas(url), ground]);
    layer.clearLayers();
    if (!map.getPane("comunas") || map.getZoom() < LABEL_FROM) return;
    const bounds = map.getBounds().pad(0.05);
    /** @type {{x: number, y: number, half: number}[]} */
    const taken = [];
    /** @type {(name: string, at: [number, number], className: string) => boolean} */
    const put = (name, at, className) => {
      if (taken.length === MOST || !bounds.contains(at)) return false;
      const { x, y } = map.latLngToContainerPoint(at);
      const half = 3.4 * name.length + 6;
      if (taken.some((other) => Math.abs(other.y - y) < 17 && Math.abs(other.x - x) < other.half + half)) return false;
      taken.push({ x, y, half });
      const icon = L.divIcon({ className, html: make("span", { textContent: name }), iconSize: [0, 0] });
      L.marker(at, { icon, pane: "comunas", interactive: false, keyboard: false }).addTo(layer);
      return true;
    };
    if (map.getZoom() >= ROADS_FROM) {
      const named = new Set(); // a road of several lines is named once
      for (const { name, line } of roads) {
        if (!named.has(name) && halfway(line).some((at) => put(name, at, "mapa-comuna mapa-via-nombre"))) named.add(name);
      }
    }
    for (const [name, lat, lon] of known) put(name, [lat, lon], "mapa-comuna");
  };
  map.on("moveend resize", redraw);
  redraw();
}

/**
 * The middle of each straight part of a road, where its name covers no gantry.
 *
 * @param {import("./ground.js").Line} line
 * @returns {[number, number][]}
 */
function halfway(line) {
  return line.slice(1).map(([lat, lon], i) => [(lat + line[i][0]) / 2, (lon + line[i][1]) / 2]);
}
