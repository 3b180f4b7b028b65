// @ts-check
// Terreno where the office has its devices keep nothing: the plain forms, and no page without a signal.
import { need } from "../elements.js";
import { toast } from "../toasts.js";
import { uninstall } from "./account.js";
import * as nearness from "./nearness.js";
import * as panel from "./panel.js";
import { send } from "./queue.js";
import { forgetLists, waiting } from "./store.js";

/** @typedef {{place: HTMLElement, readList: () => Promise<void>, arrange: () => void}} Page */

const WHY = "La oficina eligió que los equipos no guarden casos, así que Terreno funciona solo con señal. Quien administra Rastro lo cambia en Ajustes, Sesiones.";
const NO_SIGNAL = "Sin señal: no se guardó. Lo que escribió sigue aquí; guárdelo cuando vuelva la señal, sin cerrar esta página.";

/**
 * Send what this phone kept before and still waits, then take Terreno off it. What the server
 * refuses stays until its person decides.
 *
 * @param {HTMLElement} root
 * @param {number | null} usuarioId
 */
async function empty(root, usuarioId) {
  await forgetLists();
  const refresh = () => panel.show(usuarioId, { online: true, isHidden: false });
  if ((await waiting(usuarioId)).propias.length) {
    panel.start(root, async () => { await send(); await refresh(); });
    await send();
    await refresh();
  }
  const { propias, ajenas } = await waiting(usuarioId);
  if (!propias.length && !ajenas) await uninstall();
}

/**
 * @param {HTMLElement} root the page of Terreno
 * @param {Page} page what it does with its list
 */
export async function start(root, { place, readList, arrange }) {
  const limit = need(HTMLElement, "[data-terreno-limit]", root);
  limit.textContent = WHY;
  limit.hidden = false;
  const list = /** @type {HTMLElement | null} */ (place.querySelector(".terreno-list"));
  const filter = need(HTMLElement, "[data-terreno-filter]", root);
  filter.addEventListener("input", arrange);
  filter.addEventListener("submit", (event) => event.preventDefault());
  nearness.start(root);
  arrange();
  place.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault(); // the browser's own page of an error would take along what was typed
    toast(NO_SIGNAL, "error");
  });
  root.dataset.listo = "";
  if (list && "parte" in list.dataset) await readList();
  await empty(root, Number(list?.dataset.usuarioId) || null);
}
