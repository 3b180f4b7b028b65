// The ground of a map without streets: land, borders of regions and comunas, and the scheme of the motorways.
//
// Lines are simplified (Douglas-Peucker) and written as whole numbers, the first point of a line absolute and
// the others relative to the one before. Santiago keeps more detail than the rest, where nobody looks so closely.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Units of a degree in the file: 0.0005° is 55 m. */
const SCALE = 2000;
/** Tolerances in degrees. */
const FINE = 0.0008;
const COARSE = 0.02;
/** Islands smaller than this, in degrees, are left out. */
const SMALL = 0.1;
/** West, south, east, north of what keeps its detail. */
const SANTIAGO = [-71.1, -34.0, -70.4, -33.1];

/** Kinds of a border: between comunas of one region, between regions, of the land. */
const [COMUNA, REGION, COAST] = [0, 1, 2];

/** The points that a line needs so that none of the others is farther than the tolerance from it. */
function simplify(line, tolerance) {
  const keep = new Set([0, line.length - 1]);
  const open = [[0, line.length - 1]];
  while (open.length) {
    const [from, to] = open.pop();
    let [worst, at] = [tolerance, 0];
    for (let i = from + 1; i < to; i += 1) {
      const away = distance(line[i], line[from], line[to]);
      if (away > worst) [worst, at] = [away, i];
    }
    if (!at) continue;
    keep.add(at);
    open.push([from, at], [at, to]);
  }
  return line.filter((_, i) => keep.has(i));
}

function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/** Whole numbers, relative to the point before; points that fall together are one. */
function pack(line) {
  const packed = [];
  let [lastX, lastY] = [0, 0];
  line.forEach(([lon, lat], i) => {
    const [x, y] = [Math.round(lon * SCALE), Math.round(lat * SCALE)];
    if (i && x === lastX && y === lastY) return;
    packed.push(x - lastX, y - lastY);
    [lastX, lastY] = [x, y];
  });
  return packed;
}

/** The lines of a topology in degrees. */
function unpack({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

const ringsOf = ({ type, arcs }) => (type === "MultiPolygon" ? arcs.flat() : arcs);
const plain = (index) => (index < 0 ? ~index : index);

/** How many shapes have each line as a border. */
function uses(geometries) {
  const found = new Map();
  for (const geometry of geometries) {
    for (const index of new Set(ringsOf(geometry).flat().map(plain))) found.set(index, (found.get(index) ?? 0) + 1);
  }
  return found;
}

const inSantiago = (line) => line.some(([x, y]) => x > SANTIAGO[0] && x < SANTIAGO[2] && y > SANTIAGO[1] && y < SANTIAGO[3]);

function isSmall(line) {
  const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
  const isClosed = line[0][0] === line.at(-1)[0] && line[0][1] === line.at(-1)[1];
  return isClosed && Math.max(...xs) - Math.min(...xs) < SMALL && Math.max(...ys) - Math.min(...ys) < SMALL;
}

/**
 * The text of static/mapa/fondo.json: `lineas` (kind, then the packed points), `tierra` (rings of the regions as
 * indexes of lines, `~i` for backwards) and `vias` (name and packed points).
 */
export async function ground(here) {
  const topology = JSON.parse(await readFile(join(here, "mapa/comunas_ide.topo.json"), "utf8"));
  const scheme = JSON.parse(await readFile(join(here, "mapa/autopistas_esquema.geojson"), "utf8"));
  const lines = unpack(topology);
  const { comunas, regiones } = topology.objects;
  const [ofComunas, ofRegions] = [uses(comunas.geometries), uses(regiones.geometries)];
  const numbers = new Map();
  const lineas = [];
  lines.forEach((line, i) => {
    if (!ofComunas.has(i) && !ofRegions.has(i)) return;
    if (isSmall(line)) return;
    const kind = ofRegions.get(i) === 2 ? REGION : ofRegions.has(i) ? COAST : COMUNA;
    numbers.set(i, lineas.length);
    lineas.push([kind, ...pack(simplify(line, inSantiago(line) ? FINE : COARSE))]);
  });
  const tierra = regiones.geometries.flatMap(ringsOf)
    .filter((ring) => ring.every((index) => numbers.has(plain(index))))
    .map((ring) => ring.map((index) => (index < 0 ? ~numbers.get(~index) : numbers.get(index))));
  const vias = scheme.features.map(({ properties, geometry }) => [properties.autopista, ...pack(geometry.coordinates)]);
  return `${JSON.stringify({ escala: SCALE, lineas, tierra, vias })}\n`;
}
