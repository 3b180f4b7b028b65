// @ts-check
// The small photos of the cases in the list, kept beside it: they go when the list goes.
import { keepPhoto, keptList } from "./store.js";

/** Photos that are kept: those of the cases of a day. */
const MOST_PHOTOS = 80;

/**
 * Keep the small photos of the first cases beside the list, one after the other.
 *
 * @param {number} id of the account whose list it is
 * @param {string[]} paths
 */
export async function keepPhotos(id, paths) {
  const kept = (await keptList(id))?.fotos ?? {};
  for (const path of [...new Set(paths)].slice(0, MOST_PHOTOS).filter((one) => !(one in kept))) {
    const response = await fetch(path, { credentials: "same-origin" });
    if (response.ok && response.headers.get("Content-Type") === "image/jpeg") await keepPhoto(id, path, await response.blob());
  }
}

/**
 * Give the pictures of a kept list what the phone has of them; what it has not is taken out.
 *
 * @param {HTMLElement} place
 * @param {Record<string, Blob>} fotos by where they come from
 */
export function showKeptPhotos(place, fotos) {
  place.querySelectorAll("img[data-foto]").forEach((picture) => {
    const blob = fotos[picture.dataset.foto ?? ""];
    if (blob) picture.setAttribute("src", URL.createObjectURL(blob));
    else picture.remove();
  });
}
