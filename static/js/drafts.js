// @ts-check
// What somebody typed is not lost when their session ended or the page grew older than its token:
// it waits in this tab, and comes back into its form after signing in. Only the same account gets it.
import { targetOf } from "./elements.js";
import { isOver } from "./session.js";
import { toast } from "./toasts.js";

/**
 * A form as it was sent.
 *
 * @typedef {object} Draft
 * @property {string} usuario the account that typed it
 * @property {string} page path and query of its page
 * @property {string} action where it was sent
 * @property {number} place among the forms of that page that are sent there
 * @property {[string, string[]][]} values by the names of the fields
 * @property {string[]} files names of the fields that hold files
 * @property {boolean} lost whether it did not arrive
 */

const KEY = "borrador";
const STORE = "archivos";
/** Milliseconds after which files of a tab that was closed are thrown away. */
const OLD = 2 * 24 * 3600 * 1000;
const BACK = "No se guardó porque su sesión había terminado. Aquí está lo que escribió: revíselo y guárdelo otra vez.";
const QUESTION = "input:not([type=hidden], [type=checkbox], [type=radio], [type=search], [type=submit]), textarea";

const me = document.body.dataset.usuario ?? "";
/** The office may have its devices keep nothing. */
const isForbidden = document.body.dataset.guarda === "no";
const here = () => location.pathname + location.search;

// ---- Where it waits: words in the tab's own storage, files in IndexedDB ----

/** @returns {Draft | null} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Draft} draft */
function write(draft) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch { /* full or forbidden: nothing is kept, and nothing else breaks */ }
}

/** @returns {Promise<IDBObjectStore>} */
const files = () => new Promise((resolve, reject) => {
  const opening = indexedDB.open("borradores", 1);
  opening.onupgradeneeded = () => { opening.result.createObjectStore(STORE, { keyPath: "clave" }); };
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => resolve(opening.result.transaction(STORE, "readwrite").objectStore(STORE));
});

/** The name of this tab, under which its files are kept. */
function tab() {
  const known = sessionStorage.getItem("pestana") ?? crypto.randomUUID?.() ?? String(Math.random());
  sessionStorage.setItem("pestana", known);
  return known;
}

/** @param {string} name of a field */
const fileKey = (name) => `${tab()} ${name}`;

/** Throw away what this tab kept, and what closed tabs left. */
async function forget() {
  sessionStorage.removeItem(KEY);
  if (!sessionStorage.getItem("pestana")) return;
  const store = await files();
  const all = store.getAll();
  all.onsuccess = () => all.result
    .filter(({ clave, desde }) => clave.startsWith(tab()) || desde < Date.now() - OLD)
    .forEach(({ clave }) => store.delete(clave));
}

// ---- Keeping ----

/** @param {Element | null} form */
const isTyped = (form) => form instanceof HTMLFormElement && form.method === "post" && !form.matches("[data-download], [action$='/salir'], [data-search]")
  && !form.querySelector("input[type=password]");

/** @param {HTMLFormElement} form */
const address = (form) => form.getAttribute("hx-post") ?? form.getAttribute("action") ?? location.pathname;

/** @param {string} action */
const formsOf = (action) => [...document.forms].filter((form) => address(form) === action);

/**
 * @param {HTMLFormElement} form
 * @returns {Draft}
 */
function draftOf(form) {
  /** @type {Map<string, string[]>} */
  const values = new Map();
  const withFiles = new Set();
  for (const element of form.elements) {
    const control = /** @type {HTMLInputElement} */ (element);
    if (!control.name || control.type === "hidden" || control.matches("button, fieldset")) continue;
    if (control.type === "file") {
      if (control.files?.length) withFiles.add(control.name);
      continue;
    }
    const given = values.get(control.name) ?? [];
    if (control instanceof HTMLSelectElement) given.push(...[...control.selectedOptions].map(({ value }) => value));
    else if (!["checkbox", "radio"].includes(control.type) || control.checked) given.push(control.value);
    values.set(control.name, given);
  }
  const action = address(form);
  return {
    usuario: me, page: here(), action, place: formsOf(action).indexOf(form), values: [...values], files: [...withFiles], lost: false,
  };
}

/** @param {HTMLInputElement} input files are stored when they are chosen: a page that is left has no time for it */
async function keepFiles(input) {
  if (isForbidden || !input.form || !isTyped(input.form) || !input.name) return;
  (await files()).put({ clave: fileKey(input.name), archivos: [...input.files ?? []], desde: Date.now() });
}

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.type === "file") keepFiles(target).catch(() => {});
});

