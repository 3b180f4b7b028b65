// On every page of the firm: what Terreno keeps on this phone belongs to one account. Signing out
// takes it away, after a warning when something was not sent; another account does not see it.
(() => {
  "use strict";

  const OWNER = "terreno-usuario";
  const { usuario, cola: queueUrl } = document.currentScript.dataset;
  const me = Number(usuario) || null;
  const NO_SIGNAL = "Sin señal no se puede cerrar la sesión. Inténtelo cuando haya conexión.";

  const owner = () => Number(localStorage.getItem(OWNER)) || null;

  /** The store of what waits; it is loaded only where there is something in it. */
  function loadQueue() {
    if (self.terrenoCola) return Promise.resolve(self.terrenoCola);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = queueUrl;
      script.addEventListener("load", () => resolve(self.terrenoCola));
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  async function changeOwner() {
    const cola = await loadQueue();
    await cola.forgetLists(me);
    localStorage.setItem(OWNER, String(me));
  }

  function warn(count) {
    const dialog = document.getElementById("confirm");
    const [, yes] = dialog.querySelectorAll("button");
    const what = count === 1 ? "1 visita sin enviar, que se borrará" : `${count} visitas sin enviar, que se borrarán`;
    document.getElementById("confirm-text").textContent =
      `En este teléfono hay ${what} con sus fotos si cierra la sesión.\nPara enviar lo que falta, abra Terreno con señal.`;
    yes.textContent = "Borrar y cerrar sesión";
    yes.className = "btn btn-danger";
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  async function forgetAll(cola) {
    await cola.forget(me);
    for (const name of await self.caches?.keys() ?? []) if (name.startsWith("terreno-")) await caches.delete(name);
    for (const registration of await navigator.serviceWorker?.getRegistrations() ?? []) {
      if (new URL(registration.scope).pathname === "/terreno") await registration.unregister();
    }
    localStorage.removeItem(OWNER);
  }

  async function leave(form) {
    const cola = await loadQueue();
    const { propias } = await cola.waiting(me);
    if (propias.length && !(await warn(propias.length))) return;
    try {
      await cola.session();
    } catch {
      window.rastro?.toast(NO_SIGNAL, "error");
      return;
    }
    await forgetAll(cola);
    form.submit();
  }

  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches('form[action$="/salir"]') || !owner()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // A store that cannot be opened must not keep anybody signed in.
    leave(form).catch(() => form.submit());
  }, true);

  if (me && owner() && owner() !== me) changeOwner().catch(() => {});
})();
