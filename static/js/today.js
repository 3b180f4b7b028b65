// @ts-check
// The keys of *Hoy*: walking over what there is to do, and postponing it.
import { targetOf } from "./elements.js";

const links = () => /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".todo-link")]);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (targetOf(event).closest("input, textarea, select") || document.querySelector("dialog[open], [popover]:popover-open")) return;
  const all = links();
  const row = document.activeElement?.closest(".todo");
  const here = all.findIndex((link) => link.closest(".todo") === row);
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.min(all.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "p" && row) row.querySelector(".todo-later")?.click();
  else return;
  event.preventDefault();
});
