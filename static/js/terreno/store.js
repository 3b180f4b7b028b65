// @ts-check
// What the phone keeps for Terreno, in IndexedDB: the lists, and the visits and photos that wait.
// Runs in the page and in the service worker, so it touches no document.
import { tell } from "./changes.js";

/**
 * Why the server refused something, in words for its person.
 *
 * @typedef {object} Problema
 * @property {string} texto
 * @property {string | null} motivo
 * @property {boolean} puede whether the person may have it sent all the same
 * @property {boolean} definitiva whether the same would be refused again
 */
/**
 * @typedef {object} Foto
 * @property {string} cliente_id
 * @property {string} visita
 * @property {number} usuario_id
 * @property {number} orden
 * @property {string} nombre
 * @property {Blob} blob
 * @property {Problema | null} problema
 * @property {string} [texto] what another application said with a file that it shared
 * @property {number} [adjunto_id] of a photo that the case has, while its location still waits
 */
/**
 * What the form of a visit gives; and that of a location, with `oficio_id` and its fields.
 *
 * @typedef {object} VisitaNueva
 * @property {string} cliente_id
 * @property {number} usuario_id
 * @property {number} direccion_id
 * @property {string} direccion
 * @property {string} oficio
 * @property {string} zona
 * @property {string} zona_nombre
 * @property {string} resultado
 * @property {string} resultado_texto
 * @property {string} notas
 * @property {string} fecha_hora ISO 8601, UTC
 * @property {number | null} lat
 * @property {number | null} lon
 * @property {number | null} exactitud_m
 * @property {number} [oficio_id] of a location or shared files: their case
 * @property {boolean} [compartido] whether it is files that another application shared
 * @property {[string, string][]} [campos] of a location: its form, as it is sent
 */
/**
 * @typedef {object} Envio
 * @property {boolean} enviada whether the server has it; its photos may still wait
 * @property {string[]} aceptados what its person saw and accepted
 * @property {number} intentos
 * @property {Problema | null} problema
 */
/** @typedef {VisitaNueva & Envio} VisitaGuardada */
/** @typedef {VisitaGuardada & {fotos: Foto[]}} Visita */
/** @typedef {{usuario_id: number, html: string, generada: string | undefined, fotos?: Record<string, Blob>}} Lista */
/** @typedef {"listas" | "visitas" | "fotos"} Store */

const NAME = "terreno";
/** Under which visit files wait whose case nobody said yet. */
export const SHARED = "compartido";
/** Of whom a file is that was shared while the phone kept nobody's list. */
export const ANYBODY = 0;

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

/** @param {IDBDatabase} db */
function createStores(db) {
  db.createObjectStore("listas", { keyPath: "usuario_id" });
  db.createObjectStore("visitas", { keyPath: "cliente_id" }).createIndex("usuario", "usuario_id");
  db.createObjectStore("fotos", { keyPath: "cliente_id" }).createIndex("visita", "visita");
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => createStores(request.result);
    request.onsuccess = () => {
      const db = request.result;
      // Another tab that empties the store must not wait for this one.
      const close = () => { opening = null; };
      db.onversionchange = () => { db.close(); close(); };
      db.onclose = close;
      resolve(db);
    };
    request.onerror = () => { opening = null; reject(request.error); };
  });
  return opening;
}

/**
 * Do something in one transaction: all of it is on the phone when this resolves, or nothing.
 *
 * @template T
 * @param {Store[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction, give: (value: T) => void) => void} deed
 * @returns {Promise<T>} what was given
 */
export async function within(stores, mode, deed) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, mode, { durability: "strict" });
    /** @type {T} */
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error);
    try {
      deed(transaction, (value) => { result = value; });
    } catch (error) {
      transaction.abort();
      reject(error);
    }
  });
}

/** A UUID; `crypto.randomUUID` is missing where the page came without TLS. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Keep a visit with its photos. Rejects with a QuotaExceededError when the phone is full.
 *
 * @param {VisitaNueva} visita
 * @param {{file: File, problema: Problema | null}[]} files
 */
export async function save(visita, files) {
  /** @type {Foto[]} */
  const fotos = [];
  for (const [orden, { file, problema }] of files.entries()) {
    // Read now: what a camera hands over may be gone when it is sent.
    const blob = new Blob([await file.arrayBuffer()], { type: file.type || "image/jpeg" });
    fotos.push({
      cliente_id: newId(), visita: visita.cliente_id, usuario_id: visita.usuario_id,
      orden, nombre: file.name, blob, problema,
    });
  }
  await within(["visitas", "fotos"], "readwrite", (transaction) => {
    transaction.objectStore("visitas").add({
      enviada: false, aceptados: [], intentos: 0, problema: null, ...visita,
    });
    fotos.forEach((foto) => transaction.objectStore("fotos").add(foto));
  });
  tell();
}

