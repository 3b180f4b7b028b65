// A position that a person puts on the map: by a tap, by dragging the mark, or by moving the map and pressing a button.
import { findComuna } from "./fondo.js";
import { svg } from "./puntos.js";

export function picker(L, map, element, points) {
  const { elegir, comuna, comunas, iconos } = element.dataset;
  const form = element.closest("form");
  const [latField, lonField] = elegir.split(",").map((name) => form?.elements[name.trim()]);
  if (!latField || !lonField) return;
  const html = document.createElement("span");
  html.className = "mapa-marca mapa-elegida";
  html.append(svg(iconos, "map-pin"));
  const marker = L.marker(map.getCenter(), {
    draggable: true, autoPan: true, keyboard: true,
    icon: L.divIcon({ className: "mapa-punto", html, iconSize: [44, 44] }),
  });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", "Posición elegida. Flechas para moverla."));

  const write = ({ lat, lng }) => {
    const at = L.latLng(lat, lng).wrap();
    marker.setLatLng(at).addTo(map);
    put(latField, at.lat.toFixed(6));
    put(lonField, at.lng.toFixed(6));
    if (form.elements.exactitud_m) put(form.elements.exactitud_m, ""); // nobody measured it
    status.textContent = `Posición elegida: ${at.lat.toFixed(5)}, ${at.lng.toFixed(5)}.`;
  };
  const read = () => {
    const lat = Number(latField.value.replace(",", "."));
    const lon = Number(lonField.value.replace(",", "."));
    if (!latField.value.trim() || !lonField.value.trim() || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) {
      marker.remove();
      return false;
    }
    marker.setLatLng([lat, lon]).addTo(map);
    if (!map.getBounds().contains([lat, lon])) map.panTo([lat, lon], { animate: false });
    return true;
  };

  const bar = document.createElement("div");
  bar.className = "mapa-botones";
  const status = Object.assign(document.createElement("p"), { className: "form-hint mb-0" });
  status.setAttribute("role", "status");
  bar.append(
    press("Poner en el centro", () => write(map.getCenter())),
    press("Quitar posición", () => {
      put(latField, "");
      put(lonField, "");
      marker.remove();
      status.textContent = "Sin posición.";
    }),
    status,
  );
  element.append(bar);
  status.textContent = "Toque el mapa para marcar la posición, o muévalo y presione «Poner en el centro».";

  map.on("click", (event) => write(event.latlng));
  marker.on("dragend", () => write(marker.getLatLng()));
  marker.on("add", () => marker.getElement().addEventListener("keydown", (event) => {
    const step = { ArrowUp: [0, -4], ArrowDown: [0, 4], ArrowLeft: [-4, 0], ArrowRight: [4, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    write(map.layerPointToLatLng(map.latLngToLayerPoint(marker.getLatLng()).add(step)));
  }));
  [latField, lonField].forEach((field) => field.addEventListener("change", read));

  if (read()) map.setView(marker.getLatLng(), 16, { animate: false });
  else if (!points.length) nearComuna();
  const comunaField = comuna && form.elements[comuna];
  comunaField?.addEventListener("change", () => { if (!latField.value) nearComuna(); });

  async function nearComuna() {
    const at = await findComuna(comunas, form.elements[comuna]?.value);
    if (at && !latField.value && element.isConnected) map.setView(at, 13, { animate: false });
  }
}

function put(field, value) {
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(text, deed) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: text });
  button.addEventListener("click", deed);
  return button;
}
