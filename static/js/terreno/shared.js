// @ts-check
// What another application shared with Terreno: shown until its person says of which case it is.
import { make, need } from "../elements.js";
import { assignShared, listShared, removeShared } from "./shared-store.js";
import { plural } from "./words.js";

/** @type {HTMLElement} the page of Terreno, from `start` on */
let root;
/** @type {() => number} who is signed in, or was when there was a signal */
let person;

const panel = () => need(HTMLElement, "[data-terreno-shared]", root);
const select = () => need(HTMLSelectElement, "[data-shared-case]", root);

/** The cases of the list, each once. */
function cases() {
  /** @type {Map<string, HTMLOptionElement>} */
  const found = new Map();
  root.querySelectorAll(".terreno-lugar").forEach((card) => {
    const { oficioId = "", oficio = "", direccion = "" } = card.dataset;
    const car = card.querySelector(".terreno-car")?.textContent?.trim();
    if (!found.has(oficioId)) {
      found.set(oficioId, make("option", { value: oficioId, textContent: [oficio, car, direccion].filter(Boolean).join(" · ") }));
      found.get(oficioId)?.setAttribute("data-oficio", oficio);
    }
  });
  return [...found.values()];
}

async function show() {
  const files = await listShared(person());
  panel().hidden = files.length === 0;
  if (!files.length) return;
  need(HTMLElement, "[data-shared-title]", root).textContent = `${plural(files.length, "archivo recibido", "archivos recibidos")} de otra aplicación`;
  need(HTMLElement, "[data-shared-files]", root).replaceChildren(...files.map((file) => {
    const row = make("li");
    if (file.blob.type.startsWith("image/")) row.append(make("img", { src: URL.createObjectURL(file.blob), alt: file.nombre }));
    else row.append(file.nombre);
    return row;
  }));
  const options = cases();
  select().replaceChildren(make("option", { value: "", textContent: "Elija el caso" }), ...options);
  need(HTMLElement, "[data-shared-none]", root).hidden = options.length > 0;
}

/**
 * @param {HTMLElement} element the page of Terreno
 * @param {{usuarioId: () => number, saved: () => Promise<void>}} hooks
 */
export async function start(element, hooks) {
  root = element;
  person = hooks.usuarioId;
  need(HTMLElement, "[data-shared-keep]", root).addEventListener("click", async () => {
    const chosen = select().selectedOptions[0];
    if (!chosen?.value) {
      select().focus();
      return;
    }
    await assignShared(person(), { oficio_id: Number(chosen.value), oficio: chosen.dataset.oficio ?? "" }, await listShared(person()));
    await show();
    await hooks.saved();
  });
  need(HTMLElement, "[data-shared-discard]", root).addEventListener("click", async () => {
    await removeShared(person());
    await show();
  });
  await show();
}
