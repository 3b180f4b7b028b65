// @ts-check
// What others do appears here. Over the page's open line (avisos.js) the server says that something
// happened, and the board fetches what; without a connection it polls every 1.5 s, answered by 204
// as long as there is nothing new. What a person is doing (dragging, a menu) is not disturbed.
import { isListening } from "../avisos.js";
import { endSession } from "../session.js";
import { announce, toast } from "../toasts.js";
import { laneTotal, readCounts, totalOf } from "./counts.js";
import { board, cardOf, cards, isBusy, keepingScroll, listFor, lists, setCount, setWhole } from "./dom.js";
import { onClosed, openFor } from "./menu.js";
import { place, remove } from "./place.js";

const PERIOD = 1500;
/** With an open line, in case that it tells nothing. */
const SELDOM = 30000;
/** All boards are told at once; they do not ask at once. */
const SPREAD = 400;
const LONGEST = 15000;
/** After such a time out of sight the whole page is read again, in milliseconds. */
const LONG_AGO = 600000;

let last = board.dataset.event ?? "";
/** @type {number | undefined} */
let timer;
let failures = 0;
let asking = false;
let told = 0; // the event that the open line spoke of last
let seenAt = Date.now();
/** @type {(isNew: boolean) => void} */
let redraw = () => {};
/** @type {Map<string, () => void>} changes of the card whose menu is open, by its oficio's id */
const held = new Map();

/**
 * Have something called when cards were drawn again; with true after the whole board was.
 *
 * @param {(isNew: boolean) => void} listener
 */
export function onRedraw(listener) { redraw = listener; }

const filters = () => {
  const query = new URLSearchParams(location.search);
  query.delete("todo");
  return query;
};

/** @param {string} url */
async function request(url) {
  return fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store", signal: AbortSignal.timeout(10000) });
}

/** @param {string} html */
const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const period = () => (isListening() && told <= Number(last) ? SELDOM : PERIOD);

function later(delay = period()) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, delay);
}

/** Ask at once, because something was done here. */
export const askSoon = () => { if (last !== "") later(100); };

async function ask() {
  if (asking || last === "") return;
  if (isBusy()) {
    later(300);
    return;
  }
  asking = true;
  try {
    const query = filters();
    query.set("desde", last);
    const answer = await request(`${board.dataset.changes}?${query}`);
    if (answer.status === 401 || answer.redirected) ended();
    else if (answer.status === 205) await readAgain();
    else if (answer.status === 200) apply(parse(await answer.text()).getElementById("board-changes"));
    else if (answer.status !== 204) throw new Error(String(answer.status));
    if (failures >= 3 && last !== "") announce("El tablero está al día otra vez.");
    failures = 0;
  } catch {
    failures += 1;
    if (failures === 3) toast("Sin conexión con el servidor: el tablero puede no estar al día.", "aviso");
  } finally {
    asking = false;
    seenAt = Date.now();
    if (last !== "") later(failures ? Math.min(PERIOD * 2 ** Math.min(failures, 5), LONGEST) : period());
  }
}

function ended() {
  last = "";
  endSession();
}

/** @param {HTMLElement | null} changes the answer: cards with their places, ids that are gone, counts */
function apply(changes) {
  if (!changes || isBusy()) return; // asked again with the same event when the hand is free
  const { event = "", gone = "", counts = "", wholes = "" } = changes.dataset;
  last = event;
  const open = openFor();
  /**
   * @param {string | undefined} id
   * @param {() => void} change
   */
  const unless = (id, change) => {
    if (id && id === open) held.set(id, change);
    else change();
  };
  let lostLane = false;
  keepingScroll(() => {
    gone.split(" ").filter(Boolean).forEach((id) => unless(id, () => remove(cardOf(id))));
    changes.querySelectorAll("[data-above]").forEach((holder) => {
      const fresh = /** @type {HTMLElement} */ (document.adoptNode(/** @type {Element} */ (holder.firstElementChild)));
      if (!listFor(fresh)) lostLane = true;
      else unless(fresh.dataset.id, () => place(fresh, holder.dataset.above ?? ""));
    });
  });
  showCounts(readCounts(counts));
  readCounts(wholes).forEach((whole, estado) => setWhole(estado, whole));
  redraw(false);
  document.body.dispatchEvent(new CustomEvent("avisos:preguntar")); // static/js/avisos.js
  if (lostLane) readAgain().catch(() => {});
}

