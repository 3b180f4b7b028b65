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
}
