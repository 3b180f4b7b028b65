// @ts-check
// Passkeys: makes one, and shows one. Hooks: a form with data-challenge (where the question of the
// server is asked), a button [data-passkey] or [data-new-passkey], an element [data-passkey-status].
import { field, targetOf } from "./elements.js";

/**
 * The bytes that a text in base64url stands for.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/**
 * Bytes as a text in base64url.
 *
 * @param {ArrayBuffer | null | undefined} buffer
 * @returns {string | undefined}
 */
function toText(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * What the server asks.
 *
 * @param {HTMLFormElement} form
 * @returns {Promise<any>}
 */
async function ask(form) {
  const answer = await fetch(form.dataset.challenge ?? "", {
    method: "POST",
    headers: { "X-CSRFToken": field(form, "csrf_token").value },
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

/**
 * A passkey as the server reads it: bytes as text.
 *
 * @param {PublicKeyCredential} key
 * @returns {string}
 */
function write(key) {
  const said = /** @type {AuthenticatorAttestationResponse & AuthenticatorAssertionResponse} */ (key.response);
  return JSON.stringify({
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: toText(said.clientDataJSON),
      attestationObject: toText(said.attestationObject),
      authenticatorData: toText(said.attestationObject ? undefined : said.authenticatorData),
      signature: toText(said.signature),
      userHandle: toText(said.userHandle),
    },
  });
}

/**
 * Let the browser make a passkey.
 *
 * @param {HTMLFormElement} form
 */
async function make(form) {
  const options = await ask(form);
  options.challenge = toBytes(options.challenge);
  options.user.id = toBytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = toBytes(known.id);
  return navigator.credentials.create({ publicKey: options });
}

/**
 * Let the browser show one.
 *
 * @param {HTMLFormElement} form
 */
async function show(form) {
  const options = await ask(form);
  options.challenge = toBytes(options.challenge);
  for (const known of options.allowCredentials ?? []) known.id = toBytes(known.id);
  return navigator.credentials.get({ publicKey: options });
}

const BUTTONS = "[data-passkey], [data-new-passkey]";

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (targetOf(event).closest(BUTTONS));
  const form = button?.form;
  if (!button || !form) return;
  const isNew = "newPasskey" in button.dataset;
  const status = form.querySelector("[data-passkey-status]");
  if (isNew && !field(form, "nombre").value.trim()) {
    // The server would refuse it, and the device would keep a key that opens nothing.
    if (status) status.textContent = "Escriba primero un nombre, como «Teléfono» o «Notebook».";
    field(form, "nombre").focus();
    return;
  }
  button.disabled = true;
  try {
    const key = await (isNew ? make(form) : show(form));
    if (!(key instanceof PublicKeyCredential)) throw new Error("the browser gave no passkey");
    field(form, isNew ? "llave" : "confirmacion_llave").value = write(key);
    form.submit();
  } catch (error) {
    if (status) {
      status.textContent = error instanceof DOMException && error.name === "InvalidStateError"
        ? "Este equipo ya tiene una llave de su cuenta."
        : "No se usó ninguna llave: inténtelo otra vez, o siga de otra forma.";
    }
    button.disabled = false;
  }
});

/** Show the buttons of this page where the browser can do what they say. */
export function offerPasskeys() {
  if (!window.PublicKeyCredential) return;
  for (const button of document.querySelectorAll(BUTTONS)) button.removeAttribute("hidden");
  const status = document.querySelector("[data-new-passkey]")?.closest("form")?.querySelector("[data-passkey-status]");
  if (status) status.textContent = "";
}
offerPasskeys();
