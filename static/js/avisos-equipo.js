// @ts-check
// Notices on this device while no page is open: allowed and taken back on *Mis avisos*, and told again
// to the server when the same person signs in anew, since it hangs on a session. Hook: #avisos-equipo.
// Without JavaScript, or where the browser has no push messages, the bell and the mails remain.
import { need } from "./elements.js";
import { toast } from "./toasts.js";

const OWNER = "avisos-equipo";
const RENEWED = "avisos-equipo-sesion";
const DENIED = "El navegador no permite avisos de Rastro. Permítalos en los ajustes del sitio y pruebe otra vez.";
const FAILED = "No se pudo. Revise su señal y pruebe otra vez.";

const me = document.body.dataset.usuario ?? "";
/** @type {string} */
const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

/** @param {string} text base64url */
function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/**
 * Tell the server that this browser may be told.
 *
 * @param {PushSubscription} subscription
 * @param {string} url
 */
async function register(subscription, url) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" }),
    headers: { "X-CSRFToken": token },
    redirect: "error",
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  localStorage.setItem(OWNER, me);
  sessionStorage.setItem(RENEWED, me);
}

/** @param {HTMLElement} hook */
async function allow(hook) {
  if (await Notification.requestPermission() !== "granted") {
    toast(DENIED, "error");
    return;
  }
  const { trabajador = "", clave = "", registrar = "" } = hook.dataset;
  await navigator.serviceWorker.register(trabajador, { type: "module" });
  const registration = await navigator.serviceWorker.getRegistration(trabajador);
  if (!registration) throw new Error("no worker");
  const options = { userVisibleOnly: true, applicationServerKey: toBytes(clave) };
  // A subscription of another key of this installation cannot be used any more.
  const subscription = await registration.pushManager.subscribe(options).catch(async () => {
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    return registration.pushManager.subscribe(options);
  });
  await register(subscription, registrar);
  location.reload();
}

/**
 * The same person signed in anew on a device that they had allowed: it is told on it again.
 *
 * @param {string} url
 * @param {string} trabajador
 */
export async function renew(url, trabajador) {
  if (!me || localStorage.getItem(OWNER) !== me || sessionStorage.getItem(RENEWED) === me) return;
  if (globalThis.Notification?.permission !== "granted") return;
  const registration = await navigator.serviceWorker?.getRegistration(trabajador);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) await register(subscription, url);
}

const hook = document.getElementById("avisos-equipo");
if (hook && "PushManager" in globalThis && "serviceWorker" in navigator && "Notification" in globalThis) {
  const button = need(HTMLButtonElement, "#avisos-equipo button");
  hook.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    allow(hook).catch(() => toast(FAILED, "error")).finally(() => { button.disabled = false; });
  });
}
document.getElementById("avisos-equipos")?.addEventListener("submit", () => localStorage.removeItem(OWNER));
