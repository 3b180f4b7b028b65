// The service worker of Terreno: its page and what it is made of open without a signal.
// It answers for /terreno alone, keeps nothing of anybody, and sends nothing but what waits.
// `self.TERRENO` (version, page, shell, queue, assets) comes before this text.
"use strict";

const { version, page, shell, queue, assets } = self.TERRENO;
const PREFIX = "terreno-";
const CACHE = PREFIX + version;
/** A weak signal that does not answer within this time counts as none. */
const PATIENCE = 3000;
/** The server has a newer version than this worker: its page wants newer files. */
let outdated = false;

importScripts(queue);

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // The shell is asked for by nobody, so that it is nobody's. The files are compared with the
    // server's, so that they are of this version; those that the page just loaded cost nothing.
    await cache.addAll([
      new Request(shell, { cache: "reload", credentials: "omit" }),
      ...assets.map((url) => new Request(url, { cache: "no-cache" })),
    ]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

const kept = async (url) => (await caches.open(CACHE)).match(url, { ignoreSearch: true, ignoreVary: true });

/** The page from the server; without an answer, the shell, which shows the list that the phone has. */
async function openPage(request) {
  const fresh = fetch(request).then((response) => {
    // A proxy answers for a server that is down.
    if (response.status >= 502) throw new Error("the server is away");
    const theirs = response.headers.get("Terreno-Version");
    if (theirs && theirs !== version) {
      outdated = true;
      self.registration.update();
    }
    return response;
  });
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  try {
    const response = await Promise.race([fresh, late]);
    if (response) return response;
  } catch {
    // No signal.
  }
  fresh.catch(() => {}); // whoever is late may fail in peace
  return (await kept(shell)) || fresh;
}

async function openAsset(request) {
  if (outdated) {
    try {
      return await fetch(request, { cache: "no-cache" });
    } catch {
      // Better an older file than none.
    }
  }
  return (await kept(request.url)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === page) event.respondWith(openPage(request));
  else if (request.mode !== "navigate" && assets.includes(url.pathname)) event.respondWith(openAsset(request));
});

// Where the browser has it, what waits is sent when the signal is back, also with the page closed.
self.addEventListener("sync", (event) => {
  if (event.tag === "terreno") event.waitUntil(sendLater());
});

async function sendLater() {
  const { estado } = await self.terrenoCola.send();
  // A failed promise makes the browser try again; an ended session waits for its person.
  if (estado === "sin-senal" || estado === "despues") throw new Error(estado);
}
