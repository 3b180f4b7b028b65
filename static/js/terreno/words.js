// @ts-check
// What is said of the visits that wait: how many, since when, and what each waits for.

/** @typedef {import("./store.js").Visita} Visita */

const SANTIAGO = "America/Santiago";
/** @type {Map<string, Intl.DateTimeFormat>} */
const clocks = new Map();

/**
 * «1 visita», «3 visitas».
 *
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/**
 * Made when something waits: it costs a phone some time.
 *
 * @param {string} zone
 * @returns {Intl.DateTimeFormat}
 * @throws {RangeError} when the phone does not know the zone
 */
function clockOf(zone) {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat("es-CL", {
    timeZone: zone, day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  clocks.set(zone, clock);
  return clock;
}

/**
 * @param {string} iso
 * @param {string} zone
 */
const read = (iso, zone) => clockOf(zone).format(new Date(iso)).replace(",", "").replace("/", "-");

/**
 * The hour of a visit on the clock of its place, which is named where Santiago's shows another.
 *
 * @param {Pick<Visita, "fecha_hora" | "zona" | "zona_nombre">} visita
 */
export function when({ fecha_hora, zona, zona_nombre }) {
  const there = read(fecha_hora, SANTIAGO);
  if (!zona || zona === SANTIAGO) return there;
  let here;
  try {
    here = read(fecha_hora, zona);
  } catch {
    return `${there} (hora de Santiago)`; // an old phone that does not know the zone
  }
  return here === there ? here : `${here} (${zona_nombre})`;
}

/**
 * Whether a visit or one of its photos waits for a decision of its person.
 *
 * @param {Visita} visita
 */
export const needsPerson = (visita) => Boolean(visita.problema) || visita.fotos.some((foto) => foto.problema);

/**
 * Whether the next sending has something to do for a visit.
 *
 * @param {Visita} visita
 */
export const isSendable = (visita) =>
  !visita.problema && (!visita.enviada || visita.fotos.some((foto) => !foto.problema));

/** @param {Visita} visita whether it is a location, and not a visit */
const isFound = (visita) => visita.campos !== undefined;

/**
 * «una visita», «una ubicación», with its article.
 *
 * @param {Visita} visita
 */
export const named = (visita) => (isFound(visita) ? "La ubicación" : "La visita");

/**
 * «3 visitas, 1 ubicación y 6 fotos» of what is not sent yet.
 *
 * @param {Visita[]} visitas
 */
export function amount(visitas) {
  const unsent = visitas.filter((visita) => !visita.enviada);
  const found = unsent.filter(isFound).length;
  const own = unsent.length - found;
  const fotos = visitas.reduce((sum, visita) => sum + visita.fotos.length, 0);
  const parts = [];
  if (own) parts.push(plural(own, "visita", "visitas"));
  if (found) parts.push(plural(found, "ubicación", "ubicaciones"));
  if (fotos) parts.push(plural(fotos, "foto", "fotos"));
  const last = parts.pop() ?? "";
  return { text: parts.length ? `${parts.join(", ")} y ${last}` : last, total: own + found + fotos };
}

/**
 * What a visit waits for.
 *
 * @param {Visita} visita
 * @param {boolean} online
 */
export function state(visita, online) {
  if (visita.problema) return "necesita que usted decida";
  if (visita.compartido && !visita.fotos.some((foto) => foto.problema)) return online ? "por enviar" : "espera señal";
  if (!visita.enviada) return online ? "por enviar" : "espera señal";
  const stuck = visita.fotos.filter((foto) => foto.problema).length;
  if (stuck) return `guardada; ${plural(stuck, "foto necesita", "fotos necesitan")} que usted decida`;
  return `guardada; ${plural(visita.fotos.length, "foto falta", "fotos faltan")}`;
}
