// @ts-check
// The jump: «/» opens a box that finds cases, people, buffets and pages as one types. What is typed
// travels in the body of a POST and stands in no address.
import { need, targetOf } from "./elements.js";

const dialog = need(HTMLDialogElement, "#jump");
const form = need(HTMLFormElement, "#jump-form", dialog);
const input = need(HTMLInputElement, "#jump-q", dialog);
const list = need(HTMLElement, "#jump-list", dialog);
const total = need(HTMLElement, "#jump-total", dialog);
/** Between a key and the question, in milliseconds: who types fast asks once. */
const PAUSE = 40;

/** @type {AbortController | null} the question that is on its way */
let asked = null;
/** @type {number | undefined} */
let timer;
let chosen = -1;
/** Enter that came before its answer: what is found first is opened as it arrives. */
let isHasty = false;

const options = () => /** @type {HTMLAnchorElement[]} */ ([...list.querySelectorAll("[role=option]")]);

/** @param {number} place */
function choose(place) {
  const all = options();
  chosen = all.length ? (place + all.length) % all.length : -1;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  const option = all[chosen];
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

/** @param {boolean} inOtherTab */
function go(inOtherTab) {
  const option = options()[chosen];
  if (!option) return;
  if (inOtherTab) window.open(option.href, "_blank", "noopener");
  else window.location.assign(option.href);
}

async function ask() {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true", "Rastro-Persona": "1" },
      signal: mine.signal,
    });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("jump-found");
    if (mine.signal.aborted || !found) return;
    list.replaceChildren(document.adoptNode(found));
    const count = Number(found.dataset.total);
    total.textContent = count === 1 ? "1 resultado" : `${count.toLocaleString("es-CL")} resultados`;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  } catch {
    if (mine.signal.aborted) return;
    list.replaceChildren();
    choose(-1);
    total.textContent = navigator.onLine
      ? "No se pudo buscar. Recargue la página e inténtelo otra vez."
      : "Sin conexión: no se puede buscar.";
  }
  asked = null;
  // Of an earlier text, while a question of what was typed since waits: Enter meant that one.
  if (timer !== undefined) return;
  if (isHasty) go(false);
  isHasty = false;
}

/** @param {number} delay */
function askIn(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => { timer = undefined; ask(); }, delay);
}

/** @param {string} [text] what was typed already */
function open(text = "") {
  if (dialog.open) return;
  input.value = text;
  list.replaceChildren();
  dialog.showModal();
  input.focus();
  askIn(0);
}

input.addEventListener("input", () => {
  isHasty = false;
  askIn(PAUSE);
});

dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" && targetOf(event) === input) {
    if (timer !== undefined || asked) isHasty = true;
    else go(event.ctrlKey || event.metaKey);
  } else return;
  event.preventDefault();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
});

dialog.addEventListener("click", (event) => {
  // On the backdrop, or the button of a phone.
  if (event.target === dialog || targetOf(event).closest("#jump-close")) dialog.close();
});

dialog.addEventListener("close", () => {
  asked?.abort();
  clearTimeout(timer);
  timer = undefined;
  isHasty = false;
  list.replaceChildren();
  input.value = "";
});

document.addEventListener("saltar", () => open());
document.addEventListener("click", (event) => {
  if (targetOf(event).id === "buscar") open(/** @type {HTMLInputElement} */ (targetOf(event)).value);
});
