// What others do appears here. Over the page's open line (avisos.js) the server says that something
// happened, and the board asks what; without a line it asks every second and a half, answered by 204
// as long as there is nothing new. What a person is doing (dragging, a menu) is not disturbed.
import { announce, board, cardOf, cards, isBusy, keepingScroll, listFor, lists, replaceCard, setCount, toast } from "./dom.js";
import { onClosed, openFor } from "./menu.js";

const PERIOD = 1500;
/** With an open line, in case that it tells nothing. */
const SELDOM = 30000;
/** All boards are told at once; they do not ask at once. */
const SPREAD = 400;
const LONGEST = 15000;
/** After such a time out of sight the whole page is read again, in milliseconds. */
const LONG_AGO = 600000;

let last = board.dataset.event;
let timer = null;
let failures = 0;
let asking = false;
let told = 0; // the event that the open line spoke of last
let seenAt = Date.now();
let redraw = () => {};
const held = new Map(); // changes of the card whose menu is open: id -> function

/** Have something called when cards were drawn again; with true after the whole board was. */
export function onRedraw(listener) { redraw = listener; }

const filters = () => {
  const query = new URLSearchParams(location.search);
  query.delete("todo");
  return query;
};

async function request(url) {
  return fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store", signal: AbortSignal.timeout(10000) });
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const period = () => (window.rastro.isListening?.() && told <= Number(last) ? SELDOM : PERIOD);

function later(delay = period()) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, delay);
}

/** Ask at once, because something was done here. */
export const askSoon = () => { if (last !== "") later(100); };

