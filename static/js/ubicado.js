// @ts-check
// «¡Ubicado!» on a phone: the position is asked for when the page opens, and each photo is sent as
// soon as it is taken, so that only a few words are left to send in the end.
// Hook: form[data-ubicado][data-upload]. Without scripts the same form sends its files itself.
import { sendPhotos } from "./ubicado/photos.js";
import { followPosition } from "./ubicado/position.js";

const form = document.querySelector("form[data-ubicado]");
if (form instanceof HTMLFormElement) {
  followPosition(form);
  sendPhotos(form);
  const offline = document.querySelector("[data-ubicado-offline]");
  const show = () => { if (offline instanceof HTMLElement) offline.hidden = navigator.onLine; };
  window.addEventListener("offline", show);
  window.addEventListener("online", show);
  show();
}
