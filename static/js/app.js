// @ts-check
// What every page needs beyond HTMX: copying, toasts, confirmation, uploads, the search key.
// Progressive enhancement: every form also works without this file.
import { ask } from "./confirm.js";
import "./drafts.js";
import { make, need, targetOf } from "./elements.js";
import { announce, dismissLater, toast } from "./toasts.js";
import "./whereabouts.js";

/** @type {Record<number, string>} */
const SENTENCES = {
  400: "La solicitud no se entiende. Recargue la página y vuelva a intentarlo.",
  401: "Su sesión terminó. Recargue la página e inicie sesión otra vez.",
  403: "Su cuenta no tiene permiso para hacer esto. Pídaselo a quien administra Rastro.",
  404: "Esto ya no existe o no tiene acceso. Recargue la página para ver lo que hay ahora.",
  413: "El archivo es demasiado grande. Elija uno más liviano o súbalos en varias veces.",
  429: "Fueron demasiados intentos seguidos. Espere unos minutos y vuelva a intentarlo.",
};
const BROKEN = "Algo falló de nuestro lado y no se guardó. Espere un momento y vuelva a intentarlo.";
const OFFLINE = "No hay conexión con el servidor y no se guardó. Revise su señal y vuelva a intentarlo.";

// ---- Clicks ----

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset.copy ?? "";
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  if (!isCopied && !copyBySelection(text)) {
    toast("No se pudo copiar. Seleccione el texto y cópielo a mano.", "error");
    return;
  }
  announce(button.dataset.copied || "Copiado");
  button.classList.add("is-copied");
  if (!button.classList.contains("plate")) toast(button.dataset.copied || "Copiado.", "ok");
  setTimeout(() => button.classList.remove("is-copied"), 1200);
}

/**
 * Without TLS the Clipboard API is not available: copy from a hidden field instead.
 *
 * @param {string} text
 * @returns {boolean} whether it was copied
 */
function copyBySelection(text) {
  const area = make("textarea", { className: "visually-hidden", value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** @returns {boolean} whether this page has a search, which is open now */
function openSearch() {
  if (document.getElementById("jump")) {
    document.dispatchEvent(new CustomEvent("saltar")); // static/js/jump.js
    return true;
  }
  const search = document.querySelector("[data-focus-search]");
  if (!(search instanceof HTMLInputElement)) return false;
  search.closest("form")?.classList.add("is-open");
  search.focus();
  search.select();
  return true;
}

document.addEventListener("click", (event) => {
  const button = targetOf(event).closest("[data-copy], [data-dismiss], [data-open-search]");
  if (!button) return;
  if (button.hasAttribute("data-copy")) copy(button);
  else if (button.hasAttribute("data-dismiss")) button.closest("[data-flash], .toast-card")?.remove();
  else if (openSearch()) event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  const form = targetOf(event).closest(".topbar-search.is-open");
  const next = /** @type {Node | null} */ (event.relatedTarget);
  if (form && !form.contains(next)) form.classList.remove("is-open");
});

document.addEventListener("keydown", (event) => {
  const typing = targetOf(event).closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (openSearch()) event.preventDefault();
  }
  if (event.key === "Escape" && targetOf(event).matches("[data-focus-search]")) targetOf(event).blur();
});

// ---- Forms: confirmation, sending once, sending on change ----

/** @type {HTMLFormElement | null} the form whose person said yes, while it is sent again */
let confirmed = null;

/**
 * Ask in the page's dialog; after a yes, submit the form normally.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function askFirst(form, submitter) {
  const { confirm: text = "", confirmLabel = "Confirmar" } = form.dataset;
  if (!(await ask(text, confirmLabel, form.hasAttribute("data-confirm-danger")))) return;
  confirmed = form;
  form.requestSubmit(submitter || undefined);
}

/** @param {ParentNode} form */
const submitButtons = (form) => [...form.querySelectorAll("button[type=submit], button:not([type])")];

/** @param {Element} form */
function release(form) {
  form.removeAttribute("data-sending");
  submitButtons(form).forEach((button) => button.removeAttribute("aria-disabled"));
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method === "dialog") return;
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.dataset.confirm && confirmed !== form) {
    event.preventDefault();
    event.stopImmediatePropagation();
    askFirst(form, event.submitter);
    return;
  }
  confirmed = null;
  // A download does not replace the page, so nothing would enable the form again.
  if (form.method !== "post" || form.hasAttribute("data-download")) return;
  form.setAttribute("data-sending", "");
  submitButtons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
}, true);

// Enable the forms of a page that is restored from the back/forward cache.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

document.addEventListener("change", (event) => {
  const control = /** @type {HTMLInputElement | null} */ (targetOf(event).closest("[data-autosubmit]"));
  control?.form?.requestSubmit();
});

// ---- Files ----

