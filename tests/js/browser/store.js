// What the phone keeps: all of a visit or nothing, each person's own, in the order of sending.
import { change, forget, forgetLists, keepList, keptList, newId, removeFoto, removeVisita, save, waiting } from "/static/js/terreno/store.js";
import { renewKept } from "/static/js/terreno/queue.js";
import { listen } from "/static/js/terreno/changes.js";
import { equal, test } from "./check.js";

const visita = (cliente_id, fecha_hora, usuario_id = 1) => ({ cliente_id, fecha_hora, usuario_id });
const photo = (name, problema = null) => ({ file: new File([`${name} en bytes`], name, { type: "image/png" }), problema });
const ids = async (usuario) => (await waiting(usuario)).propias.map(({ cliente_id }) => cliente_id);

test("visits wait oldest first, each with its photos in the order in which they were taken", async () => {
  await save(visita("b", "2026-11-27T11:00:00Z"), [photo("1.png"), photo("2.png")]);
  await save(visita("a", "2026-11-27T10:00:00Z"), []);
  const { propias } = await waiting(1);
  equal(propias.map(({ cliente_id, enviada, intentos, aceptados }) => [cliente_id, enviada, intentos, aceptados]), [["a", false, 0, []], ["b", false, 0, []]]);
  equal(propias[1].fotos.map(({ nombre, orden }) => [nombre, orden]), [["1.png", 0], ["2.png", 1]]);
  equal(await propias[1].fotos[0].blob.text(), "1.png en bytes");
});

test("nobody is shown what waits of another, only how much", async () => {
  await save(visita("a", "2026-11-27T10:00:00Z", 1), []);
  await save(visita("b", "2026-11-27T11:00:00Z", 2), []);
  equal([await ids(1), (await waiting(1)).ajenas, await ids(2), (await waiting(null)).propias.length], [["a"], 1, ["b"], 0]);
});

test("with the page closed a list that holds too much is read anew, or forgotten without a signal", async () => {
  const card = (id) => `<li data-direccion-id="${id}"></li>`;
  const asked = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (url) => { asked.push(url); return new Response(JSON.stringify({ html: card(2), generada: "hoy" })); };
  await keepList(1, card(1) + card(2), "ayer");
  await renewKept({ estado: "ok", usuario: { id: 1 }, direcciones: [1, 2] });
  equal([asked.length, (await keptList(1)).generada], [0, "ayer"]);
  await renewKept({ estado: "ok", usuario: { id: 1 }, direcciones: [2] });
  equal([asked, (await keptList(1)).html], [["/terreno/datos/lista"], card(2)]);
  globalThis.fetch = async () => { throw new TypeError(); };
  await renewKept({ estado: "ok", usuario: { id: 1 }, direcciones: [] }).catch(() => {});
  globalThis.fetch = real;
  equal(await keptList(1), undefined);
});

test("a visit that cannot be kept whole is not kept at all", async () => {
  await save(visita("a", "2026-11-27T10:00:00Z"), []);
  const again = await save(visita("a", "2026-11-27T12:00:00Z"), [photo("1.png")]).then(() => "kept", () => "refused");
  const { propias } = await waiting(1);
  equal([again, propias.length, propias[0].fecha_hora, propias[0].fotos.length], ["refused", 1, "2026-11-27T10:00:00Z", 0]);
});

test("a problem stays with its photo until somebody decides", async () => {
  const problema = { texto: "Es demasiado grande.", motivo: "grande", puede: false, definitiva: true };
  await save(visita("a", "2026-11-27T10:00:00Z"), [photo("1.png", problema), photo("2.png")]);
  const [first, second] = (await waiting(1)).propias[0].fotos;
  equal([first.problema, second.problema], [problema, null]);
  await change("fotos", first.cliente_id, { problema: null });
  await change("fotos", newId(), { problema }); // was sent meanwhile: nothing comes back to life
  equal((await waiting(1)).propias[0].fotos.map((foto) => foto.problema), [null, null]);
});

test("a visit takes its photos along when it goes, and no other's", async () => {
  await save(visita("a", "2026-11-27T10:00:00Z"), [photo("1.png")]);
  await save(visita("b", "2026-11-27T11:00:00Z"), [photo("2.png"), photo("3.png")]);
  await removeVisita("a");
  await removeFoto((await waiting(1)).propias[0].fotos[0].cliente_id);
  equal((await waiting(1)).propias.map(({ cliente_id, fotos }) => [cliente_id, fotos.map(({ nombre }) => nombre)]), [["b", ["3.png"]]]);
});

test("signing out forgets one's own visits and every list; another's visits stay", async () => {
  await save(visita("a", "2026-11-27T10:00:00Z", 1), [photo("1.png")]);
  await save(visita("b", "2026-11-27T10:00:00Z", 2), []);
  await keepList(1, "<p>una</p>", "hoy");
  await forget(1);
  equal([await ids(1), await ids(2), await keptList(1) ?? null], [[], ["b"], null]);
});

test("another account's list goes, one's own stays", async () => {
  await keepList(1, "<p>una</p>", "hoy");
  await keepList(2, "<p>otra</p>", "ayer");
  await forgetLists(2);
  equal([await keptList(1) ?? null, (await keptList(2)).html], [null, "<p>otra</p>"]);
});

test("whoever listens is told when something is kept", async () => {
  let told = 0;
  listen(() => { told += 1; });
  await save(visita("a", "2026-11-27T10:00:00Z"), []);
  equal(told, 1);
});
