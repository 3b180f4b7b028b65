// @ts-check
// On every page of the firm: what Terreno keeps on this phone belongs to one account. Signing out
// takes it away, after a warning when something was not sent; another account does not see it.
import { ask } from "../confirm.js";
import { toast } from "../toasts.js";

const OWNER = "terreno-usuario";
const me = Number(document.getElementById("terreno-cuenta")?.dataset.usuario) || null;
const NO_SIGNAL = "Sin señal no se puede cerrar la sesión. Inténtelo cuando haya conexión.";

const owner = () => Number(localStorage.getItem(OWNER)) || null;

// Imported only where the phone stores something of an account.
const loadStore = () => import("./store.js");
const loadQueue = () => import("./queue.js");

async function changeOwner() {
  await (await loadStore()).forgetLists(me);
  localStorage.setItem(OWNER, String(me));
}

/**
 * @param {import("./store.js").Visita[]} unsent
 * @returns {Promise<boolean>} whether they may be lost
 */
async function warn(unsent) {
  const { amount } = await import("./words.js");
  return ask(
    `En este teléfono hay ${amount(unsent).text} sin enviar: se borra si cierra la sesión.\nPara enviar lo que falta, abra Terreno con señal.`,
    "Borrar y cerrar sesión",
  );
}

/** Take Terreno off this browser; it is read from the server again. */
export async function uninstall() {
  for (const name of await globalThis.caches?.keys() ?? []) if (name.startsWith("terreno-")) await caches.delete(name);
  for (const registration of await navigator.serviceWorker?.getRegistrations() ?? []) {
    if (new URL(registration.scope).pathname === "/terreno") await registration.unregister();
  }
  localStorage.removeItem(OWNER);
}

async function forgetAll() {
  await (await loadStore()).forget(me);
  await (await import("./shared-store.js")).removeShared(me);
  await uninstall();
}

/** @param {HTMLFormElement} form */
async function leave(form) {
  const [{ waiting }, { session }] = await Promise.all([loadStore(), loadQueue()]);
  const { propias } = await waiting(me);
  if (propias.length && !(await warn(propias))) return;
  try {
    await session();
  } catch {
    toast(NO_SIGNAL, "error");
    return;
  }
  await forgetAll();
  form.submit();
}

window.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('form[action$="/salir"]') || !owner()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // A store that cannot be opened must not prevent signing out.
  leave(form).catch(() => form.submit());
}, true);

if (me && owner() && owner() !== me) changeOwner().catch(() => {});
