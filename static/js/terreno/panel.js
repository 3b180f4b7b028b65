// @ts-check
// What waits on the phone, as its person sees it: the panel over the list, and a line on each card.
import { ask } from "../confirm.js";
import { make, need } from "../elements.js";
import { change, removeFoto, removeVisita, waiting } from "./store.js";
import { amount, isSendable, named, needsPerson, plural, state, when } from "./words.js";

/** @typedef {import("./store.js").Foto} Foto */
/** @typedef {import("./store.js").Visita} Visita */

/** @type {HTMLElement} the page of Terreno, from `start` on */
let root;
/** @type {() => Promise<void>} */
let onSend = async () => {};
/** @type {string[]} addresses of photos that are shown */
const urls = [];

/**
 * A button that waits until its deed is done.
 *
 * @param {string} label
 * @param {() => Promise<void>} deed
 * @param {boolean} [primary]
 */
function button(label, deed, primary = false) {
  const element = make("button", { type: "button", className: `btn btn-sm${primary ? " btn-primary" : ""}`, textContent: label });
  element.addEventListener("click", async () => {
    element.disabled = true;
    await deed();
    element.disabled = false;
  });
  return element;
}

/** @param {Foto} foto */
function fotoRow(foto) {
  const row = make("li");
  const url = URL.createObjectURL(foto.blob);
  urls.push(url);
  const picture = make("img", { src: url, alt: foto.nombre });
  picture.loading = "lazy";
  row.append(picture);
  if (!foto.problema) return row;
  row.className = "is-stuck";
  row.append(make("p", { className: "terreno-problem", textContent: foto.problema.texto }));
  if (foto.problema.definitiva) {
    row.append(make("p", {
      className: "soft",
      textContent: "Queda en este teléfono hasta que la descarte: guárdela y súbala después en el caso, o envíela de otra forma.",
    }));
  }
  row.append(fotoActions(foto, url));
  return row;
}

/**
 * What its person can do with a photo that the server refused.
 *
 * @param {Foto} foto
 * @param {string} url where the page shows it from
 */
function fotoActions(foto, url) {
  const actions = make("div", { className: "item-actions" });
  actions.append(make("a", {
    href: url, download: foto.nombre || "foto.jpg", className: "btn btn-sm", textContent: "Guardar en el teléfono",
  }));
  if (!foto.problema?.definitiva) {
    actions.append(button("Reintentar", async () => {
      await change("fotos", foto.cliente_id, { problema: null });
      await onSend();
    }));
  }
  actions.append(button("Descartar", async () => {
    if (!(await ask("La foto se borrará de Terreno y no se enviará.", "Descartar la foto"))) return;
    await removeFoto(foto.cliente_id);
    await onSend();
  }));
  return actions;
}

/**
 * What its person can do with a visit that the server refused.
 *
 * @param {Visita} visita
 * @returns {HTMLElement[]}
 */
function visitaActions(visita) {
  if (!visita.problema) return [];
  const { motivo, puede } = visita.problema;
  /**
   * @param {string} label
   * @param {Partial<Visita>} values
   */
  const again = (label, values) => button(label, async () => {
    await change("visitas", visita.cliente_id, { problema: null, ...values });
    await onSend();
  }, true);
  const discard = button("Descartar", async () => {
    const fotos = visita.fotos.length ? ` y sus ${plural(visita.fotos.length, "foto", "fotos")}` : "";
    if (!(await ask(`${named(visita)}${fotos} se borrará de este teléfono y no se enviará.`, visita.campos ? "Descartar la ubicación" : "Descartar la visita"))) return;
    await removeVisita(visita.cliente_id);
    await onSend();
  });
  if (puede) return [again("Enviar igual", { aceptados: [...visita.aceptados, motivo ?? ""] }), discard];
  // A block may be lifted: then the same visit is taken.
  return motivo && !["bloqueado", "rechazada"].includes(motivo) ? [discard] : [again("Reintentar", {}), discard];
}

