// @ts-check
// A paper beside its form: taking what the other paper says, going from doubt to doubt, lighting the
// place of the field that is worked at, zoom.

/** @param {Event} event @param {string} selector */
const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

const pages = document.querySelector(".paper-pages");

/** @param {Element} field */
const light = (field) => {
  for (const mark of document.querySelectorAll(".paper-mark.is-lit")) mark.classList.remove("is-lit");
  const marks = document.querySelectorAll(`.paper-view a[href="#${field.id}"] .paper-mark`);
  for (const mark of marks) mark.classList.add("is-lit");
  if (!pages || !marks[0]) return;
  // Only the pages move: the field stays where it is.
  const frame = pages.getBoundingClientRect();
  const place = marks[0].getBoundingClientRect();
  if (place.top < frame.top || place.bottom > frame.bottom) {
    pages.scrollBy({ top: place.top - frame.top - frame.height / 3 });
  }
};

document.addEventListener("focusin", (event) => {
  const field = closest(event, ".paper-field");
  if (field) light(field);
});

let last = -1;

/** @param {boolean} isTyping whether its input is entered: from the keyboard the next «n» would be typed */
const goToNextDoubt = (isTyping) => {
  const doubts = [...document.querySelectorAll(".paper-field.is-doubtful")];
  if (!doubts.length) return;
  last = (last + 1) % doubts.length;
  const field = doubts[last];
  field.scrollIntoView({ block: "center" });
  const control = isTyping ? field.querySelector("input:not([type=hidden]), select, textarea") : field;
  if (control === field) field.setAttribute("tabindex", "-1");
  if (control instanceof HTMLElement) control.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  if (closest(event, "[data-next-doubt]")) {
    event.preventDefault();
    goToNextDoubt(true);
    return;
  }
  const zoom = closest(event, "[data-zoom]");
  if (zoom instanceof HTMLElement && pages instanceof HTMLElement) {
    const before = Number(pages.dataset.percent ?? 100);
    const percent = Math.min(300, Math.max(50, before + Number(zoom.dataset.zoom)));
    pages.dataset.percent = String(percent);
    pages.style.setProperty("--zoom", String(percent / 100));
    const told = zoom.parentElement?.querySelector("output");
    if (told) told.textContent = `${percent} %`;
    return;
  }
  const button = closest(event, "[data-use]");
  if (!(button instanceof HTMLButtonElement)) return;
  const field = document.getElementById(button.dataset.for ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const before = field.value;
  field.value = button.dataset.use ?? "";
  button.dataset.use = before;
  button.textContent = before ? `Volver a «${before}»` : "Dejar vacío";
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (closest(event, "input, textarea, select") || document.querySelector("dialog[open]")) return;
  if (!document.querySelector("[data-next-doubt]")) return;
  event.preventDefault();
  goToNextDoubt(false);
});

document.querySelector(".paper-zoom")?.removeAttribute("hidden");

const thumbs = document.querySelectorAll(".paper-thumb");
if (pages && thumbs.length) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const thumb of thumbs) {
          const isHere = thumb.getAttribute("href") === `#${entry.target.id}`;
          thumb.classList.toggle("is-current", isHere);
          if (isHere) thumb.setAttribute("aria-current", "true");
          else thumb.removeAttribute("aria-current");
        }
      }
    },
    // A page is the one that is read where it crosses the upper third.
    { root: pages, rootMargin: "-30% 0px -69% 0px" },
  );
  for (const sheet of document.querySelectorAll(".paper-sheet")) seen.observe(sheet);
}
