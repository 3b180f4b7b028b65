// @ts-check
// The bar over board, list and day: a link of it that takes long shows the shape of what comes.
import { targetOf } from "./elements.js";

/** For how long the page stays as it is: a fast answer must not flicker, in milliseconds. */
const PATIENCE = 150;

document.addEventListener("click", (event) => {
  const link = targetOf(event).closest("#home-bar a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  link.closest("[popover]")?.hidePopover();
  setTimeout(() => document.body.classList.add("is-leaving"), PATIENCE);
});

// A page that comes back from the browser's memory is whole.
window.addEventListener("pageshow", () => document.body.classList.remove("is-leaving"));
