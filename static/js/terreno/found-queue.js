// @ts-check
// How a location that waits on the phone is sent: its photos first, then itself, each once.
// Runs in the page and in the service worker, so it touches no document.
import { change, removeFoto, removeVisita, waiting } from "./store.js";
import { tell } from "./changes.js";
import { ask, judgeAndRemark, PATIENCE, SECONDS, SLOW } from "./queue.js";

/** @typedef {import("./store.js").Visita} Visita */

const NOT_YOURS = "El caso ya no está a su alcance: lo lleva otra persona, o está bloqueado. Guarde las fotos en el " +
  "teléfono y avise a quien administra Rastro.";
const NO_PHOTOS = "Ninguna de sus fotos se pudo guardar, y sin foto no hay ubicación. Descártela y anótela otra vez.";

/**
 * Ask about a location that waited.
 *
 * @param {Visita} visita
 * @param {string} path below that of the locations of its case
 * @param {BodyInit} body
 * @param {string} csrf
 * @param {number} [patience]
 */
const askFound = (visita, path, body, csrf, patience) =>
  ask(`/oficios/${visita.oficio_id}/ubicado${path}`, { method: "POST", headers: { "X-CSRFToken": csrf }, body }, patience);

/**
 * What an answer means, in words about a location.
 *
 * @param {import("./queue.js").Respuesta} answer
 */
function judgeFound(answer) {
  const result = judgeAndRemark(answer);
  return answer.status === 404 && typeof result === "object" ? { ...result, texto: NOT_YOURS } : result;
}

/**
 * Send the photos of a location that the case does not have yet.
 *
 * @param {Visita} visita
 * @param {string} csrf
 * @returns {Promise<"despues" | "sesion" | number[]>} the photos that the case has
 */
async function sendFoundPhotos(visita, csrf) {
  /** @type {number[]} */
  const stored = [];
  for (const foto of visita.fotos) {
    if (foto.adjunto_id) stored.push(foto.adjunto_id);
    if (foto.adjunto_id || foto.problema) continue;
    const form = new FormData();
    form.append("foto_id", foto.cliente_id);
    form.append("fotos", foto.blob, foto.nombre || "foto.jpg");
    const answer = await askFound(visita, "/fotos", form, csrf, PATIENCE.foto + (foto.blob.size / SLOW) * SECONDS);
    const result = judgeFound(answer);
    if (result === "sesion" || result === "despues") return result;
    if (result === "ok") {
      await change("fotos", foto.cliente_id, { adjunto_id: answer.body.adjunto_id });
      stored.push(answer.body.adjunto_id);
    } else {
      await change("fotos", foto.cliente_id, { problema: result });
    }
    tell();
  }
  return stored;
}

/**
 * Send a location: its photos first, as there is none without a photo.
 *
 * @param {Visita} visita
 * @param {string} csrf
 * @returns {Promise<"ok" | "despues" | "sesion">}
 */
export async function sendFound(visita, csrf) {
  if (visita.problema) return "ok"; // waits for its person, not for the signal
  const stored = await sendFoundPhotos(visita, csrf);
  if (!Array.isArray(stored)) return stored;
  if (!visita.enviada) {
    if (!stored.length) {
      await change("visitas", visita.cliente_id, { problema: { texto: NO_PHOTOS, motivo: "sin_fotos", puede: false, definitiva: true } });
      return "ok";
    }
    const body = new URLSearchParams(visita.campos);
    stored.forEach((id) => body.append("adjuntos", String(id)));
    body.set("cliente_id", visita.cliente_id);
    body.set("mostrada", visita.direccion);
    body.set("anotado_at", visita.fecha_hora);
    body.set("enviada_at", new Date().toISOString());
    const result = judgeFound(await askFound(visita, "", body, csrf));
    if (result === "sesion" || result === "despues") return result;
    if (result !== "ok") {
      await change("visitas", visita.cliente_id, { problema: result });
      return "ok";
    }
    await change("visitas", visita.cliente_id, { enviada: true });
  }
  const { propias } = await waiting(visita.usuario_id);
  const fotos = propias.find((one) => one.cliente_id === visita.cliente_id)?.fotos ?? [];
  for (const foto of fotos) if (foto.adjunto_id) await removeFoto(foto.cliente_id);
  if (fotos.every((foto) => foto.adjunto_id)) await removeVisita(visita.cliente_id);
  return "ok";
}