window.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (me && isTyped(form)) {
    if (!isForbidden) write(draftOf(form));
    delete form.dataset.unsaved;
  }
  if (form.matches("[action$='/salir']")) {
    document.querySelectorAll("form[data-unsaved]").forEach((one) => one.removeAttribute("data-unsaved"));
    forget().catch(() => {});
  }
}, true);

/** Say that what was sent last did not arrive. */
function markLost() {
  const draft = read();
  if (draft) write({ ...draft, lost: true });
}

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401 || xhr.getResponseHeader("HX-Refresh") === "true") markLost();
});

// ---- Bringing back ----

/**
 * @param {HTMLFormElement} form
 * @param {Draft} draft
 */
async function restore(form, draft) {
  const given = new Map(draft.values);
  for (const element of form.elements) {
    const control = /** @type {HTMLInputElement} */ (element);
    const values = given.get(control.name);
    if (!values || control.type === "hidden" || control.type === "file") continue;
    if (control instanceof HTMLSelectElement) [...control.options].forEach((option) => { option.selected = values.includes(option.value); });
    else if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
    else control.value = values.shift() ?? control.value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (let box = form.closest("details"); box; box = box.parentElement?.closest("details") ?? null) box.setAttribute("open", "");
  form.dataset.unsaved = "";
  const first = form.querySelector(QUESTION);
  if (first instanceof HTMLElement) first.focus();
  toast(BACK, "aviso");
  await Promise.all(draft.files.map((name) => restoreFiles(form, name)));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name of the field
 */
async function restoreFiles(form, name) {
  const input = form.elements.namedItem(name);
  if (!(input instanceof HTMLInputElement)) return;
  const store = await files();
  const kept = await new Promise((resolve) => {
    const asked = store.get(fileKey(name));
    asked.onsuccess = () => resolve(asked.result?.archivos ?? []);
    asked.onerror = () => resolve([]);
  });
  const given = new DataTransfer();
  kept.forEach((/** @type {File} */ file) => given.items.add(file));
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function bringBack() {
  const draft = read();
  if (!draft?.lost || draft.usuario !== me || draft.page !== here()) return;
  const form = formsOf(draft.action)[draft.place];
  if (!form) return;
  sessionStorage.removeItem(KEY);
  restore(form, draft).catch(() => {});
}

const isSignIn = document.querySelector("input[type=password]") !== null && !me;
if (isSignIn || document.body.hasAttribute("data-unsaved-form")) {
  markLost();
  // Sent again from here it arrives; a page that says otherwise marks it anew.
  window.addEventListener("submit", () => {
    const draft = read();
    if (draft && !isSignIn) write({ ...draft, lost: false });
  }, true);
} else if (me) {
  const draft = read();
  // What arrived is forgotten; what another account typed is not for this one.
  if (draft && (!draft.lost || draft.usuario !== me)) forget().catch(() => {});
  bringBack();
  document.addEventListener("htmx:load", bringBack);
}
const back = document.querySelector("a[data-to-form]");
const waiting = read();
if (back instanceof HTMLAnchorElement && waiting?.lost) back.href = waiting.page;

// ---- Leaving asks while something is typed and not sent ----

document.addEventListener("input", (event) => {
  const form = targetOf(event).matches(QUESTION) ? targetOf(event).closest("form") : null;
  if (event.isTrusted && isTyped(form)) form?.setAttribute("data-unsaved", "");
});
document.addEventListener("reset", (event) => targetOf(event).removeAttribute("data-unsaved"));
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  const form = elt.closest("form");
  // What a form asks while it is filled, as a preview does, stores nothing of it; a page that is loaded
  // anew because its token was too old is left without a question: what was typed waits for it.
  if (elt !== form || !isTyped(form) || xhr?.getResponseHeader("HX-Refresh") === "true") return;
  if (successful) forget().catch(() => {});
  else form?.setAttribute("data-unsaved", "");
});
window.addEventListener("beforeunload", (event) => {
  const open = [...document.forms].filter((form) => form.matches("[data-unsaved]") && [...form.querySelectorAll(QUESTION)]
    .some((control) => (/** @type {HTMLInputElement} */ (control)).value !== (/** @type {HTMLInputElement} */ (control)).defaultValue));
  if (!open.length) return;
  // Who has to sign in again has to leave the page: what stands there waits for them.
  if (isOver() && !isForbidden && open.length === 1) {
    write({ ...draftOf(open[0]), lost: true });
    if (read()?.lost) return;
  }
  event.preventDefault();
});
