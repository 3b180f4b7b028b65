// @ts-check
// The photos of «¡Ubicado!»: each is sent as soon as it is taken, and shown with what became of it.
import { field, make, need } from "../elements.js";

const LOST = "No se envió: no hay señal. Tóquela para intentarlo otra vez.";

/** @param {number} number */
const files = (number) => (number === 1 ? "1 foto" : `${number} fotos`);

/**
 * What is said of the photos of the form.
 *
 * @param {{sending: number, lost: number, refused: number}} counts those refused are lost as well
 */
export function sentence({ sending, lost, refused }) {
  if (sending) return `Subiendo ${files(sending)}…`;
  if (refused) return `${files(refused)} no se ${refused === 1 ? "puede" : "pueden"} enviar: guárdela en el teléfono si la necesita y quítela para seguir.`;
  return lost ? `${files(lost)} sin enviar: toque para reintentar, o quítela.` : "";
}

/** An id of one photo; `crypto.randomUUID` is missing where the page came without TLS. */
const newId = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 14)}`;

/** @param {File} file */
function makeTile(file) {
  const url = URL.createObjectURL(file);
  const tile = make("li", { className: "ubicado-tile is-sending" });
  const button = make("button", { type: "button", className: "gallery-item ubicado-retry" });
  const picture = make("img", { alt: file.name, src: url });
  const bar = make("progress", { max: 100, value: 0 });
  const words = make("span", { className: "gallery-caption", textContent: "Subiendo…" });
  const remove = make("button", { type: "button", className: "btn btn-sm ubicado-remove", textContent: "Quitar", hidden: true });
  const keep = make("a", {
    className: "btn btn-sm ubicado-remove", textContent: "Guardar en el teléfono", href: url, download: file.name || "foto.jpg", hidden: true,
  });
  // A browser that cannot draw the format (HEIC) shows its name alone.
  picture.addEventListener("error", () => picture.remove());
  bar.setAttribute("aria-label", `Avance de ${file.name}`);
  button.append(picture, bar, words);
  tile.append(button, keep, remove);
  return { tile, button, bar, words, remove, keep };
}

/** One photo on its way to the server, as often as it takes. */
class Photo {
  /**
   * @param {HTMLFormElement} form
   * @param {File} file
   * @param {() => void} count called when something changed
   */
  constructor(form, file, count) {
    this.form = form;
    this.file = file;
    this.count = count;
    this.tiles = need(HTMLElement, ".ubicado-tiles", form);
    // The same id at every try: what arrived although its answer was lost is the same photo.
    this.id = newId();
    this.view = makeTile(file);
    this.tiles.append(this.view.tile);
    this.view.button.addEventListener("click", () => this.view.tile.classList.contains("is-lost") && this.send());
    this.view.remove.addEventListener("click", () => this.end());
  }

  /** Take its tile away: it is stored, or its person does not want it. */
  end() {
    URL.revokeObjectURL(this.view.keep.href);
    this.view.tile.remove();
    this.count();
  }

  /**
   * Not stored. The same file gets the same answer when it was refused: no other try then.
   *
   * @param {string} text
   * @param {boolean} [isRefused]
   */
  lose(text, isRefused = false) {
    this.view.tile.className = `ubicado-tile is-lost${isRefused ? " is-refused" : ""}`;
    this.view.button.disabled = isRefused;
    this.view.keep.hidden = !isRefused;
    this.view.words.textContent = text;
    this.view.bar.hidden = true;
    this.view.remove.hidden = false;
    this.count();
  }

  /** @param {XMLHttpRequest} request */
  settle(request) {
    const root = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".ubicado-tiles");
    const stored = root?.querySelectorAll(".ubicado-tile") ?? [];
    if (request.status === 200 && stored.length) {
      for (const tile of stored) {
        const { value } = need(HTMLInputElement, "input", tile);
        if (!this.tiles.querySelector(`input[value="${value}"]`)) this.view.tile.before(tile);
      }
      this.end();
      return;
    }
    const problem = root?.querySelector(".ubicado-problem")?.textContent;
    if (request.status === 413) this.lose("Es demasiado grande para enviarla.", true);
    else if (request.status === 422 && problem) this.lose(problem, true);
    else this.lose(problem || "El servidor no la aceptó. Tóquela para intentarlo otra vez, o recargue la página.");
  }

  /** Send it, for the first time or once more. */
  send() {
    const { tile, bar, words, remove, keep } = this.view;
    const data = new FormData();
    data.append("csrf_token", field(this.form, "csrf_token").value);
    data.append("foto_id", this.id);
    data.append("fotos", this.file, this.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", this.form.dataset.upload ?? "");
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => this.settle(request));
    request.addEventListener("error", () => this.lose(LOST));
    request.addEventListener("abort", () => this.lose(LOST));
    tile.className = "ubicado-tile is-sending";
    words.textContent = "Subiendo…";
    bar.hidden = false;
    bar.value = 0;
    remove.hidden = true;
    keep.hidden = true;
    this.count();
    request.send(data);
  }
}

/**
 * Send the photos of a form as they are taken; until all are stored it cannot be sent itself.
 *
 * @param {HTMLFormElement} form
 */
export function sendPhotos(form) {
  const sendButton = need(HTMLButtonElement, ".ubicado-submit", form);
  const status = need(HTMLElement, "[data-photo-status]", form);
  const count = () => {
    const [sending, lost, refused] = ["is-sending", "is-lost", "is-refused"].map((name) => form.querySelectorAll(`.ubicado-tiles .${name}`).length);
    sendButton.disabled = sending + lost > 0;
    status.textContent = sentence({ sending, lost, refused });
  };
  form.addEventListener("change", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || !target.matches(".ubicado-shoot input[type=file]")) return;
    const taken = [...target.files ?? []];
    target.value = ""; // they go on their own, not again with the form
    taken.forEach((file) => new Photo(form, file, count).send());
  });
}
