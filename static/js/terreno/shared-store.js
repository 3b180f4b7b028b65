// @ts-check
// Files that another application of the phone shared, until their person says of which case they are.
// Runs in the page and in the service worker, so it touches no document.
import { ANYBODY, newId, SHARED, within } from "./store.js";
import { tell } from "./changes.js";

/** @typedef {import("./store.js").Foto} Foto */

/**
 * Keep what was shared, byte for byte; all of it, or nothing. It is of whoever has Terreno on this
 * phone, as nobody else's list is kept: another account is not shown it.
 *
 * @param {File[]} files
 * @param {string} texto what came with them
 */
export async function keepShared(files, texto) {
  /** @type {Foto[]} */
  const rows = [];
  for (const [orden, file] of files.entries()) {
    const blob = new Blob([await file.arrayBuffer()], { type: file.type });
    rows.push({ cliente_id: newId(), visita: SHARED, usuario_id: ANYBODY, orden, nombre: file.name, blob, problema: null, texto });
  }
  await within(["fotos", "listas"], "readwrite", (transaction) => {
    const owners = transaction.objectStore("listas").getAllKeys();
    owners.onsuccess = () => {
      const usuario_id = owners.result.length === 1 ? Number(owners.result[0]) : ANYBODY;
      rows.forEach((row) => transaction.objectStore("fotos").add({ ...row, usuario_id }));
    };
  });
}

/**
 * @param {number} usuarioId
 * @returns {Promise<Foto[]>} that person's files whose case nobody said yet
 */
export async function listShared(usuarioId) {
  /** @type {IDBRequest<Foto[]>} */
  const request = await within(["fotos"], "readonly", (transaction, give) => {
    give(transaction.objectStore("fotos").index("visita").getAll(SHARED));
  });
  const own = request.result.filter((foto) => [usuarioId, ANYBODY].includes(foto.usuario_id));
  return own.sort((a, b) => a.orden - b.orden);
}

/**
 * Take off the phone what other applications shared with a person, or with nobody that it knew.
 *
 * @param {number | null} usuarioId
 * @returns {Promise<void>}
 */
export const removeShared = (usuarioId) => within(["fotos"], "readwrite", (transaction) => {
  const request = transaction.objectStore("fotos").index("visita").openCursor(SHARED);
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if ([usuarioId, ANYBODY].includes(cursor.value.usuario_id)) cursor.delete();
    cursor.continue();
  };
});

/**
 * Let them wait for a case; from now on they are sent like the photos of a visit that is stored.
 *
 * @param {number} usuario_id
 * @param {{oficio_id: number, oficio: string}} caso
 * @param {Foto[]} fotos
 */
export async function assignShared(usuario_id, { oficio_id, oficio }, fotos) {
  const visita = newId();
  await within(["visitas", "fotos"], "readwrite", (transaction) => {
    transaction.objectStore("visitas").add({
      cliente_id: visita, usuario_id, oficio_id, oficio, compartido: true, enviada: true,
      direccion_id: 0, direccion: "de otra aplicación", zona: "", zona_nombre: "",
      resultado: "", resultado_texto: "Recibido", notas: "", fecha_hora: new Date().toISOString(),
      lat: null, lon: null, exactitud_m: null, aceptados: [], intentos: 0, problema: null,
    });
    fotos.forEach((foto) => transaction.objectStore("fotos").put({ ...foto, visita, usuario_id }));
  });
  tell();
}
