// Terreno's words, distances and what an answer of the server means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gone, withoutTokens } from "../../static/js/terreno/list-text.js";
import { byAge, newId } from "../../static/js/terreno/store.js";
import { distance, readable } from "../../static/js/terreno/nearness.js";
import { judge } from "../../static/js/terreno/queue.js";
import { amount, isSendable, needsPerson, state, when } from "../../static/js/terreno/words.js";

const PROBLEM = { texto: "No calza.", motivo: null, puede: false, definitiva: true };
const foto = (values = {}) => ({ cliente_id: "f", problema: null, ...values });
const visita = (values = {}) => ({ cliente_id: "v", enviada: false, problema: null, fotos: [], ...values });

test("an answer that says stored is done, also when it was stored before", () => {
  assert.equal(judge({ status: 201, body: {} }), "ok");
  assert.equal(judge({ status: 200, body: { detail: "Ya estaba." } }), "ok");
});

test("what may pass is sent again: a stale token, a busy or broken server, a row at the same moment", () => {
  for (const status of [400, 408, 429, 500, 502, 503]) assert.equal(judge({ status, body: {} }), "despues");
  assert.equal(judge({ status: 409, body: {} }), "despues");
});

test("an ended session waits for its person", () => {
  assert.equal(judge({ status: 401, body: {} }), "sesion");
});

test("a refusal is told in the server's words, and only what can change is tried again", () => {
  const asked = judge({ status: 409, body: { motivo: "repetida", puede: true, detail: "Hay otra visita de hoy." } });
  assert.deepEqual(asked, { texto: "Hay otra visita de hoy.", motivo: "repetida", puede: true, definitiva: false });
  assert.equal(judge({ status: 422, body: { detail: "No es una foto." } }).definitiva, true);
  assert.equal(judge({ status: 409, body: { motivo: "sin_visita" } }).definitiva, true);
  assert.match(judge({ status: 413, body: {} }).texto, /demasiado grande/);
  assert.match(judge({ status: 404, body: {} }).texto, /ya no puede registrar visitas/);
});

test("what was erased is refused for good, and says so", () => {
  const refused = judge({ status: 409, body: { motivo: "borrado", puede: false, detail: "Se borró por ley." } });
  assert.deepEqual(refused, { texto: "Se borró por ley.", motivo: "borrado", puede: false, definitiva: true });
});

test("a kept list names the addresses that may not be held any more, and holds no token", () => {
  const html = '<li data-direccion-id="4"></li><li data-direccion-id="12"><input type="hidden" name="csrf_token" value="x"></li>';
  assert.deepEqual(gone(html, [12, 99]), [4]);
  assert.deepEqual(gone(html, [4, 12]), []);
  assert.equal(withoutTokens(html), '<li data-direccion-id="4"></li><li data-direccion-id="12"></li>');
});

test("the oldest is sent first, and two of one moment always in the same order", () => {
  const [first, second, third] = [
    { fecha_hora: "2026-11-27T10:00:00Z", cliente_id: "c" },
    { fecha_hora: "2026-11-27T11:00:00Z", cliente_id: "a" },
    { fecha_hora: "2026-11-27T11:00:00Z", cliente_id: "b" },
  ];
  assert.deepEqual([third, second, first].sort(byAge), [first, second, third]);
});

test("an id is a UUID of version 4, also where the browser has none to give", (t) => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newId(), uuid);
  const given = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(crypto), "randomUUID");
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  t.after(() => Object.defineProperty(crypto, "randomUUID", given));
  assert.match(newId(), uuid);
  assert.notEqual(newId(), newId());
});

test("a visit counts until it was sent, a photo until it is gone", () => {
  assert.deepEqual(amount([visita({ fotos: [foto(), foto()] }), visita()]), { text: "2 visitas y 2 fotos", total: 4 });
  assert.deepEqual(amount([visita({ enviada: true, fotos: [foto()] })]), { text: "1 foto", total: 1 });
  assert.deepEqual(amount([]), { text: "", total: 0 });
});

test("each visit says what it waits for", () => {
  assert.equal(state(visita(), true), "por enviar");
  assert.equal(state(visita(), false), "espera señal");
  assert.equal(state(visita({ problema: PROBLEM }), false), "necesita que usted decida");
  assert.equal(state(visita({ enviada: true, fotos: [foto()] }), true), "guardada; 1 foto falta");
  const stuck = visita({ enviada: true, fotos: [foto({ problema: PROBLEM }), foto()] });
  assert.equal(state(stuck, true), "guardada; 1 foto necesita que usted decida");
});

test("what only a person can decide is not sent by itself", () => {
  assert.equal(isSendable(visita()), true);
  assert.equal(isSendable(visita({ problema: PROBLEM })), false);
  assert.equal(isSendable(visita({ enviada: true, fotos: [foto({ problema: PROBLEM })] })), false);
  assert.equal(isSendable(visita({ enviada: true, fotos: [foto({ problema: PROBLEM }), foto()] })), true);
  assert.equal(needsPerson(visita({ fotos: [foto({ problema: PROBLEM })] })), true);
  assert.equal(needsPerson(visita({ fotos: [foto()] })), false);
});

test("the hour is that of the place, which is named only where Santiago's clock differs", () => {
  const at = { fecha_hora: "2026-11-27T15:05:00Z", zona_nombre: "hora de Isla de Pascua" };
  assert.equal(when({ ...at, zona: "America/Santiago" }), "27-11 12:05");
  assert.equal(when({ ...at, zona: "Pacific/Easter" }), "27-11 10:05 (hora de Isla de Pascua)");
  assert.equal(when({ ...at, zona: "America/Punta_Arenas" }), "27-11 12:05");
  assert.equal(when({ ...at, zona: "America/Nowhere" }), "27-11 12:05 (hora de Santiago)");
});

test("distances are along the ground, and told as people say them", () => {
  const [santiago, valparaiso] = [{ lat: -33.4372, lon: -70.6506 }, { lat: -33.0458, lon: -71.6197 }];
  assert.equal(distance(santiago, santiago), 0);
  assert.ok(Math.abs(distance(santiago, valparaiso) - 100_200) < 600, String(distance(santiago, valparaiso)));
  assert.deepEqual([3, 44, 946, 951, 1250, 9949, 12600].map(readable), ["10 m", "40 m", "950 m", "1,0 km", "1,3 km", "9,9 km", "13 km"]);
});
