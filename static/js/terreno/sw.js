// @ts-check
// The service worker of Terreno: its page and what it is made of open without a signal.
// It answers for /terreno alone, keeps nothing of anybody, and sends nothing but what waits.
import { renewKept, send } from "./queue.js";
import { keepShared } from "./shared-store.js";

/**
 * What the server says of this version, in /terreno/sw.js.
 *
 * @typedef {object} Settings
 * @property {string} version
 * @property {string} page path of the page
 * @property {string} shell path of the page without anything of anybody
 * @property {string} share path where other applications share files
 * @property {string[]} assets paths of all that the page needs
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const PREFIX = "terreno-";
/** A weak signal that does not answer within this time counts as none, in milliseconds. */
const PATIENCE = 3000;

/** @type {Settings} from `start` on */
let settings;
/** The server has a newer version than this worker: its page wants newer files. */
let outdated = false;

/** @returns {Promise<undefined>} when a signal that has not answered counts as none */
const late = () => new Promise((resolve) => { setTimeout(resolve, PATIENCE); });

const openCache = () => caches.open(PREFIX + settings.version);

async function install() {
  const cache = await openCache();
  // The shell is asked for by nobody, so that it is nobody's. The files are compared with the
  // server's, so that they are of this version; those that the page just loaded cost nothing.
  await cache.addAll([
    new Request(settings.shell, { cache: "reload", credentials: "omit" }),
    ...settings.assets.map((url) => new Request(url, { cache: "no-cache" })),
  ]);
  await worker.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + settings.version) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** @param {string} url */
const kept = async (url) => (await openCache()).match(url, { ignoreSearch: true, ignoreVary: true });

/**
 * The page from the server; without an answer, the shell, which shows the list that the phone has.
 *
 * @param {Request} request
 */
async function openPage(request) {
  const fresh = fetch(request).then((response) => {
    // A proxy answers for a server that is down.
    if (response.status >= 502) throw new Error("the server is away");
    const theirs = response.headers.get("Terreno-Version");
    if (theirs && theirs !== settings.version) {
      outdated = true;
      worker.registration.update();
    }
    return response;
  });
  try {
    const response = await Promise.race([fresh, late()]);
    if (response) return response;
  } catch {
    // No signal.
  }
  fresh.catch(() => {}); // whoever is late may fail in peace
  return (await kept(settings.shell)) || fresh;
}

/** @param {Request} request */
async function openAsset(request) {
  const file = await kept(request.url);
  if (!file) return fetch(request);
  if (!outdated) return file;
  // Better an older file than none, and than one that a weak signal does not bring.
  const fresh = fetch(request, { cache: "no-cache" }).catch(() => file);
  return (await Promise.race([fresh, late()])) || file;
}

/**
 * Keep what another application shares and open the page, which asks of which case it is.
 *
 * @param {Request} request
 */
async function takeShared(request) {
  // Another application comes from no page; a form of another site must not put files here.
  const from = request.referrer.startsWith("http") ? new URL(request.referrer).origin : worker.location.origin;
  if (from !== worker.location.origin) return Response.redirect(settings.page, 303);
  const data = await request.formData();
  const files = /** @type {File[]} */ (data.getAll("archivos").filter((file) => typeof file !== "string" && file.size > 0));
  await keepShared(files, [data.get("titulo"), data.get("texto")].filter(Boolean).join(": "));
  return Response.redirect(settings.page, 303);
}

/** Send what waits; a failed promise makes the browser try again. */
async function sendLater() {
  const result = await send();
  const { estado } = result;
  await renewKept(result).catch(() => {}); // without the list anew, that of before is forgotten
  // An ended session waits for its person.
  if (estado === "sin-senal" || estado === "despues") throw new Error(estado);
}

/**
 * Begin to work; /terreno/sw.js does it when the browser reads it.
 *
 * @param {Settings} given
 */
export function start(given) {
  settings = given;
  worker.addEventListener("install", (event) => event.waitUntil(install()));
  worker.addEventListener("activate", (event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method === "POST" && url.pathname === settings.share) event.respondWith(takeShared(request));
    if (request.method !== "GET" || url.origin !== worker.location.origin) return;
    if (request.mode === "navigate" && url.pathname === settings.page) event.respondWith(openPage(request));
    else if (request.mode !== "navigate" && settings.assets.includes(url.pathname)) event.respondWith(openAsset(request));
  });
  // Where the browser has it, what waits is sent when the signal is back, also with the page closed.
  worker.addEventListener("sync", (event) => {
    if (event.tag === "terreno") event.waitUntil(sendLater());
  });
}
