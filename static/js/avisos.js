// What happens while a page is open reaches it within seconds: the bell counts it, a message shows it.
// The server says so over a line that stays open while somebody looks. Where it cannot hold the line
// (GET /novedades answers 204 then), the page asks every few seconds, and more seldom on failures.
(() => {
  "use strict";

  // A board asks every two seconds what changed, and says so: it need not be asked twice.
  const PERIOD = document.body.classList.contains("is-board") ? 20000 : 4000;
  const LONGEST = 60000;
  /** Between two tries to open a line that failed. */
  const AGAIN = 120000;

  const bell = document.getElementById("avisos-bell");
  if (!bell) return;
  let { ultimo, sinLeer } = bell.dataset;
  let failures = 0;
  let timer = null;
  let asking = false;
  let line = null;
  let lineTimer = null;

  window.rastro.isListening = () => line?.readyState === EventSource.OPEN;

  function listen() {
    clearTimeout(lineTimer);
    if (line || document.hidden || !bell.dataset.escuchar) return;
    const query = new URLSearchParams({ aviso: ultimo, sin_leer: sinLeer });
    const event = document.getElementById("board")?.dataset.event;
    if (event) query.set("evento", event);
    line = new EventSource(`${bell.dataset.escuchar}?${query}`);
    line.addEventListener("tablero", ({ data }) => {
      document.body.dispatchEvent(new CustomEvent("novedades:tablero", { detail: Number(data) }));
    });
    line.addEventListener("avisos", ({ data }) => {
      const { ultimo: last, sin_leer: unread } = JSON.parse(data);
      if (String(last) !== ultimo || String(unread) !== sinLeer) later(0);
    });
    line.addEventListener("error", () => {
      if (line?.readyState !== EventSource.CLOSED) return; // the browser opens it again
      line = null;
      later(PERIOD);
      document.body.dispatchEvent(new CustomEvent("novedades:cerrada"));
      lineTimer = setTimeout(listen, AGAIN);
    });
  }

  function hangUp() {
    clearTimeout(lineTimer);
    line?.close();
    line = null;
  }

  function later(delay) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, delay);
  }

  async function ask() {
    if (asking || document.hidden) return;
    asking = true;
    let delay = window.rastro.isListening() ? LONGEST : PERIOD;
    try {
      const query = new URLSearchParams({ desde: ultimo, sin_leer: sinLeer });
      const answer = await fetch(`${bell.dataset.novedades}?${query}`, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(10000) });
      if (answer.status === 200) show(await answer.json());
      else if (answer.status !== 204) throw new Error(String(answer.status));
      failures = 0;
    } catch {
      failures += 1;
      delay = Math.min(LONGEST, PERIOD * 2 ** failures);
    } finally {
      asking = false;
      later(delay);
    }
  }

  function show({ ultimo: last, sin_leer: unread, avisos }) {
    const before = Number(sinLeer);
    [ultimo, sinLeer] = [String(last), String(unread)];
    const count = bell.querySelector(".topbar-bell-count");
    count.textContent = unread < 100 ? unread : "99+";
    count.hidden = !unread;
    bell.setAttribute("aria-label", unread ? `Avisos: ${unread} ${unread === 1 ? "nuevo" : "nuevos"}` : "Avisos");
    const rest = unread - before - avisos.length;
    avisos.forEach(({ texto, accion, abrir }) => window.rastro.toast(texto, "info", { label: accion, post: abrir }));
    if (avisos.length && rest > 0) window.rastro.toast(`Y ${rest} ${rest === 1 ? "aviso más" : "avisos más"}: véalos en la campana.`, "info");
    if (avisos.length) document.body.dispatchEvent(new CustomEvent("avisos:nuevos"));
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hangUp();
    else listen();
    later(document.hidden ? PERIOD : 0);
  });
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", listen);
  document.body.addEventListener("avisos:preguntar", () => later(0));
  listen();
  later(PERIOD);
})();
