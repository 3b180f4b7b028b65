// @ts-check
// The land, its borders and the scheme of the motorways, from a file that the build makes (frontend/mapa.mjs).
// Their colours are in the style sheet, so both themes are drawn by the same paths.

/**
 * @typedef {object} Ground
 * @property {number} escala units of a degree
 * @property {number[][]} lineas kind, then packed points
 * @property {number[][]} tierra rings as indexes of lines, `~i` for backwards
 * @property {[nombre: string, ...puntos: number[]][]} vias
 */
/** @typedef {[number, number][]} Line latitude and longitude */
/** @typedef {{name: string, line: Line}} Road */

const COMUNAS_FROM = 8; // zoom below which only the regions are told apart
/** @type {Promise<Ground> | null} */
let ground = null;

/**
 * @param {string} url
 * @returns {Promise<Ground>}
 */
function loadGround(url) {
  ground ??= fetch(url).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${url}`);
    return answer.json();
  });
  return ground;
}

/**
 * Unpack points: the first is absolute, the others are relative to the one before.
 *
 * @param {number[]} packed
 * @param {number} scale
 * @returns {Line}
 */
export function unpack(packed, scale) {
  /** @type {Line} */
  const line = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < packed.length; i += 2) {
    x += packed[i];
    y += packed[i + 1];
    line.push([y / scale, x / scale]);
  }
  return line;
}

/**
 * Draw the ground below everything else; without the file the map stays plain.
 *
 * @param {typeof import("leaflet")} L
 * @param {import("leaflet").Map} map
 * @param {string} url
 * @returns {Promise<Road[]>} the roads of the scheme, to be named
 */
export async function drawGround(L, map, url) {
  const { escala, lineas, tierra, vias } = await loadGround(url).catch(() => {
    ground = null;
    return { escala: 1, lineas: [], tierra: [], vias: [] };
  });
  if (!map.getPane("mapPane")?.isConnected || !lineas.length) return [];
  const pane = "fondo";
  map.createPane(pane).classList.add("mapa-fondo");
  map.getPane(pane)?.setAttribute("aria-hidden", "true");
  const shared = { pane, renderer: L.svg({ pane, padding: 0.4 }), interactive: false, smoothFactor: 1.5 };
  const lines = lineas.map(([, ...points]) => unpack(points, escala));
  const rings = tierra.map((ring) => ring.flatMap((index) => (index < 0 ? [...lines[~index]].reverse() : lines[index])));
  L.polygon(rings.map((ring) => [ring]), { ...shared, className: "mapa-tierra" }).addTo(map);
  /** @param {number} kind */
  const ofKind = (kind) => lines.filter((_, i) => lineas[i][0] === kind);
  const comunas = L.polyline(ofKind(0), { ...shared, className: "mapa-limite" });
  L.polyline(ofKind(1), { ...shared, className: "mapa-limite is-region" }).addTo(map);
  const roads = vias.map(([name, ...points]) => ({ name, line: unpack(points, escala) }));
  L.polyline(roads.map(({ line }) => line), { ...shared, className: "mapa-via" }).addTo(map);
  const show = () => comunas[map.getZoom() < COMUNAS_FROM ? "remove" : "addTo"](map);
  map.on("zoomend", show);
  show();
  return roads;
}
