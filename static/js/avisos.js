// @ts-check
// What happens while a page is open reaches it within seconds: the bell counts it, a message shows it.
// The server sends events over an open connection (SSE) while the page is visible. Where it cannot hold it
// (GET /novedades answers 204 then), the page polls every few seconds, with a backoff on failures.
import { need } from "./elements.js";
import { endSession, isOver } from "./session.js";
import { toast } from "./toasts.js";

/** @typedef {{texto: string, accion: string, abrir: string}} Aviso */

// The board polls for changes by itself and announces them, so this script need not poll as well.
const PERIOD = document.body.classList.contains("is-board") ? 20000 : 4000;
const LONGEST = 60000;
/** Between two tries to open a line that failed. */
const AGAIN = 120000;

const bell = document.getElementById("avisos-bell");
const news = {
  ultimo: bell?.dataset.ultimo ?? "",
  sinLeer: bell?.dataset.sinLeer ?? "",
  url: bell?.dataset.novedades ?? "",
  lineUrl: bell?.dataset.escuchar ?? "",
};
let failures = 0;
/** @type {number | undefined} */
let timer;
let asking = false;
/** @type {EventSource | null} */
let line = null;
/** @type {number | undefined} */
let lineTimer;

/** Whether the server tells at once what happens, so that nobody needs to ask. */
export const isListening = () => line?.readyState === EventSource.OPEN;

/**
 * The backoff after a number of consecutive failures, in milliseconds.
 *
 * @param {number} count of failures
 * @param {number} period milliseconds without a failure
 */
export const backOff = (count, period) => Math.min(LONGEST, period * 2 ** count);

function listen() {
  clearTimeout(lineTimer);
  if (line || document.hidden || isOver() || !news.lineUrl) return;
  const query = new URLSearchParams({ aviso: news.ultimo, sin_leer: news.sinLeer });
  const event = document.getElementById("board")?.dataset.event;
  if (event) query.set("evento", event);
  const shown = /^\/oficios\/(\d+)/.exec(window.location.pathname)?.[1];
  if (shown) query.set("caso", shown);
  line = new EventSource(`${news.lineUrl}?${query}`);
  line.addEventListener("tablero", ({ data }) => {
    document.body.dispatchEvent(new CustomEvent("novedades:tablero", { detail: Number(data) }));
  });
  line.addEventListener("caso", () => { document.body.dispatchEvent(new CustomEvent("novedades:caso")); });
  line.addEventListener("avisos", ({ data }) => {
    const { ultimo: last, sin_leer: unread } = JSON.parse(data);
    if (String(last) !== news.ultimo || String(unread) !== news.sinLeer) later(0);
  });
  line.addEventListener("error", () => {
    if (line?.readyState !== EventSource.CLOSED) return; // the browser opens it again
    line = null;
    later(PERIOD);
    document.body.dispatchEvent(new CustomEvent("novedades:cerrada"));
    lineTimer = setTimeout(listen, AGAIN);
  });
}

function hangUp() {
  clearTimeout(lineTimer);
  line?.close();
  line = null;
}

/** @param {number} delay in milliseconds */
function later(delay) {
  clearTimeout(timer);
  if (!document.hidden && !isOver()) timer = setTimeout(ask, delay);
}

async function ask() {
  if (asking || document.hidden || isOver()) return;
  asking = true;
  let delay = isListening() ? LONGEST : PERIOD;
  try {
    const query = new URLSearchParams({ desde: news.ultimo, sin_leer: news.sinLeer });
    // As HTMX asks: a stranger is told 401 then, and is not led to the page for signing in.
    const answer = await fetch(`${news.url}?${query}`, {
      headers: { "HX-Request": "true" }, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(10000),
    });
    if (answer.status === 401) endSession();
    else if (answer.status === 200) show(await answer.json());
    else if (answer.status !== 204) throw new Error(String(answer.status));
    failures = 0;
  } catch {
    failures += 1;
    delay = backOff(failures, PERIOD);
  } finally {
    asking = false;
    later(delay);
  }
}

/** @param {{ultimo: number, sin_leer: number, avisos: Aviso[]}} answer */
function show({ ultimo: last, sin_leer: unread, avisos }) {
  const before = Number(news.sinLeer);
  [news.ultimo, news.sinLeer] = [String(last), String(unread)];
  const count = need(HTMLElement, "#avisos-bell .topbar-bell-count");
  count.textContent = unread < 100 ? String(unread) : "99+";
  count.hidden = !unread;
  bell?.setAttribute("aria-label", unread ? `Avisos: ${unread} ${unread === 1 ? "nuevo" : "nuevos"}` : "Avisos");
  const rest = unread - before - avisos.length;
  avisos.forEach(({ texto, accion, abrir }) => toast(texto, "info", { label: accion, post: abrir }));
  if (avisos.length && rest > 0) toast(`Y ${rest} ${rest === 1 ? "aviso más" : "avisos más"}: véalos en la campana.`, "info");
  if (avisos.length) document.body.dispatchEvent(new CustomEvent("avisos:nuevos"));
}

if (bell?.dataset.equipos && localStorage.getItem("avisos-equipo")) {
  const { equipos, trabajador = "" } = bell.dataset;
  // Without it the bell and the mails remain.
  import("./avisos-equipo.js").then(({ renew }) => renew(equipos, trabajador)).catch(() => {});
}

if (bell) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hangUp();
    else listen();
    later(document.hidden ? PERIOD : 0);
  });
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", listen);
  document.body.addEventListener("avisos:preguntar", () => later(0));
  listen();
  later(PERIOD);
}
