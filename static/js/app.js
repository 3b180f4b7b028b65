// What every page needs beyond HTMX: copying, toasts, confirmation, uploads, the search key.
// Every form works without this file; it only makes them kinder.
(() => {
  "use strict";

  const SENTENCES = {
    400: "La página estuvo abierta demasiado tiempo. Recárguela y vuelva a intentarlo.",
    401: "Su sesión terminó. Recargue la página e inicie sesión otra vez.",
    403: "Su cuenta no tiene permiso para hacer esto. Pídaselo a quien administra Rastro.",
    404: "Esto ya no existe o no tiene acceso. Recargue la página para ver lo que hay ahora.",
    413: "El archivo es demasiado grande. Elija uno más liviano o súbalos en varias veces.",
    429: "Fueron demasiados intentos seguidos. Espere unos minutos y vuelva a intentarlo.",
  };
  const BROKEN = "Algo falló de nuestro lado y no se guardó. Espere un momento y vuelva a intentarlo.";
  const OFFLINE = "No hay conexión con el servidor y no se guardó. Revise su señal y vuelva a intentarlo.";
  const ICONS = { ok: "circle-check", error: "alert-circle", aviso: "alert-triangle", info: "info-circle" };

  /** Say something to a screen reader without showing it. */
  function announce(text) {
    const live = document.getElementById("anuncios");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  /**
   * Show a sentence for a while; errors stay longer, because they ask for something. With an action
   * ({label, post}) there is a button that posts there.
   */
  function toast(text, tipo = "info", action = null) {
    const place = document.getElementById("toasts");
    const template = document.getElementById("toast-template");
    if (!place || !template || !text) return;
    const card = template.content.firstElementChild.cloneNode(true);
    card.classList.add(`toast-${tipo}`);
    card.querySelector("p").textContent = text;
    const use = card.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${ICONS[tipo] || ICONS.info}`));
    if (action) card.append(actionForm(action));
    place.append(card);
    while (place.children.length > 4) place.firstElementChild.remove();
    dismissLater(card, action ? 20000 : tipo === "error" || tipo === "aviso" ? 12000 : 6000);
  }

  function actionForm({ label, post }) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = post;
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    form.append(
      Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value: token }),
      Object.assign(document.createElement("button"), { className: "btn btn-sm", textContent: label }),
    );
    return form;
  }

  /** Remove a message after a while, but never under the pointer or the focus. */
  function dismissLater(element, delay) {
    setTimeout(() => {
      if (!element.isConnected) return;
      if (element.matches(":hover, :focus-within")) dismissLater(element, 2000);
      else element.remove();
    }, delay);
  }

  window.rastro = { announce, toast };

  // ---- Clicks ----

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copyBySelection(text)) return toast("No se pudo copiar. Seleccione el texto y cópielo a mano.", "error");
    }
    announce(button.dataset.copied || "Copiado");
    button.classList.add("is-copied");
    if (!button.classList.contains("plate")) toast(button.dataset.copied || "Copiado.", "ok");
    setTimeout(() => button.classList.remove("is-copied"), 1200);
  }

  /** The clipboard is closed to pages served without TLS: copy from a hidden field there. */
  function copyBySelection(text) {
    const field = document.createElement("textarea");
    field.className = "visually-hidden";
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  function openSearch() {
    const field = document.querySelector("[data-focus-search]");
    if (!field) return false;
    field.closest("form").classList.add("is-open");
    field.focus();
    field.select();
    return true;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-dismiss], [data-open-search]");
    if (!button) return;
    if (button.hasAttribute("data-copy")) copy(button);
    else if (button.hasAttribute("data-dismiss")) button.closest("[data-flash], .toast-card")?.remove();
    else if (openSearch()) event.preventDefault();
  });

  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.(".topbar-search.is-open");
    if (form && !form.contains(event.relatedTarget)) form.classList.remove("is-open");
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (openSearch()) event.preventDefault();
    }
    if (event.key === "Escape" && event.target.matches?.("[data-focus-search]")) event.target.blur();
  });

  // ---- Forms: confirmation, sending once, sending on change ----

  let confirmed = null;

  /** Ask with the page's own dialog, then send the form as if nothing had happened. */
  function askFirst(form, submitter) {
    const dialog = document.getElementById("confirm");
    const [, yes] = dialog.querySelectorAll("button");
    document.getElementById("confirm-text").textContent = form.dataset.confirm;
    yes.textContent = form.dataset.confirmLabel || "Confirmar";
    yes.className = `btn ${form.hasAttribute("data-confirm-danger") ? "btn-danger" : "btn-primary"}`;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      confirmed = form;
      form.requestSubmit(submitter || undefined);
    }, { once: true });
    dialog.showModal();
  }

  const submitButtons = (form) => [...form.querySelectorAll("button[type=submit], button:not([type])")];

  function release(form) {
    form.removeAttribute("data-sending");
    submitButtons(form).forEach((button) => button.removeAttribute("aria-disabled"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
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
    // A download leaves the page as it is, so nothing would ever release the form.
    if (form.method !== "post" || form.hasAttribute("data-download")) return;
    form.setAttribute("data-sending", "");
    submitButtons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  }, true);

  // A page that comes back from the browser's cache must be usable again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

  document.addEventListener("change", (event) => {
    const control = event.target.closest("[data-autosubmit]");
    if (control?.form) control.form.requestSubmit();
  });

  // ---- Files ----

  const readable = (bytes) =>
    bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;

  function listFiles(input) {
    const list = input.closest("[data-dropzone]")?.querySelector(".drop-files");
    list?.replaceChildren(...[...input.files].map((file) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const size = document.createElement("span");
      name.textContent = file.name;
      size.textContent = readable(file.size);
      row.append(name, size);
      return row;
    }));
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-dropzone] input[type=file]")) listFiles(event.target);
  });
  document.addEventListener("reset", (event) => {
    setTimeout(() => event.target.querySelectorAll("[data-dropzone] input[type=file]").forEach(listFiles));
  });

  ["dragover", "dragleave", "drop"].forEach((type) => document.addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const zone = event.target.closest?.("[data-dropzone]");
    event.preventDefault(); // a file dropped beside the zone must not replace the page
    document.querySelectorAll("[data-dropzone].is-over").forEach((other) => other.classList.remove("is-over"));
    if (!zone) return;
    if (type === "dragover") zone.classList.add("is-over");
    if (type !== "drop") return;
    const input = zone.querySelector("input[type=file]");
    const given = new DataTransfer();
    [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => given.items.add(file));
    input.files = given.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }));

  const progressOf = (element) => element?.querySelector?.(".drop-progress");

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = progressOf(event.target);
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });

  // ---- What HTMX brings ----

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
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
  ["htmx:sendError", "htmx:timeout"].forEach((type) => document.addEventListener(type, () => toast(OFFLINE, "error")));

  document.addEventListener("aviso", (event) => toast(event.detail.texto ?? event.detail.value, event.detail.tipo));

  // After a refused form the first wrong field takes the focus.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr?.status !== 422) return;
    event.detail.elt?.querySelector?.(".is-invalid:is(input, select, textarea), .is-invalid input")?.focus();
  });

  // Tabs and chips that are wider than the screen begin at the one that is open.
  function showOpen(root) {
    root.querySelectorAll(".case-nav [aria-current], .chips .is-active").forEach((open) => {
      const row = open.closest(".case-nav, .chips");
      if (row.scrollWidth <= row.clientWidth || row.scrollLeft) return;
      const [inside, whole] = [open.getBoundingClientRect(), row.getBoundingClientRect()];
      if (inside.right > whole.right) row.scrollLeft = inside.left - whole.left - (whole.width - inside.width) / 2;
    });
  }
  showOpen(document);
  document.addEventListener("htmx:load", (event) => showOpen(event.detail.elt.parentElement ?? document));

  document.querySelectorAll("[data-flash][role=status]").forEach((flash) => dismissLater(flash, 10000));
})();
