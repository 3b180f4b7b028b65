// The form of a visit: outcome, save. Photos and position on the way; the phone has it all before
// anything is sent.
(() => {
  "use strict";

  const cola = self.terrenoCola;
  const cercania = self.terrenoCercania;
  /** Saving waits no longer than this for the position. */
  const PATIENCE = 3000;
  const FULL = "El teléfono no tiene espacio y la visita no se guardó. Borre fotos o videos que ya tenga " +
    "respaldados y presione «Guardar visita» otra vez; lo que escribió sigue aquí.";
  const BROKEN = "El teléfono no pudo guardar la visita. Cierre otras aplicaciones e inténtelo otra vez; " +
    "lo que escribió sigue aquí.";

  let root = null;
  let hooks = null;
  const taken = new WeakMap();
  const positions = new WeakMap();
  const photos = (form) => taken.get(form) || [];

  const isDirty = (place) => [...place.querySelectorAll("[data-terreno-form]")].some((form) =>
    form.elements.resultado.value || form.elements.notas.value.trim() || photos(form).length || "guardando" in form.dataset);

  const say = (form, text) => { form.querySelector("[data-terreno-form-status]").textContent = text; };

  function megabytes(size) {
    return `${(size / 1048576).toFixed(1).replace(".", ",")} MB`;
  }

  /** The photos so far, each with a way to take it back. */
  function showPhotos(form) {
    const list = form.querySelector(".terreno-taken");
    list.querySelectorAll("img").forEach((picture) => URL.revokeObjectURL(picture.src));
    list.replaceChildren(...photos(form).map((file, number) => {
      const row = document.createElement("li");
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = `Foto ${number + 1}`;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "btn btn-sm";
      remove.textContent = "Quitar";
      remove.addEventListener("click", () => {
        taken.set(form, photos(form).filter((other) => other !== file));
        showPhotos(form);
      });
      row.append(picture, remove);
      if (file.problema) {
        const text = document.createElement("p");
        text.className = "terreno-problem";
        text.textContent = file.problema.texto;
        row.append(text);
      }
      return row;
    }));
  }

  function addPhotos(input) {
    const { form } = input;
    const most = Number(root.dataset.maxBytes);
    const files = [...input.files];
    for (const file of files) {
      if (file.size <= most) continue;
      file.problema = {
        texto: `Pesa ${megabytes(file.size)} y el máximo es ${root.dataset.maxSize}: tómela otra vez con menos resolución, o guárdela en el teléfono y envíela de otra forma. Esta queda solo aquí.`,
        motivo: "grande", puede: false, definitiva: true,
      };
    }
    taken.set(form, [...photos(form), ...files]);
    input.value = "";
    showPhotos(form);
  }

  /** The position that was asked for at the first tap, if it comes in time. */
  async function positionOf(form) {
    const late = new Promise((resolve) => { setTimeout(() => resolve({}), PATIENCE); });
    const { position } = await Promise.race([positions.get(form) || cercania.locate(), late]);
    return position || {};
  }

  function clear(form) {
    form.reset();
    taken.delete(form);
    positions.delete(form);
    showPhotos(form);
  }

  async function save(form) {
    if ("guardando" in form.dataset) return;
    form.dataset.guardando = "";
    const fecha_hora = new Date().toISOString();
    const card = form.closest("[data-direccion-id]");
    const outcome = form.querySelector("[name=resultado]:checked");
    say(form, "Guardando…");
    try {
      const { lat = null, lon = null, exactitud_m = null } = await positionOf(form);
      await cola.save({
        cliente_id: cola.newId(),
        usuario_id: hooks.usuarioId(),
        direccion_id: Number(card.dataset.direccionId),
        direccion: card.dataset.direccion,
        oficio: card.dataset.oficio,
        zona: card.dataset.zona,
        zona_nombre: card.dataset.zonaNombre,
        resultado: outcome.value,
        resultado_texto: outcome.nextElementSibling.textContent,
        notas: form.elements.notas.value.trim(),
        fecha_hora, lat, lon, exactitud_m,
      }, photos(form));
    } catch (error) {
      say(form, error?.name === "QuotaExceededError" ? FULL : BROKEN);
      return;
    } finally {
      delete form.dataset.guardando;
    }
    clear(form);
    say(form, "");
    window.rastro?.announce("Visita guardada en el teléfono.");
    await hooks.saved();
  }

  function start(element, given) {
    root = element;
    hooks = given;
    // Before app.js, which would take the form for one that is on its way.
    window.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-terreno-form]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      save(event.target);
    }, true);
    root.addEventListener("change", (event) => {
      const { target } = event;
      if (target.matches("[data-terreno-form] input[type=file]")) addPhotos(target);
      else if (target.matches("[name=resultado]")) positions.set(target.form, cercania.locate());
    });
  }

  self.terrenoFormulario = { start, isDirty };
})();
