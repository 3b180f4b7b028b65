// @ts-check
// The case page: Enter sends a line, keys do what is done most, the case before and after in the list
// that one came from, and what others do appears without taking away what a person is typing.
import { isListening } from "./avisos.js";
import { morph } from "./morph.js";
import { endSession, isOver } from "./session.js";

const CASE = /^\/oficios\/(\d+)(\/|$)/;

/** Where the list that one came from is kept: its cases in their order. */
const LIST = "casos-de-la-lista";

// ---- A line ----

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.matches("[data-enter-sends]")) return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  field.form?.requestSubmit();
});

// What was saved leads on to the next line.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const { elt, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr?.status !== 200 || !(elt instanceof HTMLElement) || !elt.id.startsWith("oficio-resumen-")) return;
  if (!document.activeElement || document.activeElement === document.body) line()?.focus();
});

// ---- Keys ----

/** The field of the line, where the page has one. */
function line() {
  const field = document.getElementById("linea");
  return field instanceof HTMLTextAreaElement ? field : null;
}

/** @param {"nota" | "llamada"} tipo */
function write(tipo) {
  const field = line();
  if (!field) {
    window.location.assign(`${window.location.pathname.replace(CASE, "/oficios/$1")}#${tipo}`);
    return;
  }
  const choice = field.form?.querySelector(`[name="tipo"][value="${tipo}"]`);
  if (choice instanceof HTMLInputElement) choice.checked = true;
  field.focus();
  field.scrollIntoView({ block: "center" });
}

/** @param {string} selector */
function press(selector) {
  const found = document.querySelector(selector);
  const control = found?.querySelector("button") ?? found;
  if (!(control instanceof HTMLElement)) return;
  const menu = control.closest("[popover]");
  if (menu instanceof HTMLElement && control.matches("summary")) menu.showPopover();
  control.click();
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-write]") : null;
  if (!link || !line()) return; // on another section the link leads to the Resumen
  event.preventDefault();
  write(link.getAttribute("data-write") === "llamada" ? "llamada" : "nota");
});

/** @type {Record<string, () => void>} */
const KEYS = {
  n: () => write("nota"),
  l: () => write("llamada"),
  u: () => press("[data-key='u']"),
  c: () => press("[data-key='c']"),
  "[": () => press("[data-previous][href]"),
  "]": () => press("[data-next][href]"),
  "?": () => {
    const help = document.getElementById("teclas-del-caso");
    if (help instanceof HTMLDialogElement) help.showModal();
  },
};

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

if (window.location.hash === "#nota") write("nota");
if (window.location.hash === "#llamada") write("llamada");

// ---- The case before and after ----

/** The cases of the list that one came from. */
function listed() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(LIST) ?? "[]");
    return Array.isArray(kept) ? kept.map(Number) : [];
  } catch {
    return [];
  }
}

function showNeighbours() {
  const here = Number(CASE.exec(window.location.pathname)?.[1]);
  const cases = listed();
  const place = cases.indexOf(here);
  const nav = document.querySelector("[data-neighbours]");
  if (!(nav instanceof HTMLElement) || place < 0 || cases.length < 2) return;
  for (const [selector, other] of [["[data-previous]", cases[place - 1]], ["[data-next]", cases[place + 1]]]) {
    const link = nav.querySelector(String(selector));
    if (link instanceof HTMLAnchorElement && other) link.href = `/oficios/${other}`;
  }
  const told = nav.querySelector("[data-place]");
  if (told) told.textContent = `${place + 1} de ${cases.length}`;
  nav.hidden = false;
}
showNeighbours();
document.body.addEventListener("htmx:oobAfterSwap", showNeighbours);

// ---- What others do ----

// The server tells at once while its line is open; where it holds none, the page asks by itself.
const PERIOD = 30000;
const PERIOD_WITHOUT_LINE = 4000;
let asked = 0;
let asking = false;
/** @type {number | undefined} */
let timer;

/** The section that stands on the page: what is asked for anew. */
function section() {
  return document.querySelector(".case-content > [id^='oficio-']:not(.case-warnings)");
}

/** Whether the section shows something else than its address does: a form to edit, a refusal. */
let isElsewhere = false;

/** How often a person's own deed has put another section in place of the one that stood there. */
let swaps = 0;

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.target === section()) swaps += 1;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  const { elt, xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (!(elt instanceof HTMLElement) || elt !== section() || !requestConfig) return;
  const path = new URL(requestConfig.path, window.location.href).pathname;
  isElsewhere = requestConfig.verb === "get" ? path !== window.location.pathname : xhr.status !== 200;
});

/** Whether the address is that of a section, and not of a form in it. */
const isSection = () =>
  [...document.querySelectorAll(".case-nav a[href]")].some((link) => link.getAttribute("href") === window.location.pathname);

/** Ask for the section as it is now, and put in place what differs. */
async function refresh() {
  if (asking || document.hidden || section()?.matches(".htmx-settling, :has(form[data-sending])")) return;
  asking = true;
  asked = Date.now();
  const swapsBefore = swaps;
  try {
    // data-keep: it shows what was asked for once, and asking for it again would cover it.
    const keeps = isElsewhere || !isSection() || Boolean(section()?.hasAttribute("data-keep"));
    const home = document.querySelector(".case-tabs > a")?.getAttribute("href") ?? window.location.pathname;
    const answer = await fetch(keeps ? home : window.location.href, {
      headers: { "HX-Request": "true", "X-Caso": "vivo" },
      redirect: "error",
    });
    if (answer.status === 401) endSession();
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    const was = section();
    // A form that was opened meanwhile is newer than the answer, which would take it away.
    if (!answer.ok || !was || swaps !== swapsBefore) return;
    for (const element of [...fresh.content.children]) {
      const old = element.id ? document.getElementById(element.id) : null;
      // Of the section in which somebody edits, only what is around it is renewed.
      if (!old || (keeps && old === was) || old.matches(":has(:popover-open)")) continue;
      element.removeAttribute("hx-swap-oob");
      for (const added of morph(old, element)) if (added instanceof Element) htmx.process(added);
    }
    showNeighbours();
  } catch {
    // Without a connection the page stays as it is; the next news ask again.
  } finally {
    asking = false;
  }
}

/** @param {number} delay milliseconds */
function later(delay) {
  clearTimeout(timer);
  if (isOver()) return;
  timer = setTimeout(async () => {
    await refresh();
    later(isListening() ? PERIOD : PERIOD_WITHOUT_LINE);
  }, Math.max(delay, 800 - (Date.now() - asked)));
}

document.body.addEventListener("novedades:caso", () => later(0));
document.body.addEventListener("avisos:nuevos", () => later(0));
document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
later(PERIOD_WITHOUT_LINE);