async function ask() {
  if (asking || last === "") return;
  if (isBusy()) return later(300);
  asking = true;
  try {
    const query = filters();
    query.set("desde", last);
    const answer = await request(`${board.dataset.changes}?${query}`);
    if (answer.status === 401 || answer.redirected) return ended();
    if (answer.status === 205) await readAgain();
    else if (answer.status === 200) apply(parse(await answer.text()).getElementById("board-changes"));
    else if (answer.status !== 204) throw new Error(String(answer.status));
    if (failures >= 3) announce("El tablero está al día otra vez.");
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
  toast("Su sesión terminó. Recargue la página para entrar otra vez.", "aviso");
}

function apply(changes) {
  if (!changes || isBusy()) return; // asked again with the same event when the hand is free
  last = changes.dataset.event;
  const open = openFor();
  const unless = (id, change) => {
    if (id === open) held.set(id, change);
    else change();
  };
  let lostLane = false;
  keepingScroll(() => {
    changes.dataset.gone.split(" ").filter(Boolean).forEach((id) => unless(id, () => remove(cardOf(id))));
    changes.querySelectorAll("[data-above]").forEach((holder) => {
      const fresh = document.adoptNode(holder.firstElementChild);
      if (!listFor(fresh)) lostLane = true;
      else unless(fresh.dataset.id, () => place(fresh, holder.dataset.above));
    });
  });
  const counts = new Map(changes.dataset.counts.split(" ").filter(Boolean).map((pair) => pair.split(":")));
  showCounts(counts);
  redraw(false);
  document.body.dispatchEvent(new CustomEvent("avisos:preguntar")); // static/js/avisos.js
  if (lostLane) readAgain().catch(() => {});
}

function showCounts(counts) {
  lists().forEach((list) => setCount(list.dataset.key, Number(counts.get(list.dataset.key) ?? 0)));
  board.querySelectorAll("[data-total-of]").forEach(({ dataset: { totalOf } }) => {
    const keys = [...counts.keys()].filter((key) => key.startsWith(`${totalOf}-`));
    setCount(totalOf, keys.reduce((sum, key) => sum + Number(counts.get(key)), 0));
  });
  board.querySelectorAll("[data-lane-count]").forEach((shown) => {
    const keys = [...counts.keys()].filter((key) => key.endsWith(`-${shown.dataset.laneCount}`));
    shown.textContent = keys.reduce((sum, key) => sum + Number(counts.get(key)), 0);
  });
}

/** Take a card away; the focus goes to its neighbour, not to nowhere. */
function remove(card) {
  if (!card) return;
  const neighbour = card.nextElementSibling ?? card.previousElementSibling;
  const hadFocus = card.contains(document.activeElement);
  card.remove();
  if (hadFocus) neighbour?.focus?.({ preventScroll: true });
}

/** Put a card where it now belongs: below another, or on top. What lies beyond the part that is loaded comes by scrolling. */
function place(fresh, aboveId) {
  const list = listFor(fresh);
  const old = cardOf(fresh.dataset.id);
  const over = aboveId ? cardOf(aboveId) : null;
  const more = list.querySelector(".board-more");
  const isKnown = !aboveId || over?.parentElement === list;
  const isBeyond = more && (!isKnown || over?.nextElementSibling === more || (over && over.nextElementSibling === old && old?.nextElementSibling === more));
  if (isBeyond && old?.parentElement !== list) return remove(old);
  if (isBeyond && !isKnown) return remove(old);
  const isSame = old?.dataset.stamp === fresh.dataset.stamp;
  const card = isSame ? old : old ? replaceCard(old, fresh) : fresh;
  if (!isSame) card.classList.add("is-changed");
  const hadFocus = card.contains(document.activeElement) ? document.activeElement : null;
  const isThere = card.parentElement === list && (over ? over.nextElementSibling === card : isKnown && list.firstElementChild === card);
  if (isThere) return undefined;
  if (over && isKnown) over.after(card);
  else if (isKnown) list.prepend(card);
  else list.append(card);
  hadFocus?.focus({ preventScroll: true });
  return undefined;
}

/** Read the whole page again, as far as it was loaded, and keep places, folds and focus. */
export async function readAgain() {
  const page = parse(await (await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(20000) })).text());
  const next = page.getElementById("board");
  if (!next) return ended();
  for (const list of lists()) {
    const wanted = list.querySelectorAll(".oficio-card").length;
    const fresh = [...next.querySelectorAll(".board-cards[data-key]")].find((other) => other.dataset.key === list.dataset.key);
    for (let more = fresh?.querySelector(".board-more"); more && fresh.querySelectorAll(".oficio-card").length < wanted; more = fresh.querySelector(".board-more")) {
      const part = parse(await (await request(more.getAttribute("hx-get"))).text());
      more.replaceWith(...part.body.childNodes);
    }
  }
  if (isBusy() || openFor()) return undefined; // the event is the old one: asked again soon
  const focused = document.activeElement?.closest?.("#board [id]")?.id;
  const folds = new Map([...board.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
  const places = new Map(lists().map((list) => [list.dataset.key, list.scrollTop]));
  const [left, top] = [board.scrollLeft, board.scrollTop];
  keepingScroll(() => {
    board.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
    folds.forEach((open, id) => { const fold = document.getElementById(id); if (fold) fold.open = open; });
  });
  lists().forEach((list) => { list.scrollTop = places.get(list.dataset.key) ?? 0; });
  board.scrollTo(left, top);
  last = next.dataset.event;
  window.htmx.process(board);
  redraw(true);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return undefined;
}

/** Begin to ask; a board that shows only a part of itself never does. */
export function startAsking() {
  if (last === "") return;
  later(PERIOD);
  document.body.addEventListener("novedades:tablero", ({ detail }) => {
    told = detail;
    if (last !== "" && !asking) later(Math.random() * SPREAD);
  });
  document.body.addEventListener("novedades:cerrada", () => { if (last !== "") later(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return clearTimeout(timer);
    return Date.now() - seenAt > LONG_AGO ? readAgain().catch(() => {}).finally(() => later()) : later(0);
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

// A part that is loaded may bring a card that was put there meanwhile: one of the two is enough.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!event.detail.requestConfig?.path?.includes("/columnas/")) return;
  const known = new Set();
  cards().forEach((card) => { if (known.has(card.id)) card.remove(); else known.add(card.id); });
  redraw(false);
});
