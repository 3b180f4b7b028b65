// @ts-check
// Streets from the file of this machine, by parts. Its library is loaded with the first such map, so that nobody
// pays for it where there is no file.
import { make } from "../elements.js";

/** @type {Promise<typeof import("protomaps-leaflet")> | null} */
let library = null;

/**
 * @param {string} src
 * @returns {Promise<typeof import("protomaps-leaflet")>}
 */
function loadLibrary(src) {
  library ??= new Promise((done, failed) => {
    document.head.append(make("script", { src, onload: () => done(window.protomapsL), onerror: failed }));
  });
  return library;
}

/**
 * Draw the streets in the colours of the system's theme, and again when it changes.
 *
 * @param {import("leaflet").Map} map
 * @param {DOMStringMap} settings of the map's element
 */
export async function drawStreets(map, { calles = "", callesZoom = "", callesJs = "" }) {
  const { leafletLayer } = await loadLibrary(callesJs).catch((error) => { library = null; throw error; });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  /** @type {import("leaflet").GridLayer | null} */
  let layer = null;
  const draw = () => {
    layer?.remove();
    layer = /** @type {import("leaflet").GridLayer} */ (/** @type {unknown} */ (leafletLayer({
      url: new URL(calles, document.baseURI).href, flavor: dark.matches ? "dark" : "light", lang: "es",
      maxDataZoom: Number(callesZoom) || 15, maxZoom: 18, noWrap: true, attribution: "",
    })));
    layer.addTo(map);
  };
  dark.addEventListener("change", draw);
  map.on("unload", () => dark.removeEventListener("change", draw));
  draw();
}
