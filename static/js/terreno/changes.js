// @ts-check
// A BroadcastChannel: tells other tabs, and the page when the service worker sends, that the queue has changed.

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("terreno") : null;
/** @type {(() => void)[]} */
const listeners = [];

/** Tell everybody who listens, here and in other tabs. */
export function tell() {
  listeners.forEach((listener) => listener());
  channel?.postMessage("cambio");
}

/**
 * Register a callback for changes of the queue.
 *
 * @param {() => void} listener
 */
export function listen(listener) {
  listeners.push(listener);
  channel?.addEventListener("message", () => listener());
}