/** @param {Map<string, number>} counts */
function showCounts(counts) {
  lists().forEach((list) => setCount(list.dataset.key, counts.get(list.dataset.key ?? "") ?? 0));
  board.querySelectorAll("[data-total-of]").forEach((column) => {
    setCount(column.dataset.totalOf, totalOf(counts, column.dataset.totalOf));
  });
  board.querySelectorAll("[data-lane-count]").forEach((shown) => {
    shown.textContent = String(laneTotal(counts, shown.dataset.laneCount));
  });
}

/** Read the whole page again, as far as it was loaded, and keep places, folds and focus. */
export async function readAgain() {
  const page = parse(await (await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(20000) })).text());
  const next = page.getElementById("board");
  if (!next) {
    ended();
    return;
  }
  for (const list of lists()) {
    const wanted = list.querySelectorAll(".oficio-card").length;
    const fresh = [...next.querySelectorAll(".board-cards[data-key]")].find((other) => other.dataset.key === list.dataset.key);
    if (fresh) await loadMore(fresh, wanted);
  }
  if (isBusy() || openFor()) return; // the event is the old one: asked again soon
  const focused = document.activeElement?.closest("#board [id]")?.id;
  const folds = new Map([...board.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.hasAttribute("open")]));
  const places = new Map(lists().map((list) => [list.dataset.key, list.scrollTop]));
  const [left, top] = [board.scrollLeft, board.scrollTop];
  keepingScroll(() => {
    board.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
    folds.forEach((open, id) => { document.getElementById(id)?.toggleAttribute("open", open); });
  });
  lists().forEach((list) => { list.scrollTop = places.get(list.dataset.key) ?? 0; });
  board.scrollTo(left, top);
  last = next.dataset.event ?? "";
  htmx.process(board);
  redraw(true);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/**
 * Load the rest of a column, until it has as many cards as were seen before.
 *
 * @param {HTMLElement} list
 * @param {number} wanted
 */
async function loadMore(list, wanted) {
  let more = list.querySelector(".board-more");
  while (more && list.querySelectorAll(".oficio-card").length < wanted) {
    const part = parse(await (await request(more.getAttribute("hx-get") ?? "")).text());
    more.replaceWith(...part.body.childNodes);
    more = list.querySelector(".board-more");
  }
}

/** Begin to ask; a board that shows only a part of itself never does. */
export function startAsking() {
  if (last === "") return;
  later(PERIOD);
  document.body.addEventListener("novedades:tablero", ({ detail }) => {
    told = detail;
    if (last !== "" && !asking) later(Math.random() * SPREAD);
  });
  // The browser knows at once; a question that fails three times would tell after ten seconds.
  window.addEventListener("offline", () => {
    failures = Math.max(failures, 3);
    toast("Sin conexión: el tablero puede no estar al día, y lo que haga no se guarda.", "aviso");
  });
  window.addEventListener("online", () => later(0));
  document.body.addEventListener("novedades:cerrada", () => { if (last !== "") later(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (Date.now() - seenAt > LONG_AGO) readAgain().catch(() => {}).finally(() => later());
    else later(0);
  });
}

onClosed(() => {
  if (!held.size) return;
  setTimeout(() => {
    keepingScroll(() => held.forEach((change, id) => { if (!cardOf(id)?.classList.contains("is-sending")) change(); }));
    held.clear();
    redraw(false);
  }, 0);
});

// A loaded part may contain a card that was inserted meanwhile: drop the duplicate.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.detail.requestConfig?.path?.includes("/columnas/")) return;
  /** @type {Set<string>} */
  const known = new Set();
  cards().forEach((card) => { if (known.has(card.id)) card.remove(); else known.add(card.id); });
  redraw(false);
});
