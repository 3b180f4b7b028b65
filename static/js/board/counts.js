// @ts-check
// How many cards the columns and lanes have, as the server tells it: "pendiente-7:3 enviado-7:0".

/**
 * @param {string} text
 * @returns {Map<string, number>} by the key of the column, or of a lane's part of it
 */
export const readCounts = (text) => new Map(text.split(" ").filter(Boolean).map((pair) => {
  const [key, count] = pair.split(":");
  return [key, Number(count)];
}));

/**
 * The sum over the keys that a rule picks.
 *
 * @param {Map<string, number>} counts
 * @param {(key: string) => boolean} isMeant
 */
const sumOf = (counts, isMeant) => [...counts].reduce((sum, [key, count]) => (isMeant(key) ? sum + count : sum), 0);

/**
 * The cards of a column over all lanes.
 *
 * @param {Map<string, number>} counts
 * @param {string | undefined} estado
 */
export const totalOf = (counts, estado) => sumOf(counts, (key) => key.startsWith(`${estado}-`));

/**
 * The cards of a lane over all columns.
 *
 * @param {Map<string, number>} counts
 * @param {string | undefined} lane
 */
export const laneTotal = (counts, lane) => sumOf(counts, (key) => key.endsWith(`-${lane}`));
