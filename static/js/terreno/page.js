// @ts-check
// The page of Terreno: a visit is kept on the phone first and sent afterwards, with a signal or not.
// Without this file the page is a list with plain forms.
import { need } from "../elements.js";
import { toast } from "../toasts.js";
import { forgetLists, keepList, keptList, waiting } from "./store.js";
import { listen } from "./changes.js";
import * as nearness from "./nearness.js";
import { ask, send, session } from "./queue.js";
import { keepPhotos, showKeptPhotos } from "./kept-photos.js";
import * as form from "./form.js";
import * as found from "./found.js";
import * as shared from "./shared.js";
import * as panel from "./panel.js";

const root = need(HTMLElement, "#terreno");
/** Whose list is on the phone; static/js/terreno/account.js reads it on every page. */
const OWNER = "terreno-usuario";
const SECOND = 1000;
const WAIT = { first: 5 * SECOND, most: 300 * SECOND };
const STALE = 300 * SECOND;

/** The office has its devices keep nothing. */
const isForbidden = root.dataset.guarda === "no";
const place = need(HTMLElement, "[data-terreno-place]", root);
const currentList = () => place.querySelector(".terreno-list");
/** @type {number | null} */
let usuarioId = null;
let online = navigator.onLine;
let sessionEnded = false;
let running = false;
let again = false;
let wait = WAIT.first;
/** @type {number | undefined} */
let timer;
let readAt = 0;
/** @type {number[] | null} the addresses that the phone may hold; null until the server said it */
let allowed = null;

/** @param {string} text */
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

// ---- The list ----

/**
 * Keep the list for when there is no signal, without the tokens of its forms.
 *
 * @param {HTMLElement} list
 */
async function keep(list) {
  if (isForbidden) return;
  const copy = /** @type {HTMLElement} */ (list.cloneNode(true));
  copy.querySelectorAll(".terreno-lugar").forEach((card) => { if (isGone(card)) card.remove(); });
  copy.querySelectorAll("[name=csrf_token]").forEach((input) => input.remove());
  copy.querySelectorAll("img[data-foto]").forEach((picture) => picture.removeAttribute("src"));
  copy.querySelectorAll("[data-terreno-waiting]").forEach((lines) => lines.replaceChildren());
  localStorage.setItem(OWNER, String(usuarioId));
  await forgetLists(usuarioId);
  await keepList(usuarioId, copy.outerHTML, list.dataset.generadaTexto);
  keepPhotos(Number(usuarioId), [...copy.querySelectorAll("img[data-foto]")].map((picture) => picture.dataset.foto ?? "")).catch(() => {});
}

/** @param {HTMLElement} card */
const isGone = (card) => allowed !== null && !allowed.includes(Number(card.dataset.direccionId));

/** Take off what was blocked, erased or given to somebody else; a form with words stays on screen. */
async function dropGone() {
  const cards = [...place.querySelectorAll(".terreno-lugar")].filter(isGone);
  if (!cards.length) return;
  cards.forEach((card) => { if (!form.isDirty(card)) card.remove(); });
  const list = currentList();
  if (list) await keep(list);
  arrange();
}

/** Filter as its person types, and put in order. */
function arrange() {
  const wanted = fold(need(HTMLInputElement, "#terreno-q", root).value);
  let shown = 0;
  place.querySelectorAll(".terreno-group").forEach((group) => {
    let count = 0;
    group.querySelectorAll(".terreno-lugar").forEach((card) => {
      card.hidden = !card.dataset.busqueda?.includes(wanted);
      count += card.hidden ? 0 : 1;
    });
    group.hidden = count === 0;
    need(HTMLElement, "[data-terreno-count]", group).textContent = String(count);
    if (wanted) group.setAttribute("open", "");
    shown += count;
  });
  need(HTMLElement, "[data-terreno-nothing]", root).hidden = shown > 0 || !wanted;
  nearness.order();
}

async function readList() {
  if (form.isDirty(place)) return;
  const { status, body } = await ask("/lista");
  if (status !== 200 || form.isDirty(place)) return;
  const open = [...place.querySelectorAll(".terreno-group[open]")].map((group) => group.dataset.grupo);
  place.innerHTML = body.html;
  open.forEach((name) => place.querySelector(`[data-grupo=${name}]`)?.setAttribute("open", ""));
  readAt = Date.now();
  const list = currentList();
  if (list) await keep(list);
  arrange();
}

function sayState() {
  const line = need(HTMLElement, "[data-terreno-state]", root);
  line.hidden = online;
  const list = currentList();
  const from = list ? ` La lista es del ${list.dataset.generadaTexto}.` : "";
  line.textContent = online ? "" : `Sin señal.${from} Lo que registre queda en el teléfono y se envía después.`;
}

/** @param {string} text */
function sayLimit(text) {
  const line = need(HTMLElement, "[data-terreno-limit]", root);
  line.textContent = text;
  line.hidden = false;
}

/**
 * Show how things are.
 *
 * @param {ReturnType<typeof waiting>} [reading] what waits, when it is being read already
 * @returns {Promise<boolean>} whether something waits that can be sent
 */
async function refresh(reading) {
  const { total, text, sendable } = await panel.show(usuarioId, { online, isHidden: sessionEnded }, reading);
  need(HTMLElement, "[data-terreno-session]", root).hidden = !sessionEnded;
  need(HTMLElement, "[data-terreno-session-text]", root).textContent = total
    ? `${text} ${total === 1 ? "espera" : "esperan"} en este teléfono: entre con su cuenta para enviar lo que falta.`
    : "Entre con su cuenta para ver la lista de hoy.";
  sayState();
  return sendable;
}

