// @ts-check
// How what waits on the phone is sent: each visit and each photo once, oldest first.
// Runs in the page and in the service worker, so it touches no document.
import { change, forgetLists, keepList, keptList, removeFoto, removeVisita, waiting } from "./store.js";
import { gone, withoutTokens } from "./list-text.js";
import { tell } from "./changes.js";
import { sendFound } from "./found-queue.js";

/** @typedef {import("./store.js").Foto} Foto */
/** @typedef {import("./store.js").Problema} Problema */
/** @typedef {import("./store.js").Visita} Visita */
/** @typedef {Record<string, any>} Cuerpo what the server wrote */
/** @typedef {{status: number, body: Cuerpo}} Respuesta */
/** @typedef {{texto: string, href?: string}} Aviso with the page where it goes on */
/**
 * What came of sending.
 *
 * @typedef {object} Resultado
 * @property {"ok" | "sin-senal" | "sesion" | "cuenta" | "despues" | "ocupada"} estado
 * @property {{id: number}} [usuario] who is signed in
 * @property {string} [version] of the server's Terreno
 * @property {Aviso[]} [avisos] what the server said of something that it has: to be told once
 * @property {number[]} [direcciones] the addresses that the phone may hold
 */

const DATOS = "/terreno/datos";
export const SECONDS = 1000;
/** A photo over a weak signal takes minutes; a visit that takes this long is sent again. */
export const PATIENCE = { visita: 30 * SECONDS, foto: 180 * SECONDS };
/** Bytes a second of a weak signal: a photo of 200 megapixels must be able to arrive. */
export const SLOW = 40000;

const REFUSED = "El servidor no la aceptó. Inténtelo otra vez o descártela.";
const TOO_LARGE = "Es demasiado grande para enviarla.";
const NOT_ALLOWED = "Su cuenta ya no puede registrar visitas ni archivos en este caso. Pídale a quien administra Rastro que la revise.";

/** No answer came: nobody can say whether the server has it, so it is sent again later. */
export class NoSignal extends Error {}

/**
 * Ask the server something.
 *
 * @param {string} path below /terreno/datos
 * @param {RequestInit} [options]
 * @param {number} [patience] milliseconds
 * @returns {Promise<Respuesta>}
 * @throws {NoSignal} without an answer
 */
export async function ask(path, options = {}, patience = PATIENCE.visita) {
  let response;
  try {
    response = await fetch(DATOS + path, {
      credentials: "same-origin", cache: "no-store", redirect: "error",
      signal: AbortSignal.timeout(patience), ...options,
    });
  } catch {
    throw new NoSignal();
  }
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A proxy's page, or an answer that was cut: the status says enough.
  }
  return { status: response.status, body };
}

/** Who is signed in, a fresh token, and the version of the server's Terreno. */
export const session = () => ask("/sesion");

/** @type {Aviso[]} what the server said of something that it has */
let remarks = [];

/**
 * What an answer means: «ok», «despues» (send again), «sesion», or a problem for the person.
 *
 * @param {Respuesta} answer
 * @returns {"ok" | "despues" | "sesion" | Problema}
 */
export function judge({ status, body }) {
  if (status === 200 || status === 201) return "ok";
  if (status === 401) return "sesion";
  // 400: the token went stale. 409 without a motive: somebody wrote the same row at this moment.
  if (status === 400 || status === 408 || status === 429 || status >= 500) return "despues";
  if (status === 409 && !body.motivo) return "despues";
  const texto = status === 404 ? NOT_ALLOWED : status === 413 ? body.detail || TOO_LARGE : body.detail || REFUSED;
  // The same file gets the same answer: to try again would never end.
  const definitiva = status === 413 || status === 422 || body.motivo === "sin_visita" || body.motivo === "borrado";
  return { texto, motivo: body.motivo || null, puede: Boolean(body.puede), definitiva };
}

/** @param {Respuesta} answer */
export function judgeAndRemark(answer) {
  const result = judge(answer);
  if (result === "ok" && answer.body.detail) remarks.push({ texto: answer.body.detail, href: answer.body.siguiente });
  return result;
}

/**
 * @param {Visita} visita
 * @param {string} csrf
 */
async function sendVisita(visita, csrf) {
  const { cliente_id, direccion_id, direccion, resultado, notas, fecha_hora, lat, lon, exactitud_m, aceptados } = visita;
  const sent = { cliente_id, direccion_id, direccion, resultado, notas, fecha_hora, lat, lon, exactitud_m, aceptados };
  return judgeAndRemark(await ask("/visitas", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ ...sent, enviada_at: new Date().toISOString() }),
  }));
}

