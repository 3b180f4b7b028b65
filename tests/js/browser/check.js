// The little that a test in the browser needs; tests/js/test_scripts.py runs one of them in a page.

/** @type {Map<string, () => unknown>} */
const tests = new Map();

/**
 * @param {string} name a sentence
 * @param {() => unknown} body
 */
export const test = (name, body) => { tests.set(name, body); };

/**
 * @param {unknown} found
 * @param {unknown} wanted
 */
export function equal(found, wanted) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`found ${left}, wanted ${right}`);
}

/**
 * Run a test in the page, which is its own.
 *
 * @param {string} name
 */
export async function run(name) {
  const body = tests.get(name);
  if (!body) throw new Error(`there is no test «${name}»`);
  await body();
}

/**
 * Fill the page.
 *
 * @param {string} html
 */
export const show = (html) => { document.body.innerHTML = html; };

/**
 * An element of the page by its id.
 *
 * @param {string} id
 */
export const byId = (id) => /** @type {any} */ (document.getElementById(id));
