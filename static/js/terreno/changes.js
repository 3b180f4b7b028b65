// @ts-check
// Telling the other tabs, and the page when the worker sends, that what waits has changed.

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("terreno") : null;
/** @type {(() => void)[]} */
const listeners = [];

/** Tell everybody who listens, here and in other tabs. */
export function tell() {
  listeners.forEach((listener) => listener());
  channel?.postMessage("cambio");
}

/**
 * Have something called whenever what waits has changed.
 *
 * @param {() => void} listener
 */
export function listen(listener) {
  listeners.push(listener);
  channel?.addEventListener("message", () => listener());
}