// ---- Sending ----

/** Send what waits, then show how things are; called again while it runs, it runs once more. */
async function sync() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  clearTimeout(timer);
  /** @type {import("./queue.js").Resultado} */
  let result;
  do {
    again = false;
    try {
      result = await send();
    } catch {
      result = { estado: "despues" };
    }
  } while (again);
  running = false;
  await follow(result);
}

/** @param {import("./queue.js").Resultado} result */
async function follow({ estado, usuario, version, avisos = [], direcciones }) {
  avisos.forEach(({ texto, href }) => toast(texto, "info", null, href ? [{ texto: "Revisar el aviso", href }] : []));
  online = estado !== "sin-senal";
  if (!online) readAt = 0; // what others did meanwhile is of interest when the signal is back
  if (estado === "sesion") {
    // The server ended it: what others might read goes, what waits stays.
    sessionEnded = true;
    await forgetLists();
  } else if (usuario) {
    sessionEnded = false;
    if (usuario.id !== usuarioId) {
      await changeOwner(usuario.id);
      return;
    }
    allowed = direcciones ?? allowed;
    await dropGone();
    try {
      if (Date.now() - readAt > STALE) await readList();
    } catch {
      online = false;
    }
  }
  const sendable = await refresh();
  if (version && version !== root.dataset.version) navigator.serviceWorker?.getRegistration().then((worker) => worker?.update());
  const isDone = estado === "ok" || estado === "sesion" || estado === "cuenta";
  if (isDone) wait = WAIT.first;
  if (!isDone && (sendable || !online)) {
    timer = setTimeout(sync, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, WAIT.most);
  }
}

/**
 * Somebody else signed in on this phone: their own page, and nothing of who was here.
 *
 * @param {number} id
 */
async function changeOwner(id) {
  await forgetLists(id);
  localStorage.setItem(OWNER, String(id));
  window.location.reload();
}

function soon() {
  wait = WAIT.first;
  readAt = 0;
  return sync();
}

async function saved() {
  navigator.storage?.persist?.();
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.sync?.register("terreno").catch(() => {}); // not allowed here: the page sends by itself
  await refresh();
  await soon();
}

// ---- The worker ----

async function install() {
  if (!("serviceWorker" in navigator)) {
    sayLimit("Aquí Terreno funciona solo con la página abierta: para abrirlo sin señal, entre a Rastro por https.");
    return;
  }
  const isUpdate = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    if (!isUpdate || form.isDirty(place)) return;
    const { body } = await session();
    if (body.version && body.version !== root.dataset.version) window.location.reload();
  });
  try {
    await navigator.serviceWorker.register(root.dataset.sw ?? "", {
      scope: root.dataset.scope, type: "module", updateViaCache: "none",
    });
  } catch {
    // An older browser has no module workers, or they are switched off. What is installed stays.
    if (navigator.onLine && !(await navigator.serviceWorker.getRegistration())) {
      sayLimit("Este navegador no pudo guardar Terreno, así que se abre solo con señal. Para abrirlo sin señal, use una versión actual de Chrome, Edge o Safari.");
    }
  }
}

// ---- Start ----

async function openKept() {
  const stored = usuarioId ? await keptList(usuarioId) : null;
  if (stored) {
    place.innerHTML = stored.html;
    showKeptPhotos(place, stored.fotos ?? {});
  } else {
    need(HTMLElement, "[data-terreno-empty]", root).textContent =
      "No hay una lista guardada en este teléfono. Cuando tenga señal, abra Terreno y entre con su cuenta.";
  }
}

async function start() {
  const list = currentList();
  usuarioId = Number(list?.dataset.usuarioId || localStorage.getItem(OWNER)) || null;
  const reading = waiting(usuarioId); // while the list is put in its place
  reading.catch(() => {}); // without a store, what follows fails as well
  const isFiltered = new URLSearchParams(window.location.search).has("q");
  if (list) {
    online = true;
    // The first ones came with the page; the others are asked for at once.
    const isPart = "parte" in list.dataset;
    readAt = isPart ? 0 : Date.now();
    if (!isPart && !isFiltered && !list.querySelector(".field-error")) await keep(list);
  } else {
    online = false;
    await openKept();
  }
  form.start(root, { usuarioId: () => Number(usuarioId), saved });
  found.start(root, { usuarioId: () => Number(usuarioId), saved, isOnline: () => online && navigator.onLine });
  shared.start(root, { usuarioId: () => Number(usuarioId), saved }).catch(() => {});
  panel.start(root, soon);
  arrange();
  listen(() => refresh());
  await refresh(reading);
  performance.mark("terreno-listo");
  root.dataset.listo = "";
  nearness.start(root);
  window.addEventListener("online", soon);
  window.addEventListener("offline", () => { online = false; refresh(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  const filter = need(HTMLElement, "[data-terreno-filter]", root);
  filter.addEventListener("input", arrange);
  filter.addEventListener("submit", (event) => event.preventDefault());
  install();
  await sync();
}

// A browser that keeps nothing (a private window) sends the plain forms.
const begin = isForbidden ? async () => (await import("./online-only.js")).start(root, { place, readList, arrange }) : start;
begin().catch(() => sayLimit("Este navegador no guarda nada en el teléfono, así que Terreno funciona solo con señal."));
