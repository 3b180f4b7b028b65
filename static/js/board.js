// The Kanban: dragging by mouse and touch, moving by keyboard, and putting cards where the server says.
//
// A drop posts estado, version and despues_de (the card above). The answer is the card as it now
// stands: 200 when it moved; 409 or 422 when it did not, and then its data-estado names its column.
(() => {
  "use strict";

  const board = document.querySelector(".board");
  if (!board) return;
  const { announce, toast } = window.rastro;

  // A move is small: without an answer in 20 s the card returns. Uploads elsewhere may take longer.
  board.setAttribute("hx-request", '{"timeout": 20000}');

  const lists = () => [...board.querySelectorAll(".board-cards[data-estado]:not(.board-drop)")];
  const listOf = (estado) => lists().find((list) => list.dataset.estado === estado);
  const labelOf = (list) => list.closest(".board-column").dataset.label;
  const nameOf = (card) => card.dataset.name || card.querySelector(".plate")?.textContent || "El oficio";

  // Where a card stood before it was dragged, until its answer is settled: id -> {list, nextId}.
  const origins = new Map();

  function putBack(card) {
    const origin = origins.get(card.id);
    if (!origin) return;
    const next = document.getElementById(origin.nextId);
    origin.list.insertBefore(card, next?.parentElement === origin.list ? next : null);
  }

  /** Put an answered card in the column that it names itself, at its old place when it was refused. */
  function settle(card, refused) {
    const home = listOf(card.dataset.estado);
    if (!home) card.remove(); // a board of one column does not show where it went
    else if (refused && origins.get(card.id)?.list === home) putBack(card);
    else if (card.closest(".board-cards") !== home) home.prepend(card);
    return home;
  }

  function post(card, list) {
    let above = card.previousElementSibling;
    while (above && !above.matches(".oficio-card")) above = above.previousElementSibling;
    const values = { estado: list.dataset.estado, version: card.dataset.version, despues_de: above?.dataset.id ?? "" };
    card.classList.add("is-sending");
    window.htmx.ajax("POST", card.dataset.moveUrl, { source: card, target: `#${card.id}`, swap: "outerHTML", values }).catch(() => {});
  }

  // ---- Dragging ----

  function onStart(event) {
    board.classList.add("is-dragging");
    origins.set(event.item.id, { list: event.from, nextId: event.item.nextElementSibling?.id ?? "" });
  }

  function onEnd(event) {
    board.classList.remove("is-dragging");
    board.querySelectorAll(".is-target").forEach((column) => column.classList.remove("is-target"));
    const card = event.item;
    let list = event.to;
    if (list.classList.contains("board-drop")) {
      list = listOf(list.dataset.estado);
      list.prepend(card);
    }
    if (list === event.from && event.oldIndex === event.newIndex) origins.delete(card.id);
    else post(card, list);
  }

  function onMove(event) {
    board.querySelectorAll(".is-target").forEach((column) => column.classList.remove("is-target"));
    if (event.to !== event.from) event.to.closest(".board-column").classList.add("is-target");
  }

  const options = {
    group: "oficios",
    draggable: ".oficio-card",
    filter: "a, button:not(.plate), [popover], input, select, textarea",
    preventOnFilter: false,
    animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    forceFallback: true,
    fallbackTolerance: 5,
    fallbackOnBody: true,
    scrollSensitivity: 60,
    onStart,
    onEnd,
    onMove,
  };

  /** A folded final column takes a drop on its whole strip. */
  function addDropStrip(column) {
    const strip = document.createElement("div");
    strip.className = "board-cards board-drop";
    strip.dataset.estado = column.dataset.estado;
    strip.hidden = column.open;
    column.querySelector("summary").append(strip); // what stands beside the summary is hidden while folded
    column.addEventListener("toggle", () => { strip.hidden = column.open; });
    window.Sortable.create(strip, options);
  }

  if (window.Sortable) {
    lists().forEach((list) => window.Sortable.create(list, options));
    board.querySelectorAll("details.board-column-final").forEach(addDropStrip);
  }

  // ---- Answers ----

  document.addEventListener("htmx:afterSwap", (event) => {
    const request = event.detail.requestConfig;
    const id = event.detail.target?.id;
    if (!id?.startsWith("oficio-card-") || request?.verb !== "post") return;
    const card = document.getElementById(id);
    if (!card) return;
    const refused = event.detail.xhr.status >= 400;
    const home = settle(card, refused);
    origins.delete(id);
    if (!home) {
      toast(`${nameOf(card)} salió de esta columna.`, "ok");
      return;
    }
    card.classList.add("is-changed");
    const folded = home.closest("details:not([open])");
    (folded ? folded.querySelector("summary") : card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    // A refusal brings its own sentence by HX-Trigger.
    if (!refused) announce(`${nameOf(card)} quedó en ${labelOf(home)}.`);
  });

  ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"].forEach((type) =>
    document.addEventListener(type, (event) => {
      const card = event.detail.elt?.closest?.(".oficio-card");
      if (!card) return;
      card.classList.remove("is-sending");
      if (!origins.has(card.id)) return;
      putBack(card);
      origins.delete(card.id);
      announce(`${nameOf(card)} volvió a donde estaba.`);
    }),
  );

  // ---- Keyboard ----

  function openMenu(card) {
    const menu = card.querySelector("[popover]");
    const button = menu && card.querySelector(`[popovertarget="${menu.id}"]`);
    if (!menu) return;
    menu.showPopover({ source: button });
    menu.querySelector("button, a")?.focus();
  }

  function neighbour(card, key) {
    if (key === "ArrowDown") return card.nextElementSibling;
    if (key === "ArrowUp") return card.previousElementSibling;
    const columns = lists().filter((list) => list.offsetParent && list.querySelector(".oficio-card"));
    const column = columns[columns.indexOf(card.closest(".board-cards")) + (key === "ArrowRight" ? 1 : -1)];
    return column?.querySelector(".oficio-card");
  }

  board.addEventListener("keydown", (event) => {
    const inMenu = event.target.closest("[popover]");
    if (inMenu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const entries = [...inMenu.querySelectorAll("button, a")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      entries[(entries.indexOf(event.target) + step + entries.length) % entries.length]?.focus();
      event.preventDefault();
      return;
    }
    const card = event.target.closest(".oficio-card");
    if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "m" || event.key === "M") openMenu(card);
    else if (event.key === "Enter") card.querySelector(".oficio-card-link")?.click();
    else if (event.key.startsWith("Arrow")) {
      const next = neighbour(card, event.key);
      if (!next?.matches?.(".oficio-card")) return;
      next.focus();
    } else return;
    event.preventDefault();
  });

  // A menu with the focus inside would otherwise leave it nowhere when it closes.
  board.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && event.target.matches("[popover]") && event.target.contains(document.activeElement)) {
      event.target.closest(".oficio-card")?.focus();
    }
  }, true);

  board.addEventListener("click", (event) => {
    if (event.target.closest("a, button, form, [popover], input")) return;
    const card = event.target.closest(".oficio-card");
    if (card && event.detail === 2) card.querySelector(".oficio-card-link")?.click();
  });

  if (!window.Sortable) toast("No se pudo cargar el arrastre. Mueva las tarjetas con su menú.", "aviso");
})();
