// @ts-check
// The service worker of notices: shows a message that comes while no page is open, and opens its page.
// It answers for no page and keeps nothing; the message has the kind and the case's number alone.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

/**
 * A message as the server writes it.
 *
 * @typedef {{texto: string, url: string, marca: string}} Message
 */

/** @param {PushMessage} event */
async function show(event) {
  /** @type {Message | undefined} */
  let message;
  try {
    message = event.data?.json();
  } catch {
    // Not of ours.
  }
  if (!message) return;
  // A repetition replaces what is shown, without a sound.
  await worker.registration.showNotification("Rastro", {
    body: message.texto,
    tag: message.marca,
    data: { url: message.url },
    icon: settings.icon,
    lang: "es-CL",
  });
}

/** @param {Notification} notification */
async function open(notification) {
  notification.close();
  const target = new URL(notification.data?.url ?? "/avisos", worker.location.origin);
  if (target.origin !== worker.location.origin) return;
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => new URL(page.url).pathname === target.pathname);
  await (shown ? shown.focus() : worker.clients.openWindow(target.href));
}

/** @type {{icon: string}} from `start` on */
let settings;

/**
 * Begin to work; /avisos/sw.js does it when the browser reads it.
 *
 * @param {{icon: string}} given
 */
export function start(given) {
  settings = given;
  worker.addEventListener("push", (event) => event.waitUntil(show(event)));
  worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
}
