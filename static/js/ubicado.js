// «¡Ubicado!» on a phone: the position is asked for when the page opens, and each photo is sent as
// soon as it is taken, so that only a few words are left to send in the end.
// Hook: form[data-ubicado][data-upload]. Without scripts the same form sends its files itself.
(() => {
  "use strict";

  const form = document.querySelector("form[data-ubicado]");
  if (!form) return;
  const { lat, lon, exactitud_m: accuracy, sin_posicion: without } = form.elements;
  const sendButton = form.querySelector(".ubicado-submit");

  // ---- Position ----

  const box = form.querySelector(".ubicado-position");
  const again = form.querySelector("[data-position-again]");
  const WITHOUT = "Escriba la dirección, o una referencia si está en la calle.";
  const REASONS = {
    1: `No hay permiso para usar la posición: actívelo en el navegador y toque «Usar mi posición». ${WITHOUT}`,
    2: `El teléfono no encuentra su posición: salga a cielo abierto. ${WITHOUT}`,
    3: `La posición está tardando. ${WITHOUT}`,
  };
  //: Milliseconds after which a newer position counts more than a more exact one.
  const OLD = 30000;
  let watch = null;
  let takenAt = 0;

  function say(state, text) {
    box.dataset.state = state;
    const status = box.querySelector("[data-position-status]");
    if (status.textContent !== text) status.textContent = text;
  }

  function taken({ coords, timestamp }) {
    const worse = accuracy.value !== "" && coords.accuracy > Number(accuracy.value);
    if (worse && timestamp - takenAt < OLD) return;
    takenAt = timestamp;
    lat.value = coords.latitude.toFixed(6);
    lon.value = coords.longitude.toFixed(6);
    accuracy.value = Math.round(coords.accuracy);
    without.value = "";
    const metres = Math.round(coords.accuracy).toLocaleString("es-CL");
    const coarse = coords.accuracy > 100;
    say(coarse ? "coarse" : "taken", `Posición tomada, exactitud ±${metres} m.${coarse ? " A cielo abierto mejora." : ""}`);
    again.hidden = true;
  }

  function failed(error) {
    again.hidden = false;
    if (lat.value !== "") return; // an earlier one still says where it was
    without.value = error.code === 1 ? "rechazada" : "no_disponible";
    say("refused", REASONS[error.code] || REASONS[2]);
  }

  function locate() {
    if (!navigator.geolocation) {
      without.value = "no_disponible";
      say("refused", `Este navegador no da la posición. ${WITHOUT}`);
      again.hidden = true;
      return;
    }
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    if (lat.value === "") say("asking", "Buscando su posición…");
    watch = navigator.geolocation.watchPosition(taken, failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  }

  again.addEventListener("click", locate);
  window.addEventListener("pagehide", () => watch !== null && navigator.geolocation.clearWatch(watch));
  locate();

  // ---- Photos ----

  const tiles = form.querySelector(".ubicado-tiles");
  const status = form.querySelector("[data-photo-status]");
  const LOST = "No se envió: no hay señal. Tóquela para intentarlo otra vez.";

  function count() {
    const sending = tiles.querySelectorAll(".is-sending").length;
    const lost = tiles.querySelectorAll(".is-lost").length;
    sendButton.disabled = sending + lost > 0;
    const refused = tiles.querySelectorAll(".is-refused").length;
    const files = (number) => (number === 1 ? "1 foto" : `${number} fotos`);
    if (sending) status.textContent = `Subiendo ${files(sending)}…`;
    else if (refused) status.textContent = `${files(refused)} no se ${refused === 1 ? "puede" : "pueden"} enviar: guárdela en el teléfono si la necesita y quítela para seguir.`;
    else if (lost) status.textContent = `${files(lost)} sin enviar: toque para reintentar, o quítela.`;
    else status.textContent = "";
  }

  function addTile(file) {
    const tile = document.createElement("li");
    const button = document.createElement("button");
    const picture = document.createElement("img");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    const remove = document.createElement("button");
    const keep = document.createElement("a");
    keep.className = "btn btn-sm ubicado-remove";
    keep.textContent = "Guardar en el teléfono";
    keep.download = file.name || "foto.jpg";
    keep.hidden = true;
    tile.className = "ubicado-tile is-sending";
    button.type = remove.type = "button";
    button.className = "gallery-item ubicado-retry";
    picture.alt = file.name;
    picture.src = keep.href = URL.createObjectURL(file);
    // A browser that cannot draw the format (HEIC) shows its name alone.
    picture.addEventListener("error", () => picture.remove());
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `Avance de ${file.name}`);
    words.className = "gallery-caption";
    words.textContent = "Subiendo…";
    remove.className = "btn btn-sm ubicado-remove";
    remove.textContent = "Quitar";
    remove.hidden = true;
    button.append(picture, bar, words);
    tile.append(button, keep, remove);
    tiles.append(tile);
    return { tile, button, bar, words, remove, keep, picture };
  }

  function send(file) {
    const view = addTile(file);
    // The same id at every try: what arrived although its answer was lost is the same photo.
    const id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2, 14)}`;
    const end = () => { URL.revokeObjectURL(view.keep.href); view.tile.remove(); count(); };

    /** Not stored. The same file gets the same answer when it was refused: no other try then. */
    function lost(text, isRefused = false) {
      view.tile.className = `ubicado-tile is-lost${isRefused ? " is-refused" : ""}`;
      view.button.disabled = isRefused;
      view.keep.hidden = !isRefused;
      view.words.textContent = text;
      view.bar.hidden = true;
      view.remove.hidden = false;
      count();
    }

    function answered(request) {
      const root = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".ubicado-tiles");
      const stored = root?.querySelectorAll(".ubicado-tile") ?? [];
      if (request.status === 200 && stored.length) {
        for (const tile of stored) {
          const value = tile.querySelector("input").value;
          if (!tiles.querySelector(`input[value="${value}"]`)) view.tile.before(tile);
        }
        return end();
      }
      const problem = root?.querySelector(".ubicado-problem")?.textContent;
      if (request.status === 413) return lost("Es demasiado grande para enviarla.", true);
      if (request.status === 422 && problem) return lost(problem, true);
      return lost(problem || "El servidor no la aceptó. Tóquela para intentarlo otra vez, o recargue la página.");
    }

    function go() {
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("foto_id", id);
      data.append("fotos", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", form.dataset.upload);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) view.bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("load", () => answered(request));
      request.addEventListener("error", () => lost(LOST));
      request.addEventListener("abort", () => lost(LOST));
      view.tile.className = "ubicado-tile is-sending";
      view.words.textContent = "Subiendo…";
      view.bar.hidden = false;
      view.bar.value = 0;
      view.remove.hidden = true;
      view.keep.hidden = true;
      count();
      request.send(data);
    }

    view.button.addEventListener("click", () => view.tile.classList.contains("is-lost") && go());
    view.remove.addEventListener("click", end);
    go();
  }

  form.addEventListener("change", (event) => {
    if (!event.target.matches?.(".ubicado-shoot input[type=file]")) return;
    const files = [...event.target.files];
    event.target.value = ""; // they go on their own, not again with the form
    files.forEach(send);
  });
})();