/**
 * The order of sending: the oldest first.
 *
 * @param {VisitaGuardada} a
 * @param {VisitaGuardada} b
 */
export const byAge = (a, b) => a.fecha_hora.localeCompare(b.fecha_hora) || a.cliente_id.localeCompare(b.cliente_id);

/**
 * What waits of a person, oldest first, each visit with its photos; and how many visits of others.
 *
 * @param {number | null} usuarioId
 * @returns {Promise<{propias: Visita[], ajenas: number}>}
 */
export async function waiting(usuarioId) {
  /** @type {{visitas: IDBRequest<VisitaGuardada[]>, fotos: IDBRequest<Foto[]>}} */
  const asked = await within(["visitas", "fotos"], "readonly", (transaction, give) => {
    give({ visitas: transaction.objectStore("visitas").getAll(), fotos: transaction.objectStore("fotos").getAll() });
  });
  const [visitas, fotos] = [asked.visitas.result, asked.fotos.result];
  const propias = visitas.filter((visita) => visita.usuario_id === usuarioId).sort(byAge).map((visita) => ({
    ...visita,
    fotos: fotos.filter((foto) => foto.visita === visita.cliente_id).sort((a, b) => a.orden - b.orden),
  }));
  return { propias, ajenas: visitas.length - propias.length };
}

/**
 * Change a row that is still there.
 *
 * @param {"visitas" | "fotos"} store
 * @param {string} key
 * @param {Partial<Envio> | Partial<Foto>} values
 * @returns {Promise<void>}
 */
export const change = (store, key, values) => within([store], "readwrite", (transaction) => {
  const place = transaction.objectStore(store);
  const request = place.get(key);
  request.onsuccess = () => { if (request.result) place.put({ ...request.result, ...values }); };
});

/**
 * Take a photo off the phone.
 *
 * @param {string} key
 * @returns {Promise<void>}
 */
export const removeFoto = (key) => within(["fotos"], "readwrite", (transaction) => {
  transaction.objectStore("fotos").delete(key);
});

/**
 * Take a visit and its photos off the phone.
 *
 * @param {string} key
 * @returns {Promise<void>}
 */
export const removeVisita = (key) => within(["visitas", "fotos"], "readwrite", (transaction) => {
  transaction.objectStore("visitas").delete(key);
  const fotos = transaction.objectStore("fotos");
  const keys = fotos.index("visita").getAllKeys(key);
  keys.onsuccess = () => keys.result.forEach((foto) => fotos.delete(foto));
});

/**
 * Forget the lists of everybody, or of everybody but one. What waits stays.
 *
 * @param {number | null} [exceptId]
 * @returns {Promise<void>}
 */
export const forgetLists = (exceptId = null) => within(["listas"], "readwrite", (transaction) => {
  const store = transaction.objectStore("listas");
  const keys = store.getAllKeys();
  keys.onsuccess = () => keys.result.filter((key) => key !== exceptId).forEach((key) => store.delete(key));
});

/**
 * Forget all of a person but what other applications shared: the list, and what waits.
 *
 * @param {number | null} usuarioId
 */
export async function forget(usuarioId) {
  for (const visita of (await waiting(usuarioId)).propias) await removeVisita(visita.cliente_id);
  await forgetLists();
}

/**
 * Keep a person's list for when there is no signal, with the small photos that it still names.
 *
 * @param {number | null} usuarioId
 * @param {string} html
 * @param {string | undefined} generada when it was made, in words
 */
export const keepList = (usuarioId, html, generada) => within(["listas"], "readwrite", (transaction) => {
  const store = transaction.objectStore("listas");
  const before = store.get(usuarioId ?? 0);
  before.onsuccess = () => {
    const named = Object.entries(before.result?.fotos ?? {}).filter(([path]) => html.includes(`"${path}"`));
    store.put({ usuario_id: usuarioId, html, generada, fotos: Object.fromEntries(named) });
  };
});

/**
 * Keep a small photo that the list of a person names, as long as the list does.
 *
 * @param {number} usuarioId
 * @param {string} path where it comes from
 * @param {Blob} blob
 */
export const keepPhoto = (usuarioId, path, blob) => within(["listas"], "readwrite", (transaction) => {
  const store = transaction.objectStore("listas");
  const list = store.get(usuarioId);
  list.onsuccess = () => {
    const kept = list.result;
    if (kept?.html.includes(`"${path}"`)) store.put({ ...kept, fotos: { ...kept.fotos, [path]: blob } });
  };
});

/**
 * The list that was kept.
 *
 * @param {number} usuarioId
 * @returns {Promise<Lista | undefined>}
 */
export async function keptList(usuarioId) {
  /** @type {IDBRequest<Lista | undefined>} */
  const request = await within(["listas"], "readonly", (transaction, give) => {
    give(transaction.objectStore("listas").get(usuarioId));
  });
  return request.result;
}

// Opened while the page is still being read; whoever needs it is told if that fails.
open().catch(() => {});
