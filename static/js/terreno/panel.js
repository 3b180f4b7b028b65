// What waits on the phone, as its person sees it: the panel over the list, and a line on each card.
(() => {
  "use strict";

  const cola = self.terrenoCola;
  let root = null;
  let onSend = () => {};
  let urls = [];

  const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const SANTIAGO = "America/Santiago";
  const clocks = new Map();
  /** Made when something waits: it costs a phone some time. */
  const clockOf = (zone) => {
    if (!clocks.has(zone)) {
      clocks.set(zone, new Intl.DateTimeFormat("es-CL", {
        timeZone: zone, day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      }));
    }
    return clocks.get(zone);
  };
  const read = (iso, zone) => clockOf(zone).format(new Date(iso)).replace(",", "").replace("/", "-");
  /** The hour of a visit on the clock of its place, which is named where Santiago's shows another. */
  function when({ fecha_hora, zona, zona_nombre }) {
    const there = read(fecha_hora, SANTIAGO);
    if (!zona || zona === SANTIAGO) return there;
    let here;
    try {
      here = read(fecha_hora, zona);
    } catch {
      return `${there} (hora de Santiago)`; // an old phone that does not know the zone
    }
    return here === there ? here : `${here} (${zona_nombre})`;
  }

  const needsPerson = (visita) => Boolean(visita.problema) || visita.fotos.some((foto) => foto.problema);

  /** «3 visitas y 6 fotos» of what is not sent yet. */
  function amount(visitas) {
    const own = visitas.filter((visita) => !visita.enviada).length;
    const fotos = visitas.reduce((sum, visita) => sum + visita.fotos.length, 0);
    const parts = [];
    if (own) parts.push(plural(own, "visita", "visitas"));
    if (fotos) parts.push(plural(fotos, "foto", "fotos"));
    return { text: parts.join(" y "), total: own + fotos };
  }

  function state(visita, online) {
    if (visita.problema) return "necesita que usted decida";
    if (!visita.enviada) return online ? "por enviar" : "espera señal";
    const stuck = visita.fotos.filter((foto) => foto.problema).length;
    if (stuck) return `guardada; ${plural(stuck, "foto necesita", "fotos necesitan")} que usted decida`;
    return `guardada; ${plural(visita.fotos.length, "foto falta", "fotos faltan")}`;
  }

  function ask(text, yesLabel) {
    const dialog = document.getElementById("confirm");
    const [, yes] = dialog.querySelectorAll("button");
    document.getElementById("confirm-text").textContent = text;
    yes.textContent = yesLabel;
    yes.className = "btn btn-danger";
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  function button(label, deed, primary = false) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `btn btn-sm${primary ? " btn-primary" : ""}`;
    element.textContent = label;
    element.addEventListener("click", async () => {
      element.disabled = true;
      await deed();
      element.disabled = false;
    });
    return element;
  }

  function fotoRow(foto) {
    const row = document.createElement("li");
    const url = URL.createObjectURL(foto.blob);
    urls.push(url);
    const picture = document.createElement("img");
    picture.src = url;
    picture.alt = foto.nombre;
    picture.loading = "lazy";
    row.append(picture);
    if (!foto.problema) return row;
    row.className = "is-stuck";
    const text = document.createElement("p");
    text.className = "terreno-problem";
    text.textContent = foto.problema.texto;
    const copy = document.createElement("a");
    copy.href = url;
    copy.download = foto.nombre || "foto.jpg";
    copy.className = "btn btn-sm";
    copy.textContent = "Guardar en el teléfono";
    const actions = document.createElement("div");
    actions.className = "item-actions";
    actions.append(copy);
    if (!foto.problema.definitiva) {
      actions.append(button("Reintentar", async () => {
        await cola.change("fotos", foto.cliente_id, { problema: null });
        await onSend();
      }));
    }
    actions.append(button("Descartar", async () => {
      if (!(await ask("La foto se borrará de Terreno y no se enviará.", "Descartar la foto"))) return;
      await cola.removeFoto(foto.cliente_id);
      await onSend();
    }));
    row.append(text);
    if (foto.problema.definitiva) {
      const hint = document.createElement("p");
      hint.className = "soft";
      hint.textContent = "Queda en este teléfono hasta que la descarte: guárdela y súbala después en el caso, o envíela de otra forma.";
      row.append(hint);
    }
    row.append(actions);
    return row;
  }

  function visitaActions(visita) {
    if (!visita.problema) return [];
    const { motivo, puede } = visita.problema;
    const again = (label, values) => button(label, async () => {
      await cola.change("visitas", visita.cliente_id, { problema: null, ...values });
      await onSend();
    }, true);
    const discard = button("Descartar", async () => {
      const fotos = visita.fotos.length ? ` y sus ${plural(visita.fotos.length, "foto", "fotos")}` : "";
      if (!(await ask(`La visita${fotos} se borrará de este teléfono y no se enviará.`, "Descartar la visita"))) return;
      await cola.removeVisita(visita.cliente_id);
      await onSend();
    });
    if (puede) return [again("Enviar igual", { aceptados: [...visita.aceptados, motivo] }), discard];
    return motivo ? [discard] : [again("Reintentar", {}), discard];
  }

  function itemRow(visita, online) {
    const template = root.querySelector("[data-terreno-item-template]");
    const row = template.content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(`[data-part=${name}]`);
    row.dataset.clienteId = visita.cliente_id;
    part("title").textContent = `${visita.resultado_texto} · ${visita.direccion}`;
    part("meta").textContent = `${when(visita)} · ${visita.oficio} · ${state(visita, online)}`;
    if (visita.problema) {
      part("problem").hidden = false;
      part("problem").textContent = visita.problema.texto;
    }
    part("photos").append(...visita.fotos.map(fotoRow));
    part("actions").append(...visitaActions(visita));
    return row;
  }

  /** Say on each card what waits for it. */
  function mark(visitas, online) {
    root.querySelectorAll("[data-terreno-waiting]").forEach((list) => {
      const pk = Number(list.closest("[data-direccion-id]").dataset.direccionId);
      const own = visitas.filter((visita) => visita.direccion_id === pk);
      list.hidden = own.length === 0;
      list.replaceChildren(...own.map((visita) => {
        const row = document.createElement("li");
        row.textContent = `${visita.resultado_texto}, ${when(visita)}: ${state(visita, online)}`;
        return row;
      }));
    });
  }

  /** Show what waits of a person; with `isHidden` (no session) only how much. */
  async function show(usuarioId, { online, isHidden = false }, reading = cola.waiting(usuarioId)) {
    const { propias: visitas, ajenas } = await reading;
    const panel = root.querySelector("[data-terreno-queue]");
    const { text, total } = amount(visitas);
    panel.hidden = visitas.length === 0;
    const decide = visitas.filter(needsPerson).length;
    const verb = decide && decide === visitas.length ? "necesitan que usted decida" : online ? "por enviar" : "esperan señal";
    root.querySelector("[data-terreno-queue-title]").textContent =
      total === 1 ? `${text} ${verb.replace("esperan", "espera").replace("necesitan", "necesita")}` : `${text} ${verb}`;
    const rows = isHidden ? [] : visitas.map((visita) => itemRow(visita, online));
    urls.splice(0, urls.length - rows.reduce((sum, row) => sum + row.querySelectorAll("img").length, 0))
      .forEach((url) => URL.revokeObjectURL(url));
    root.querySelector("[data-terreno-items]").replaceChildren(...rows);
    mark(visitas, online);
    root.querySelector("[data-terreno-others]").hidden = ajenas === 0;
    root.querySelector("[data-terreno-others-text]").textContent =
      `${plural(ajenas, "visita espera", "visitas esperan")} en este teléfono y no ${ajenas === 1 ? "es suya" : "son suyas"}. ` +
      `Solo ${ajenas === 1 ? "la" : "las"} ve y ${ajenas === 1 ? "la" : "las"} envía quien ${ajenas === 1 ? "la hizo" : "las hizo"}, al entrar aquí con su cuenta.`;
    if (navigator.setAppBadge) (total ? navigator.setAppBadge(total) : navigator.clearAppBadge()).catch(() => {});
    return { total, text, sendable: visitas.some((visita) => !visita.problema && (!visita.enviada || visita.fotos.some((foto) => !foto.problema))) };
  }

  function start(element, send) {
    root = element;
    onSend = send;
    root.querySelector("[data-terreno-send]").addEventListener("click", () => onSend());
  }

  self.terrenoPanel = { start, show };
})();
