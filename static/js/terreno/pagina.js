// The page of Terreno: a visit is kept on the phone first and sent afterwards, with a signal or not.
// Without this file the page is a list with plain forms.
(() => {
  "use strict";

  const root = document.getElementById("terreno");
  const { terrenoCola: cola, terrenoCercania: cercania, terrenoPanel: panel, terrenoFormulario: formulario } = self;
  /** Whose list is on the phone; static/js/terreno/cuenta.js reads it on every page. */
  const OWNER = "terreno-usuario";
  const SECOND = 1000;
  const WAIT = { first: 5 * SECOND, most: 300 * SECOND };
  const STALE = 300 * SECOND;

  const place = root.querySelector("[data-terreno-place]");
  const currentList = () => place.querySelector(".terreno-list");
  let usuarioId = null;
  let online = navigator.onLine;
  let sessionEnded = false;
  let running = false;
  let again = false;
  let wait = WAIT.first;
  let timer = null;
  let readAt = 0;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  // ---- The list ----

  /** Keep the list for when there is no signal, without the tokens of its forms. */
  async function keep(list) {
    const copy = list.cloneNode(true);
    copy.querySelectorAll("[name=csrf_token]").forEach((input) => input.remove());
    copy.querySelectorAll("[data-terreno-waiting]").forEach((waiting) => waiting.replaceChildren());
    localStorage.setItem(OWNER, String(usuarioId));
    await cola.forgetLists(usuarioId);
    await cola.keepList(usuarioId, copy.outerHTML, list.dataset.generadaTexto);
  }

  /** Filter as its person types, and put in order. */
  function arrange() {
    const wanted = fold(root.querySelector("#terreno-q").value);
    let shown = 0;
    place.querySelectorAll(".terreno-group").forEach((group) => {
      let count = 0;
      group.querySelectorAll(".terreno-lugar").forEach((card) => {
        card.hidden = !card.dataset.busqueda.includes(wanted);
        count += card.hidden ? 0 : 1;
      });
      group.hidden = count === 0;
      group.querySelector("[data-terreno-count]").textContent = count;
      if (wanted) group.open = true;
      shown += count;
    });
    root.querySelector("[data-terreno-nothing]").hidden = shown > 0 || !wanted;
    cercania.order();
  }

  async function readList() {
    if (formulario.isDirty(place)) return;
    const { status, body } = await cola.ask("/lista");
    if (status !== 200 || formulario.isDirty(place)) return;
    const open = [...place.querySelectorAll(".terreno-group[open]")].map((group) => group.dataset.grupo);
    place.innerHTML = body.html;
    open.forEach((name) => place.querySelector(`[data-grupo=${name}]`)?.setAttribute("open", ""));
    readAt = Date.now();
    await keep(currentList());
    arrange();
  }

  function sayState() {
    const line = root.querySelector("[data-terreno-state]");
    line.hidden = online;
    const list = currentList();
    const from = list ? ` La lista es del ${list.dataset.generadaTexto}.` : "";
    line.textContent = online ? "" : `Sin señal.${from} Lo que registre queda en el teléfono y se envía después.`;
  }

  function sayLimit(text) {
    const line = root.querySelector("[data-terreno-limit]");
    line.textContent = text;
    line.hidden = false;
  }

  async function refresh(reading) {
    const { total, text, sendable } = await panel.show(usuarioId, { online, isHidden: sessionEnded }, reading);
    root.querySelector("[data-terreno-session]").hidden = !sessionEnded;
    root.querySelector("[data-terreno-session-text]").textContent = total
      ? `${text} ${total === 1 ? "espera" : "esperan"} en este teléfono: entre con su cuenta para enviar lo que falta.`
      : "Entre con su cuenta para ver la lista de hoy.";
    sayState();
    return sendable;
  }

  // ---- Sending ----

  /** Send what waits, then show how things are; called again while it runs, it runs once more. */
  async function sync() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    clearTimeout(timer);
    let result = { estado: "despues" };
    do {
      again = false;
      try {
        result = await cola.send();
      } catch {
        result = { estado: "despues" };
      }
    } while (again);
    running = false;
    await follow(result);
  }

  async function follow({ estado, usuario, version, avisos = [] }) {
    avisos.forEach((text) => self.rastro?.toast(text, "info"));
    online = estado !== "sin-senal";
    if (!online) readAt = 0; // what others did meanwhile is of interest when the signal is back
    if (estado === "sesion") {
      // The server ended it: what others might read goes, what waits stays.
      sessionEnded = true;
      await cola.forgetLists();
    } else if (usuario) {
      sessionEnded = false;
      if (usuario.id !== usuarioId) return changeOwner(usuario.id);
      try {
        if (Date.now() - readAt > STALE) await readList();
      } catch {
        online = false;
      }
    }
    const sendable = await refresh();
    if (version && version !== root.dataset.version) navigator.serviceWorker?.getRegistration().then((found) => found?.update());
    const isDone = estado === "ok" || estado === "sesion" || estado === "cuenta";
    if (isDone) wait = WAIT.first;
    if (!isDone && (sendable || !online)) {
      timer = setTimeout(sync, wait * (0.75 + Math.random() / 2));
      wait = Math.min(2 * wait, WAIT.most);
    }
    return undefined;
  }

  /** Somebody else signed in on this phone: their own page, and nothing of who was here. */
  async function changeOwner(id) {
    await cola.forgetLists(id);
    localStorage.setItem(OWNER, String(id));
    window.location.reload();
  }

  function soon() {
    wait = WAIT.first;
    readAt = 0;
    return sync();
  }

  async function saved() {
    navigator.storage?.persist?.();
    const registration = await navigator.serviceWorker?.getRegistration();
    registration?.sync?.register("terreno").catch(() => {}); // not allowed here: the page sends by itself
    await refresh();
    await soon();
  }

  // ---- The worker ----

  async function install() {
    if (!("serviceWorker" in navigator)) {
      sayLimit("Aquí Terreno funciona solo con la página abierta: para abrirlo sin señal, entre a Rastro por https.");
      return;
    }
    const isUpdate = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener("controllerchange", async () => {
      if (!isUpdate || formulario.isDirty(place)) return;
      const { body } = await cola.session();
      if (body.version && body.version !== root.dataset.version) window.location.reload();
    });
    try {
      await navigator.serviceWorker.register(root.dataset.sw, { scope: root.dataset.scope, updateViaCache: "none" });
    } catch {
      // Switched off in this browser: Terreno works while the page is open.
    }
  }

  // ---- Start ----

  async function openKept() {
    const stored = usuarioId ? await cola.keptList(usuarioId) : null;
    if (stored) place.innerHTML = stored.html;
    else {
      root.querySelector("[data-terreno-empty]").textContent =
        "No hay una lista guardada en este teléfono. Cuando tenga señal, abra Terreno y entre con su cuenta.";
    }
  }

  async function start() {
    const list = currentList();
    usuarioId = Number(list?.dataset.usuarioId || localStorage.getItem(OWNER)) || null;
    const reading = cola.waiting(usuarioId); // while the list is put in its place
    reading.catch(() => {}); // without a store, what follows fails as well
    const isFiltered = new URLSearchParams(window.location.search).has("q");
    if (list) {
      online = true;
      readAt = Date.now();
      if (!isFiltered && !list.querySelector(".field-error")) await keep(list);
    } else {
      online = false;
      await openKept();
    }
    formulario.start(root, { usuarioId: () => usuarioId, saved });
    panel.start(root, soon);
    arrange();
    cola.listen(() => refresh());
    await refresh(reading);
    performance.mark("terreno-listo");
    root.dataset.listo = "";
    cercania.start(root);
    window.addEventListener("online", soon);
    window.addEventListener("offline", () => { online = false; refresh(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
    const filter = root.querySelector("[data-terreno-filter]");
    filter.addEventListener("input", arrange);
    filter.addEventListener("submit", (event) => event.preventDefault());
    install();
    await sync();
  }

  // A browser that keeps nothing (a private window) sends the plain forms.
  start().catch(() => sayLimit("Este navegador no guarda nada en el teléfono, así que Terreno funciona solo con señal."));
})();
