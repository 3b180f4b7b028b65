// @ts-check
// Rastro installed on a phone: makes a key that no script can read, and signs with it to go on with
// a session whose cookie is gone or was not used for long. Hook: the script's own data attributes.
// Without JavaScript, or where the browser has no such keys, a phone is a browser like others.

/** @typedef {{sesion: number, clave: CryptoKey}} Own */

const NAME = "rastro-telefono";
const STORE = "llave";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const HASH = { name: "ECDSA", hash: "SHA-256" };

/** @type {DOMStringMap} */
const hook = document.getElementById("telefono-llave")?.dataset ?? {};
/** @type {string} */
const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

/**
 * The answer to a question to the phone's store.
 *
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} question
 * @returns {Promise<T>}
 */
function inStore(mode, question) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(STORE, mode);
      const asked = question(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(asked.result);
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

/** @param {ArrayBuffer} buffer */
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

/**
 * @param {string | undefined} url
 * @param {Record<string, string>} fields
 */
async function post(url, fields) {
  const answer = await fetch(url ?? "", {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": token },
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

/**
 * What the server asks, signed for a purpose.
 *
 * @param {CryptoKey} key
 * @param {string} purpose
 */
async function sign(key, purpose) {
  const { pregunta } = await post(hook.pregunta, {});
  return toText(await crypto.subtle.sign(HASH, key, new TextEncoder().encode(`${purpose} ${pregunta}`)));
}

async function install() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const clave = toText(await crypto.subtle.exportKey("spki", pair.publicKey));
  const done = await post(hook.instalar, { clave, firma: await sign(pair.privateKey, "instalar") });
  if (!done.ok) return;
  /** @type {Own} */
  const own = { sesion: done.sesion, clave: pair.privateKey };
  await inStore("readwrite", (store) => store.put(own, "propia"));
}

async function goOn() {
  /** @type {Own | undefined} */
  const own = await inStore("readonly", (store) => store.get("propia"));
  if (!own) return;
  const done = await post(hook.seguir, { sesion: String(own.sesion), firma: await sign(own.clave, "seguir") });
  if (done.ok) location.replace(done.url);
  else await inStore("readwrite", (store) => store.delete("propia"));
}

const IS_PHONE = "(display-mode: standalone) and (pointer: coarse)";

// A phone that cannot go on signs in as any browser does: nothing to tell.
if (globalThis.crypto?.subtle && globalThis.indexedDB) {
  if (hook.seguir) goOn().catch(() => {});
  else if (hook.instalar && matchMedia(IS_PHONE).matches) install().catch(() => {});
}
