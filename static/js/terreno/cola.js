// What waits on the phone, and how it is sent: each visit and each photo once, oldest first.
// Runs in the page and in the service worker, so it touches no document.
(() => {
  "use strict";

  const NAME = "terreno";
  const CHANNEL = "terreno";
  const DATOS = "/terreno/datos";
  const SECONDS = 1000;
  /** A photo over a weak signal takes minutes; a visit that takes this long is sent again. */
  const PATIENCE = { visita: 30 * SECONDS, foto: 180 * SECONDS };
  /** Bytes a second of a weak signal: a photo of 200 megapixels must be able to arrive. */
  const SLOW = 40000;

  // ---- The phone's store ----

  let opening = null;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        const db = request.result;
        db.createObjectStore("listas", { keyPath: "usuario_id" });
        db.createObjectStore("visitas", { keyPath: "cliente_id" }).createIndex("usuario", "usuario_id");
        db.createObjectStore("fotos", { keyPath: "cliente_id" }).createIndex("visita", "visita");
      };
      request.onsuccess = () => {
        const db = request.result;
        // Another tab that empties the store must not wait for this one.
        const forget = () => { opening = null; };
        db.onversionchange = () => { db.close(); forget(); };
        db.onclose = forget;
        resolve(db);
      };
      request.onerror = () => { opening = null; reject(request.error); };
    });
    return opening;
  }

  /** Do something in one transaction: all of it is on the phone when this resolves, or nothing. */
  async function within(stores, mode, deed) {
    const db = await open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(stores, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error);
      try {
        deed(transaction, (value) => { result = value; });
      } catch (error) {
        transaction.abort();
        reject(error);
      }
    });
  }

  const read = (store, ask) => within([store], "readonly", (transaction, give) => {
    const request = ask(transaction.objectStore(store));
    request.onsuccess = () => give(request.result);
  });

  /** A UUID; `crypto.randomUUID` is missing where the page came without TLS. */
  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /** Keep a visit with its photos. Rejects with a QuotaExceededError when the phone is full. */
  async function save(visita, files) {
    const fotos = [];
    for (const [orden, file] of files.entries()) {
      // Read now: what a camera hands over may be gone when it is sent.
      const blob = new Blob([await file.arrayBuffer()], { type: file.type || "image/jpeg" });
      fotos.push({
        cliente_id: newId(), visita: visita.cliente_id, usuario_id: visita.usuario_id,
        orden, nombre: file.name, blob, problema: file.problema || null,
      });
    }
    await within(["visitas", "fotos"], "readwrite", (transaction) => {
      transaction.objectStore("visitas").add({
        enviada: false, aceptados: [], intentos: 0, problema: null, ...visita,
      });
      fotos.forEach((foto) => transaction.objectStore("fotos").add(foto));
    });
    tell();
  }

  const byAge = (a, b) => a.fecha_hora.localeCompare(b.fecha_hora) || a.cliente_id.localeCompare(b.cliente_id);

  /** What waits of a person, oldest first, each visit with its photos; and how many of others. */
  async function waiting(usuarioId) {
    const [all, fotos] = await within(["visitas", "fotos"], "readonly", (transaction, give) => {
      const asked = ["visitas", "fotos"].map((name) => transaction.objectStore(name).getAll());
      give(asked);
    }).then((asked) => asked.map((request) => request.result));
    const propias = all.filter((visita) => visita.usuario_id === usuarioId).sort(byAge);
    for (const visita of propias) {
      visita.fotos = fotos.filter((foto) => foto.visita === visita.cliente_id).sort((a, b) => a.orden - b.orden);
    }
    return { propias, ajenas: all.length - propias.length };
  }

  const change = (store, key, values) => within([store], "readwrite", (transaction) => {
    const place = transaction.objectStore(store);
    const request = place.get(key);
    request.onsuccess = () => { if (request.result) place.put({ ...request.result, ...values }); };
  });

  const removeFoto = (key) => within(["fotos"], "readwrite", (transaction) => {
    transaction.objectStore("fotos").delete(key);
  });

  /** Take a visit and its photos off the phone. */
  const removeVisita = (key) => within(["visitas", "fotos"], "readwrite", (transaction) => {
    transaction.objectStore("visitas").delete(key);
    const fotos = transaction.objectStore("fotos");
    const keys = fotos.index("visita").getAllKeys(key);
    keys.onsuccess = () => keys.result.forEach((foto) => fotos.delete(foto));
  });

  /** Forget the lists of everybody, or of everybody but one. What waits stays. */
  const forgetLists = (exceptId = null) => within(["listas"], "readwrite", (transaction) => {
    const store = transaction.objectStore("listas");
    const keys = store.getAllKeys();
    keys.onsuccess = () => keys.result.filter((key) => key !== exceptId).forEach((key) => store.delete(key));
  });

  /** Forget all of a person: the list, and what waits. */
  async function forget(usuarioId) {
    for (const visita of (await waiting(usuarioId)).propias) await removeVisita(visita.cliente_id);
    await forgetLists();
  }

  const keepList = (usuarioId, html, generada) => within(["listas"], "readwrite", (transaction) => {
    transaction.objectStore("listas").put({ usuario_id: usuarioId, html, generada });
  });
  const keptList = (usuarioId) => read("listas", (store) => store.get(usuarioId));

  // ---- Sending ----

  /** No answer came: nobody can say whether the server has it, so it is sent again later. */
  class NoSignal extends Error {}

  async function ask(path, options = {}, patience = PATIENCE.visita) {
    let response;
    try {
      response = await fetch(DATOS + path, {
        credentials: "same-origin", cache: "no-store", redirect: "error",
        signal: AbortSignal.timeout(patience), ...options,
      });
    } catch {
      throw new NoSignal();
    }
    let body = {};
    try {
      body = await response.json();
    } catch {
      // A proxy's page, or an answer that was cut: the status says enough.
    }
    return { status: response.status, body };
  }

  const session = () => ask("/sesion");

  const REFUSED = "El servidor no la aceptó. Inténtelo otra vez o descártela.";
  const TOO_LARGE = "Es demasiado grande para enviarla.";
  const NOT_ALLOWED = "Su cuenta ya no puede registrar visitas. Pídale a quien administra Rastro que la revise.";

  /** What the server said of something that it has: to be told once. */
  let remarks = [];

  /** What an answer means: «ok», «despues» (send again), «sesion», or a problem for the person. */
  function judge({ status, body }) {
    if (status === 200 || status === 201) {
      if (body.detail) remarks.push(body.detail);
      return "ok";
    }
    if (status === 401) return "sesion";
    // 400: the token went stale. 409 without a motive: somebody wrote the same row at this moment.
    if (status === 400 || status === 408 || status === 429 || status >= 500) return "despues";
    if (status === 409 && !body.motivo) return "despues";
    const texto = status === 404 ? NOT_ALLOWED : status === 413 ? body.detail || TOO_LARGE : body.detail || REFUSED;
    // The same file gets the same answer: to try again would never end.
    const definitiva = status === 413 || status === 422 || body.motivo === "sin_visita";
    return { texto, motivo: body.motivo || null, puede: Boolean(body.puede), definitiva };
  }

  async function sendVisita(visita, csrf) {
    const { cliente_id, direccion_id, direccion, resultado, notas, fecha_hora, lat, lon, exactitud_m, aceptados } = visita;
    const sent = { cliente_id, direccion_id, direccion, resultado, notas, fecha_hora, lat, lon, exactitud_m, aceptados };
    return judge(await ask("/visitas", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ ...sent, enviada_at: new Date().toISOString() }),
    }));
  }

  async function sendFoto(foto, csrf) {
    const form = new FormData();
    form.append("cliente_id", foto.cliente_id);
    form.append("archivo", foto.blob, foto.nombre || "foto.jpg");
    return judge(await ask(`/visitas/${foto.visita}/fotos`, {
      method: "POST", headers: { "X-CSRFToken": csrf }, body: form,
    }, PATIENCE.foto + (foto.blob.size / SLOW) * SECONDS));
  }

  /** Send one visit and then its photos. Returns «ok», «despues» or «sesion». */
  async function sendOne(visita, csrf) {
    if (!visita.enviada) {
      if (visita.problema) return "ok"; // waits for its person, not for the signal
      const result = await sendVisita(visita, csrf);
      if (result === "sesion") return result;
      if (result === "despues") {
        await change("visitas", visita.cliente_id, { intentos: visita.intentos + 1 });
        return result;
      }
      if (result !== "ok") {
        await change("visitas", visita.cliente_id, { problema: result });
        return "ok";
      }
      await change("visitas", visita.cliente_id, { enviada: true });
      tell();
    }
    let outcome = "ok";
    let left = 0;
    for (const foto of visita.fotos) {
      const result = foto.problema ? "waits" : await sendFoto(foto, csrf);
      if (result === "sesion") return result;
      if (result === "ok") {
        await removeFoto(foto.cliente_id);
        tell();
        continue;
      }
      left += 1;
      if (result === "despues") outcome = "despues";
      else if (result !== "waits") await change("fotos", foto.cliente_id, { problema: result });
    }
    if (left === 0) await removeVisita(visita.cliente_id);
    return outcome;
  }

  async function round() {
    const { status, body } = await session();
    if (status === 401) return { estado: "sesion" };
    if (status === 404) return { estado: "cuenta" };
    if (status !== 200) return { estado: "despues" };
    let estado = "ok";
    remarks = [];
    for (const visita of (await waiting(body.usuario.id)).propias) {
      const result = await sendOne(visita, body.csrf);
      tell();
      if (result === "sesion") return { estado: "sesion" };
      if (result === "despues") estado = "despues";
    }
    return { estado, usuario: body.usuario, version: body.version, avisos: remarks };
  }

  /**
   * Send all that waits, as the person who is signed in. One tab or worker at a time does it.
   * Returns `estado`: ok, sin-senal, sesion, cuenta, despues or ocupada.
   */
  async function send() {
    const guarded = async () => {
      try {
        return await round();
      } catch (error) {
        if (error instanceof NoSignal) return { estado: "sin-senal" };
        throw error;
      }
    };
    if (!navigator.locks) return guarded();
    return navigator.locks.request("terreno-envio", { ifAvailable: true },
      (lock) => (lock ? guarded() : { estado: "ocupada" }));
  }

  // ---- Telling the other tabs, and the page when the worker sends ----

  const channel = "BroadcastChannel" in self ? new BroadcastChannel(CHANNEL) : null;
  const listeners = [];

  function tell() {
    listeners.forEach((listener) => listener());
    channel?.postMessage("cambio");
  }

  function listen(listener) {
    listeners.push(listener);
    channel?.addEventListener("message", () => listener());
  }

  // Opened while the page is still being read; whoever needs it is told if that fails.
  open().catch(() => {});

  self.terrenoCola = {
    newId, save, waiting, change, removeFoto, removeVisita, forget, forgetLists, keepList, keptList,
    session, send, ask, tell, listen, NoSignal,
  };
})();
