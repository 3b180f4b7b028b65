// @ts-check
// While a note is written, the day that it names («volver a llamar el martes») is proposed as the day
// to come back to the case. Whoever changes or clears the field has decided: nothing is proposed again.
import { need, targetOf } from "./elements.js";

/** Between a key and the question, in milliseconds. */
const PAUSE = 350;
/** @type {number | undefined} */
let timer;

/**
 * @param {HTMLElement} box
 * @param {string} words
 */
function say(box, words) {
  const shown = need(HTMLElement, ".follow-up-words", box);
  if (shown.textContent !== words) shown.textContent = words;
}

/**
 * @param {HTMLElement} box
 * @param {HTMLTextAreaElement} area
 */
async function propose(box, area) {
  const input = need(HTMLInputElement, "[name=seguimiento]", box);
  if (!area.isConnected || box.hasAttribute("data-decided")) return;
  if (input.value && !box.hasAttribute("data-proposed")) return;
  const body = new FormData();
  body.set("texto", area.value);
  const token = area.form?.elements.namedItem("csrf_token");
  if (token instanceof HTMLInputElement) body.set("csrf_token", token.value);
  try {
    const answer = await fetch(box.dataset.followUp ?? "", { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok || box.hasAttribute("data-decided")) return;
    const { fecha, texto } = await answer.json();
    input.value = fecha ?? "";
    box.toggleAttribute("data-proposed", Boolean(fecha));
    say(box, fecha ? `Se le recordará: ${texto}` : "");
  } catch {
    // Without a connection nothing is proposed; the note itself says so when it is sent.
  }
}

document.addEventListener("input", (event) => {
  const target = targetOf(event);
  const box = target.closest("form")?.querySelector("[data-follow-up]");
  if (!box) return;
  if (target.matches("[name=seguimiento]")) {
    box.setAttribute("data-decided", "");
    box.removeAttribute("data-proposed");
    say(box, "");
  } else if (target instanceof HTMLTextAreaElement) {
    clearTimeout(timer);
    timer = setTimeout(() => propose(/** @type {HTMLElement} */ (box), target), PAUSE);
  }
});
