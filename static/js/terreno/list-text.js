// @ts-check
// A kept list as text: what it may not hold, and what it must not.

/**
 * The addresses in a list, as text, that the phone may not hold any more.
 *
 * @param {string} html
 * @param {number[]} direcciones those that it may
 */
export const gone = (html, direcciones) =>
  [...html.matchAll(/data-direccion-id="(\d+)"/g)].map(([, id]) => Number(id)).filter((id) => !direcciones.includes(id));

/**
 * A list as text without the tokens of its forms, which the page takes out of the document itself.
 *
 * @param {string} html
 */
export const withoutTokens = (html) => html.replace(/<input[^>]*\bname="csrf_token"[^>]*>/g, "");