/** @param {number} bytes */
const readable = (bytes) =>
  bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;

/** @param {HTMLInputElement} input */
function listFiles(input) {
  const list = input.closest("[data-dropzone]")?.querySelector(".drop-files");
  list?.replaceChildren(...[...input.files ?? []].map((file) => {
    const row = make("li");
    row.append(make("span", { textContent: file.name }), make("span", { textContent: readable(file.size) }));
    return row;
  }));
}

const FILES = "[data-dropzone] input[type=file]";

document.addEventListener("change", (event) => {
  if (targetOf(event).matches(FILES)) listFiles(/** @type {HTMLInputElement} */ (event.target));
});
document.addEventListener("reset", (event) => {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (targetOf(event).querySelectorAll(FILES));
  setTimeout(() => inputs.forEach(listFiles));
});

/** @param {DragEvent} event */
function followFiles(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  const zone = targetOf(event).closest("[data-dropzone]");
  event.preventDefault(); // a file dropped beside the zone must not replace the page
  document.querySelectorAll("[data-dropzone].is-over").forEach((other) => other.classList.remove("is-over"));
  if (!zone) return;
  if (event.type === "dragover") zone.classList.add("is-over");
  if (event.type !== "drop") return;
  const input = need(HTMLInputElement, "input[type=file]", zone);
  const given = new DataTransfer();
  [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => given.items.add(file));
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("dragover", followFiles);
document.addEventListener("dragleave", followFiles);
document.addEventListener("drop", followFiles);

/** @param {ParentNode} form */
const progressOf = (form) => /** @type {HTMLProgressElement | null} */ (form.querySelector(".drop-progress"));

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = progressOf(targetOf(event));
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});

// ---- What HTMX asks ----

// What a page asks by itself does not keep a session open that nobody uses.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent?.isTrusted) event.detail.headers["Rastro-Persona"] = "1";
});

// ---- What HTMX brings ----

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form");
  if (!form) return;
  release(form);
  const bar = progressOf(form);
  if (bar) bar.hidden = true;
  const status = event.detail.xhr?.status;
  if (status >= 200 && status < 300) form.closest("details[data-close-on-success]")?.removeAttribute("open");
});

// A session that ended answers with the whole sign-in page: go there instead of nesting it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted } = event.detail;
  if (boosted || !/^(?:\s|<!--[^]*?-->)*<!doctype html/i.test(xhr.responseText.slice(0, 400))) return;
  if (xhr.status >= 300) return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL || window.location.href);
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (/"?aviso"?/.test(xhr.getResponseHeader("HX-Trigger") || "")) return;
  toast(SENTENCES[xhr.status] || BROKEN, "error");
});
document.addEventListener("htmx:sendError", () => toast(OFFLINE, "error"));
document.addEventListener("htmx:timeout", () => toast(OFFLINE, "error"));

document.addEventListener("aviso", ({ detail }) => toast(detail.texto ?? detail.value, detail.tipo, null, detail.enlaces));

// After a refused form the first wrong field takes the focus.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status !== 422) return;
  event.detail.elt?.querySelector(".is-invalid:is(input, select, textarea), .is-invalid input, [aria-invalid='true']")?.focus();
});

/**
 * Tabs and chips that are wider than the screen begin at the one that is open.
 *
 * @param {ParentNode} root
 */
function showOpen(root) {
  root.querySelectorAll(".case-tabs [aria-current], .chips .is-active").forEach((open) => {
    const row = open.closest(".case-tabs, .chips");
    if (!row || row.scrollWidth <= row.clientWidth || row.scrollLeft) return;
    const [inside, whole] = [open.getBoundingClientRect(), row.getBoundingClientRect()];
    if (inside.right > whole.right) row.scrollLeft = inside.left - whole.left - (whole.width - inside.width) / 2;
  });
}
showOpen(document);
document.addEventListener("htmx:load", (event) => showOpen(event.detail.elt.parentElement ?? document));

// Instead of what was sent through HTMX may come the page where one confirms who one is.
document.addEventListener("htmx:load", async () => {
  if (document.querySelector("[data-passkey][hidden]")) (await import("./llaves.js")).offerPasskeys();
});

document.querySelectorAll("[data-flash][role=status]").forEach((flash) => dismissLater(flash, 10000));

// Which cases stood in the list that somebody opens a case from: the case leads on to the next one.
document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element ? target.closest("a[href^='/oficios/']") : null;
  const list = link?.closest("[data-cases]");
  if (!list) return;
  const ids = [...list.querySelectorAll("a[href^='/oficios/']")]
    .map((one) => Number(/^\/oficios\/(\d+)$/.exec(one.getAttribute("href") ?? "")?.[1]))
    .filter(Boolean);
  sessionStorage.setItem("casos-de-la-lista", JSON.stringify([...new Set(ids)]));
});