/**
 * @param {Visita} visita
 * @param {boolean} online
 */
function itemRow(visita, online) {
  const template = need(HTMLTemplateElement, "[data-terreno-item-template]", root);
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @param {string} name */
  const part = (name) => need(HTMLElement, `[data-part=${name}]`, row);
  row.dataset.clienteId = visita.cliente_id;
  part("title").textContent = `${visita.resultado_texto} · ${visita.direccion}`;
  part("meta").textContent = `${when(visita)} · ${visita.oficio} · ${state(visita, online)}`;
  if (visita.problema) {
    part("problem").hidden = false;
    part("problem").textContent = visita.problema.texto;
  }
  part("photos").append(...visita.fotos.map(fotoRow));
  part("actions").append(...visitaActions(visita));
  return row;
}

/**
 * Say on each card what waits for it.
 *
 * @param {Visita[]} visitas
 * @param {boolean} online
 */
function mark(visitas, online) {
  root.querySelectorAll("[data-terreno-waiting]").forEach((list) => {
    const { direccionId, oficioId } = list.closest("[data-direccion-id]")?.dataset ?? {};
    const own = visitas.filter((visita) =>
      visita.direccion_id === Number(direccionId) || (visita.campos && visita.oficio_id === Number(oficioId)));
    list.hidden = own.length === 0;
    list.replaceChildren(...own.map((visita) =>
      make("li", { textContent: `${visita.resultado_texto}, ${when(visita)}: ${state(visita, online)}` })));
  });
}

/**
 * Show what waits of a person.
 *
 * @param {number | null} usuarioId
 * @param {{online: boolean, isHidden?: boolean}} how with `isHidden` (no session) only how much
 * @param {ReturnType<typeof waiting>} [reading] what waits, when it is being read already
 */
export async function show(usuarioId, { online, isHidden = false }, reading = waiting(usuarioId)) {
  const { propias: visitas, ajenas } = await reading;
  const panel = need(HTMLElement, "[data-terreno-queue]", root);
  const { text, total } = amount(visitas);
  panel.hidden = visitas.length === 0;
  const decide = visitas.filter(needsPerson).length;
  const verb = decide && decide === visitas.length ? "necesitan que usted decida" : online ? "por enviar" : "esperan señal";
  need(HTMLElement, "[data-terreno-queue-title]", root).textContent =
    total === 1 ? `${text} ${verb.replace("esperan", "espera").replace("necesitan", "necesita")}` : `${text} ${verb}`;
  const rows = isHidden ? [] : visitas.map((visita) => itemRow(visita, online));
  urls.splice(0, urls.length - rows.reduce((sum, row) => sum + row.querySelectorAll("img").length, 0))
    .forEach((url) => URL.revokeObjectURL(url));
  need(HTMLElement, "[data-terreno-items]", root).replaceChildren(...rows);
  mark(visitas, online);
  need(HTMLElement, "[data-terreno-others]", root).hidden = ajenas === 0;
  need(HTMLElement, "[data-terreno-others-text]", root).textContent =
    `${plural(ajenas, "visita espera", "visitas esperan")} en este teléfono y no ${ajenas === 1 ? "es suya" : "son suyas"}. ` +
    `Solo ${ajenas === 1 ? "la" : "las"} ve y ${ajenas === 1 ? "la" : "las"} envía quien ${ajenas === 1 ? "la hizo" : "las hizo"}, al entrar aquí con su cuenta.`;
  if ("setAppBadge" in navigator) (total ? navigator.setAppBadge(total) : navigator.clearAppBadge()).catch(() => {});
  return { total, text, sendable: visitas.some(isSendable) };
}

/**
 * @param {HTMLElement} element the page of Terreno
 * @param {() => Promise<void>} send sends what waits
 */
export function start(element, send) {
  root = element;
  onSend = send;
  need(HTMLElement, "[data-terreno-send]", root).addEventListener("click", () => onSend());
}
