// @ts-check
// Draws every [data-mapa] of the page, including those that HTMX swaps in. Its interface is in frontend/README.md.
// Leaflet is loaded with the first map that is seen, so that other pages do not pay for it.
import { make } from "./elements.js";
import { backdrop } from "./map/backdrop.js";
import { picker } from "./map/pick.js";
import { showPoints } from "./map/points.js";

/** @typedef {typeof import("leaflet")} Leaflet */

/** @type {[number, number]} */
const SANTIAGO = [-33.45, -70.66];
/** @type {Map<HTMLElement, () => void>} for each element a function that takes its map away */
const drawn = new Map();

/** @type {Promise<Leaflet> | null} */
let leaflet = null;

/**
 * Load Leaflet once: its style sheet and its script, both of our own.
 *
 * @param {DOMStringMap} addresses
 * @returns {Promise<Leaflet>}
 */
function loadLeaflet({ leaflet: script, leafletCss: css }) {
  leaflet ??= Promise.all([
    new Promise((done, failed) => {
      const link = make("link", { rel: "stylesheet", href: css, onload: done, onerror: failed });
      document.head.prepend(link); // ours comes after it and wins
    }),
    new Promise((done, failed) => {
      document.head.append(make("script", { src: script, onload: done, onerror: failed }));
    }),
  ]).then(() => window.L).catch((error) => { leaflet = null; throw error; });
  return leaflet;
}

/**
 * Draw a map as soon as it has a size: one inside a closed <details> or tab has none yet.
 *
 * @param {HTMLElement} element
 */
function watch(element) {
  if (drawn.has(element)) return;
  const observer = new ResizeObserver(() => {
    if (!element.offsetWidth || !element.offsetHeight) return;
    observer.disconnect();
    draw(element).catch(() => {
      drawn.delete(element);
      element.replaceChildren(sentence("El mapa no se pudo cargar. Recargue la página para intentarlo otra vez."));
    });
  });
  observer.observe(element);
  drawn.set(element, () => observer.disconnect());
}

/** @param {string} text */
const sentence = (text) => make("p", { className: "mapa-espera soft", textContent: text });

/** @param {HTMLElement} element */
async function draw(element) {
  const L = await loadLeaflet(element.dataset);
  if (!element.isConnected) return;
  const canvas = document.createElement("div");
  canvas.className = "mapa-lienzo";
  element.replaceChildren(canvas);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(canvas, {
    zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 4, maxZoom: 18,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
  });
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", `${element.dataset.label}. Con el foco en el mapa: flechas para moverlo, + y − para acercar o alejar.`);
  L.control.zoom({ zoomInTitle: "Acercar", zoomOutTitle: "Alejar" }).addTo(map);
  L.control.scale({ position: "topright", imperial: false, maxWidth: 120 }).addTo(map);
  L.control.attribution({ prefix: false }).addTo(map);
  // The wheel scrolls the page until the map has the focus.
  canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  canvas.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  map.setView(SANTIAGO, 10, { animate: false });

  const points = JSON.parse(element.dataset.puntos || "[]");
  backdrop(L, map, element.dataset);
  showPoints(L, map, points, element.dataset);
  if (element.dataset.elegir) picker(L, map, element, points);
  const sizes = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  sizes.observe(canvas);
  drawn.set(element, () => { sizes.disconnect(); map.remove(); });
  element.classList.add("is-ready");
  element.dispatchEvent(new CustomEvent("mapa:listo", { bubbles: true, detail: { map } }));
}

/**
 * @param {HTMLElement | Document} root
 * @returns {HTMLElement[]}
 */
const mapsIn = (root) => [...(root instanceof HTMLElement && root.matches("[data-mapa]") ? [root] : []), ...root.querySelectorAll("[data-mapa]")];

/** @param {HTMLElement} element */
function forget(element) {
  drawn.get(element)?.();
  drawn.delete(element);
}

mapsIn(document).forEach(watch);
document.addEventListener("htmx:load", (event) => mapsIn(event.detail.elt).forEach(watch));
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => { if (target instanceof HTMLElement && drawn.has(target)) forget(target); });
// Remove the maps before htmx stores the page in its history: a restored one would not work.
document.addEventListener("htmx:beforeHistorySave", () => mapsIn(document).forEach((element) => {
  forget(element);
  element.classList.remove("is-ready");
  element.replaceChildren(sentence("Cargando el mapa…"));
}));
document.addEventListener("htmx:historyRestore", () => mapsIn(document).forEach(watch));
