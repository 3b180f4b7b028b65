// @ts-check
// The points of a map: one marker per cluster, with a popup that lists its points.
import { make } from "../elements.js";

/** @typedef {typeof import("leaflet")} Leaflet */
/** @typedef {import("leaflet").Map} LeafletMap */
/**
 * A place on a map.
 *
 * @typedef {object} Punto
 * @property {number} lat
 * @property {number} lon
 * @property {string} tipo
 * @property {string} titulo
 * @property {string[]} [textos]
 * @property {string} [url]
 * @property {string} [enlace]
 * @property {number} [n]
 * @property {boolean} [aproximada]
 * @property {number} [exactitud_m]
 */
/** @typedef {(points: Punto[], maxZoom?: number) => void} Look shows all of some points */

/** @type {Record<string, string>} */
const ICONS = { portico: "road", direccion: "home", avistamiento: "eye", visita: "walk", foto: "camera", ubicado: "map-pin-check" };
const NEAR = 30; // pixels
const CLOSEST = 15; // zoom of a first look at a single place

/**
 * Draw the points, clustered for the zoom, and fit the view to all of them.
 *
 * @param {Leaflet} L
 * @param {LeafletMap} map
 * @param {Punto[]} points
 * @param {DOMStringMap} settings of the map's element
 */
export function showPoints(L, map, points, { iconos = "" }) {
  const usable = points.filter(({ lat, lon }) => Number.isFinite(lat) && Number.isFinite(lon));
  if (!usable.length) return;
  const layer = L.layerGroup().addTo(map);
  /** @type {Look} */
  const look = (some, maxZoom = CLOSEST) => map.fitBounds(L.latLngBounds(some.map(({ lat, lon }) => L.latLng(lat, lon))), { padding: [36, 36], maxZoom, animate: false });
  look(usable);
  let shown = Number.NaN;
  const redraw = () => {
    if (shown === map.getZoom()) return;
    shown = map.getZoom();
    layer.clearLayers();
    group(map, usable).forEach((members) => mark(L, map, members, iconos, look).addTo(layer));
    for (const { lat, lon, exactitud_m: metres } of usable) {
      if (metres && metres > 0) L.circle([lat, lon], { radius: metres, className: "mapa-margen", interactive: false }).addTo(layer);
    }
  };
  map.on("zoomend", redraw);
  redraw();
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    layer.eachLayer((drawn) => {
      if (!(drawn instanceof L.Marker) || !drawn.isPopupOpen()) return;
      drawn.closePopup();
      drawn.getElement()?.focus();
      event.stopPropagation();
    });
  });
}

/**
 * Cluster the points that overlap at the map's zoom.
 *
 * @param {LeafletMap} map
 * @param {Punto[]} points
 * @returns {Punto[][]}
 */
export function group(map, points) {
  /** @type {{at: import("leaflet").Point, members: Punto[]}[]} */
  const groups = [];
  for (const point of points) {
    const at = map.project([point.lat, point.lon]);
    const near = groups.find((other) => other.at.distanceTo(at) < NEAR);
    if (near) near.members.push(point);
    else groups.push({ at, members: [point] });
  }
  return groups.map(({ members }) => members);
}

/**
 * @param {Leaflet} L
 * @param {LeafletMap} map
 * @param {Punto[]} members that share the mark
 * @param {string} iconos
 * @param {Look} look
 */
function mark(L, map, members, iconos, look) {
  const [first] = members;
  const tipos = new Set(members.map(({ tipo }) => tipo));
  const tipo = tipos.size === 1 ? first.tipo : "varios";
  const count = members.reduce((sum, { n }) => sum + (n || 1), 0);
  const html = make("span", { className: `mapa-marca mapa-${tipo}${members.every(({ aproximada }) => aproximada) ? " is-approximate" : ""}` });
  html.append(svg(iconos, ICONS[tipo] || "map-pin"));
  if (count > 1) html.append(make("b", { textContent: count > 999 ? "999+" : String(count) }));
  const label = members.length === 1 ? first.titulo : `${members.length} lugares juntos: ${members.slice(0, 3).map(({ titulo }) => titulo).join("; ")}`;
  const marker = L.marker([first.lat, first.lon], {
    icon: L.divIcon({ className: "mapa-punto", html, iconSize: [44, 44], popupAnchor: [0, -16] }), riseOnHover: true,
  });
  marker.on("add", () => {
    const element = marker.getElement();
    if (!element) return;
    element.setAttribute("aria-label", count > 1 && members.length === 1 ? `${label} (${count})` : label);
    element.addEventListener("keydown", (event) => { // the space key opens what says it is a button
      if (event.key === " ") { event.preventDefault(); marker.openPopup(); }
    });
  });
  marker.bindPopup(() => sheet(map, members, look, marker), {
    minWidth: 180, maxWidth: Math.min(280, map.getSize().x - 110), maxHeight: 200, autoPanPaddingTopLeft: [54, 8], autoPanPaddingBottomRight: [8, 8],
  });
  marker.on("popupopen", ({ popup }) => {
    const element = popup.getElement();
    if (!element) return;
    element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Cerrar");
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-label", label);
    element.querySelector(".mapa-hoja")?.focus({ preventScroll: true });
  });
  return marker;
}

/**
 * The popup of a marker. Everything is set as text, never as HTML: names of places are untrusted.
 *
 * @param {LeafletMap} map
 * @param {Punto[]} members
 * @param {Look} look
 * @param {import("leaflet").Marker} marker
 */
function sheet(map, members, look, marker) {
  const box = make("div", { className: "mapa-hoja", tabIndex: -1 });
  for (const { titulo, textos = [], url, enlace, aproximada } of members) {
    const part = document.createElement("div");
    part.append(make("strong", { textContent: titulo }));
    const lines = aproximada ? [...textos, "Posición aproximada."] : textos;
    lines.forEach((text) => part.append(make("span", { textContent: text })));
    if (url) part.append(make("a", { href: url, textContent: enlace || "Ver" }));
    box.append(part);
  }
  const apart = members.some(({ lat, lon }) => lat !== members[0].lat || lon !== members[0].lon);
  if (apart && map.getZoom() < map.getMaxZoom()) {
    const button = make("button", { type: "button", className: "btn btn-sm", textContent: "Acercar hasta separarlos" });
    button.addEventListener("click", () => {
      marker.closePopup();
      look(members, map.getMaxZoom());
      map.getContainer().focus({ preventScroll: true });
    });
    box.append(button);
  }
  return box;
}

/**
 * An icon of the sprite.
 *
 * @param {string} iconos address of the sprite
 * @param {string} name
 */
export function svg(iconos, name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${iconos}#${name}`);
  picture.append(use);
  return picture;
}
