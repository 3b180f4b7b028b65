// @ts-check
// Behind an @ in a note the colleagues who may see the case are offered; who is chosen is told once the
// note is saved. Without this script the name is typed whole.
import { make, targetOf } from "./elements.js";

/** What is typed of a name so far. */
const TYPED = /(?<![\p{L}\p{N}_.@+-])@([\p{L}\p{N}’' -]{0,60})$/u;
/** Most names offered at a time. */
const MOST = 6;

/** @type {Map<string, Promise<string[]>>} the names, by where they are asked for */
const known = new Map();
/** @type {{ area: HTMLTextAreaElement, box: HTMLElement, at: number, chosen: number } | undefined} */
let open;

/** @param {string} text */
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {string} url */
function namesOf(url) {
  let names = known.get(url);
  if (!names) {
    names = fetch(url, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { personas: [] }))
      .then(({ personas }) => personas)
      .catch(() => {
        known.delete(url); // without a connection nobody is offered; asked again at the next @
        return [];
      });
    known.set(url, names);
  }
  return names;
}

function close() {
  if (!open) return;
  open.area.removeAttribute("aria-activedescendant");
  open.area.removeAttribute("aria-controls");
  open.box.remove();
  open = undefined;
}

/** @param {number} index */
function mark(index) {
  if (!open) return;
  const options = [...open.box.querySelectorAll("[role=option]")];
  open.chosen = (index + options.length) % options.length;
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === open?.chosen)));
  open.area.setAttribute("aria-activedescendant", options[open.chosen]?.id ?? "");
}

/** @param {string} name */
function choose(name) {
  if (!open) return;
  const { area, at } = open;
  close();
  area.setRangeText(`@${name} `, at, area.selectionStart, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLTextAreaElement} area */
async function offer(area) {
  const typed = TYPED.exec(area.value.slice(0, area.selectionStart));
  if (!typed) {
    close();
    return;
  }
  const names = await namesOf(area.dataset.mentions ?? "");
  const said = fold(typed[1] ?? "");
  const fits = names.filter((name) => fold(name).startsWith(said) || fold(name).includes(` ${said}`)).slice(0, MOST);
  close();
  if (!fits.length || !area.isConnected || names.some((name) => said.startsWith(`${fold(name)} `))) return;
  const box = make("ul", { className: "mention-list", id: "mention-list" });
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "A quién mencionar");
  fits.forEach((name, number) => {
    const option = make("li", { textContent: name, id: `mention-${number}` });
    option.setAttribute("role", "option");
    box.append(option);
  });
  area.after(box);
  open = { area, box, at: typed.index, chosen: 0 };
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", box.id);
  mark(0);
}

document.addEventListener("input", (event) => {
  const target = targetOf(event);
  if (target instanceof HTMLTextAreaElement && target.dataset.mentions) offer(target);
});

// Before what else listens to Enter: a chosen name does not send the note.
document.addEventListener("keydown", (event) => {
  if (!open || targetOf(event) !== open.area) return;
  const names = [...open.box.children].map((option) => option.textContent ?? "");
  if (event.key === "ArrowDown") mark(open.chosen + 1);
  else if (event.key === "ArrowUp") mark(open.chosen - 1);
  else if (event.key === "Enter" || event.key === "Tab") choose(names[open.chosen] ?? "");
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("pointerdown", (event) => {
  const option = targetOf(event).closest("#mention-list [role=option]");
  if (!option) {
    close();
    return;
  }
  event.preventDefault();
  choose(option.textContent ?? "");
});