/**
 * @param {Visita} visita
 * @param {Foto} foto
 * @param {string} csrf
 */
async function sendFoto(visita, foto, csrf) {
  const form = new FormData();
  form.append("cliente_id", foto.cliente_id);
  form.append("archivo", foto.blob, foto.nombre || "foto.jpg");
  if (foto.texto) form.append("texto", foto.texto);
  const path = visita.compartido ? `/oficios/${visita.oficio_id}/compartidos` : `/visitas/${foto.visita}/fotos`;
  return judgeAndRemark(await ask(path, {
    method: "POST", headers: { "X-CSRFToken": csrf }, body: form,
  }, PATIENCE.foto + (foto.blob.size / SLOW) * SECONDS));
}

/**
 * Send one visit and then its photos.
 *
 * @param {Visita} visita
 * @param {string} csrf
 * @returns {Promise<"ok" | "despues" | "sesion">}
 */
async function sendOne(visita, csrf) {
  if (visita.campos) return sendFound(visita, csrf);
  if (!visita.enviada) {
    if (visita.problema) return "ok"; // waits for its person, not for the signal
    const result = await sendVisita(visita, csrf);
    if (result === "sesion") return result;
    if (result === "despues") {
      await change("visitas", visita.cliente_id, { intentos: visita.intentos + 1 });
      return result;
    }
    if (result !== "ok") {
      await change("visitas", visita.cliente_id, { problema: result });
      return "ok";
    }
    await change("visitas", visita.cliente_id, { enviada: true });
    tell();
  }
  return sendFotos(visita, csrf);
}

/**
 * Send the photos of a visit that the server has, and forget the visit after the last one.
 *
 * @param {Visita} visita
 * @param {string} csrf
 * @returns {Promise<"ok" | "despues" | "sesion">}
 */
async function sendFotos(visita, csrf) {
  /** @type {"ok" | "despues"} */
  let outcome = "ok";
  let left = 0;
  for (const foto of visita.fotos) {
    const result = foto.problema ? "waits" : await sendFoto(visita, foto, csrf);
    if (result === "sesion") return result;
    if (result === "ok") {
      await removeFoto(foto.cliente_id);
      tell();
      continue;
    }
    left += 1;
    if (result === "despues") outcome = "despues";
    else if (result !== "waits") await change("fotos", foto.cliente_id, { problema: result });
  }
  if (left === 0) await removeVisita(visita.cliente_id);
  return outcome;
}

/**
 * With the page closed: keep no list with an address that was blocked, erased or given to others.
 *
 * @param {Resultado} result
 */
export async function renewKept({ usuario, direcciones }) {
  const kept = usuario && direcciones ? await keptList(usuario.id) : undefined;
  if (!usuario || !kept || !gone(kept.html, direcciones ?? []).length) return;
  await forgetLists();
  const { status, body } = await ask("/lista");
  if (status === 200) await keepList(usuario.id, withoutTokens(body.html), body.generada);
}

/** @returns {Promise<Resultado>} */
async function round() {
  const { status, body } = await session();
  if (status === 401) return { estado: "sesion" };
  if (status === 404) return { estado: "cuenta" };
  if (status !== 200) return { estado: "despues" };
  /** @type {Resultado["estado"]} */
  let estado = "ok";
  remarks = [];
  for (const visita of (await waiting(body.usuario.id)).propias) {
    const result = await sendOne(visita, body.csrf);
    tell();
    if (result === "sesion") return { estado: "sesion" };
    if (result === "despues") estado = "despues";
  }
  const { usuario, version, direcciones } = body;
  return { estado, usuario, version, avisos: remarks, direcciones };
}

/**
 * Send all that waits, as the person who is signed in. One tab or worker at a time does it; the
 * others get «ocupada».
 *
 * @returns {Promise<Resultado>}
 */
export async function send() {
  /** @returns {Promise<Resultado>} */
  const guarded = async () => {
    try {
      return await round();
    } catch (error) {
      if (error instanceof NoSignal) return { estado: "sin-senal" };
      throw error;
    }
  };
  if (!navigator.locks) return guarded();
  return navigator.locks.request("terreno-envio", { ifAvailable: true },
    (lock) => (lock ? guarded() : { estado: "ocupada" }));
}
