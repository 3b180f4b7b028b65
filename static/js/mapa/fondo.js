// What lies below the points: pictures of a configured host, or a plain ground with the names of
// the comunas, for which nobody else is asked.

const LABEL_FROM = 8; // below that zoom the names would cover the country
const MOST = 60;
const OSM = "Plazas de peaje: © colaboradores de OpenStreetMap (ODbL)";
let comunas = null;

function loadComunas(url) {
  comunas ??= fetch(url).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []);
  return comunas;
}

/** The point inside a comuna, by its name; null when it is none. */
export async function findComuna(url, name) {
  const key = fold(name);
  const found = key && (await loadComunas(url)).find(([known]) => fold(known) === key);
  return found ? [found[1], found[2]] : null;
}

const fold = (text) => (text || "").normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
const escaped = (text) => Object.assign(document.createElement("i"), { textContent: text }).innerHTML;

export function backdrop(L, map, { teselas, credito, comunas: url }) {
  map.attributionControl.addAttribution(escaped(credito ? `${credito} · ${OSM}` : OSM));
  if (teselas) {
    L.tileLayer(teselas, { maxZoom: 18, referrerPolicy: "no-referrer" }).addTo(map);
    return;
  }
  map.getContainer().classList.add("mapa-liso");
  map.createPane("comunas").classList.add("mapa-comunas");
  map.getPane("comunas").setAttribute("aria-hidden", "true");
  const layer = L.layerGroup([], { pane: "comunas" }).addTo(map);
  const redraw = async () => {
    const known = await loadComunas(url);
    layer.clearLayers();
    if (!map.getPane("comunas") || map.getZoom() < LABEL_FROM) return;
    const bounds = map.getBounds().pad(0.05);
    const taken = [];
    for (const [name, lat, lon] of known) {
      if (taken.length === MOST || !bounds.contains([lat, lon])) continue;
      const { x, y } = map.latLngToContainerPoint([lat, lon]);
      const half = 3.4 * name.length + 6;
      if (taken.some((other) => Math.abs(other.y - y) < 17 && Math.abs(other.x - x) < other.half + half)) continue;
      taken.push({ x, y, half });
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ className: "mapa-comuna", html: text, iconSize: [0, 0] });
      L.marker([lat, lon], { icon, pane: "comunas", interactive: false, keyboard: false }).addTo(layer);
    }
  };
  map.on("moveend resize", redraw);
  redraw();
}
