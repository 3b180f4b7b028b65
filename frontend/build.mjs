// Copies what the application uses of its npm packages into ../static/vendor.
//
// The result is committed, so that a user of Rastro needs neither npm nor a network.
// Tabler's style sheet is purged: of 740 kB only what the templates, the scripts and the
// program mention is shipped, and the families of `keep`. `make vendor` subsets the fonts
// afterwards (tools/subset_fonts.py).
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import init, { transform } from "lightningcss-wasm";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";
import { ground } from "./mapa.mjs";
import { keep, drop } from "./safelist.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const project = join(here, "..");
const vendor = join(project, "static", "vendor");
const shipped = [];

/** Read the version that is installed, for the README and the file names' comments. */
async function versionOf(name) {
  return JSON.parse(await readFile(join(modules, name, "package.json"), "utf8")).version;
}

/** Write one vendored folder: its files, its LICENSE and its VERSION. */
async function ship({ folder, from, licenceFile, holder, licence, why, files }) {
  const target = join(vendor, folder);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(target, name), content);
  const licenceText = await readFile(join(modules, licenceFile), "utf8");
  await writeFile(join(target, "LICENSE"), holder ? licenceText.replace(/^Copyright.*$/m, holder) : licenceText);
  const version = await versionOf(from);
  await writeFile(join(target, "VERSION"), `${from} ${version}\n`);
  shipped.push({ folder, from, version, licence, why });
}

/** The variables of Tabler that our own files ask for. */
async function ourVariables() {
  const found = new Set();
  for await (const path of glob(["static/css/*.css", "static/js/**/*.js", "templates/**/*.html"], { cwd: project })) {
    for (const name of (await readFile(join(project, path), "utf8")).match(/--tblr-[\w-]+/g) ?? []) found.add(name);
  }
  return [...found];
}

/** Every class that Tabler has and that we might use, for the test that finds what is missing. */
async function writeClasses(raw) {
  const found = new Set();
  postcss.parse(raw).walkRules((rule) => {
    for (const [, name] of rule.selector.matchAll(/\.(-?[A-Za-z_][\w-]*)(?!\\)/g)) found.add(name);
  });
  const names = [...found].filter((name) => !drop.some((pattern) => pattern.test(name))).sort();
  await writeFile(join(here, "tabler-classes.txt"), `${names.join("\n")}\n`);
}

/** Tabler with only the rules we use; `.theme-dark` rules follow the system instead. */
async function tablerCss() {
  const raw = await readFile(join(modules, "@tabler/core/dist/css/tabler.css"), "utf8");
  await writeClasses(raw);
  const [purged] = await new PurgeCSS().purge({
    content: ["templates/**/*.html", "static/js/**/*.js", "app/**/*.py"].map((paths) => join(project, paths)),
    css: [{ raw }],
    safelist: { standard: keep, variables: await ourVariables() },
    blocklist: drop,
    variables: true,
    keyframes: true,
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
  });
  const root = postcss.parse(purged.css);
  root.walkRules((rule) => {
    const dark = rule.selectors.find((selector) => selector.startsWith(".theme-dark "));
    if (!dark) return;
    const media = postcss.atRule({ name: "media", params: "(prefers-color-scheme: dark)" });
    media.append(rule.clone({ selector: dark.replace(".theme-dark ", "") }));
    rule.replaceWith(media);
  });
  root.walkComments((comment) => {
    if (!comment.text.startsWith("!")) comment.remove();
  });
  const banner = `/*! Tabler ${await versionOf("@tabler/core")} (MIT), purged by frontend/build.mjs. Do not edit. */\n`;
  const { code } = transform({ filename: "tabler.css", code: Buffer.from(root.toString()), minify: true });
  return banner + Buffer.from(code).toString();
}

/** Leaflet without the rules of pictures that we do not use (its default marker, its button of layers). */
async function leafletCss() {
  const root = postcss.parse(await readFile(join(modules, "leaflet/dist/leaflet.css"), "utf8"));
  root.walkDecls((declaration) => {
    if (declaration.value.includes("url(images/") || declaration.value.includes("url(#default#VML)")) declaration.remove();
  });
  root.walkRules((rule) => { if (!rule.nodes.length) rule.remove(); });
  return `${root}\n`;
}

/** Names and points of the comunas, which a map without tiles shows to find one's way. */
async function comunas() {
  const [head, ...lines] = (await readFile(join(project, "app/core/data/comunas.csv"), "utf8")).trim().split(/\r?\n/);
  const [name, lat, lon] = ["comuna", "lat", "lon"].map((column) => head.split(",").indexOf(column));
  const rows = lines.map((line) => line.split(",")).filter((cells) => cells[lat]);
  return `[\n${rows.map((cells) => JSON.stringify([cells[name], Number(Number(cells[lat]).toFixed(4)), Number(Number(cells[lon]).toFixed(4))])).join(",\n")}\n]\n`;
}

/** One sprite with a symbol for each name of icons.txt. */
async function iconSprite() {
  const names = [...new Set((await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean))].sort();
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
      const paths = svg.match(/<(path|circle|rect|line|polyline|ellipse)\b[^>]*>/g).filter((tag) => !tag.includes('stroke="none"'));
      return `<symbol id="${name}" viewBox="0 0 24 24">${paths.join("")}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

await init();
const css = await tablerCss();
await ship({
  // The package carries no licence file: the text is the icons', the holder is the style sheet's.
  folder: "tabler", from: "@tabler/core", licenceFile: "@tabler/icons/LICENSE", licence: "MIT",
  holder: "Copyright (c) 2018-2026 The Tabler Authors, codecalm.net Paweł Kuna",
  why: "design system (style sheet only, purged to what is used)", files: { "tabler.min.css": css },
});
await ship({
  folder: "tabler-icons", from: "@tabler/icons", licenceFile: "@tabler/icons/LICENSE", licence: "MIT",
  why: "icons, one sprite of the names in frontend/icons.txt", files: { "sprite.svg": await iconSprite() },
});
await ship({
  folder: "htmx", from: "htmx.org", licenceFile: "htmx.org/LICENSE", licence: "0BSD",
  why: "forms and fragments without a page load",
  files: { "htmx.min.js": await readFile(join(modules, "htmx.org/dist/htmx.min.js")) },
});
await ship({
  folder: "idiomorph", from: "idiomorph", licenceFile: "idiomorph/LICENSE", licence: "0BSD",
  why: "fresh HTML into a page without disturbing who works in it",
  files: { "idiomorph.min.js": await readFile(join(modules, "idiomorph/dist/idiomorph.min.js")) },
});
await ship({
  folder: "sortablejs", from: "sortablejs", licenceFile: "sortablejs/LICENSE", licence: "MIT",
  why: "dragging cards with mouse and touch",
  files: { "Sortable.min.js": await readFile(join(modules, "sortablejs/Sortable.min.js")) },
});
await ship({
  folder: "chartjs", from: "chart.js", licenceFile: "chart.js/LICENSE.md", licence: "MIT",
  why: "charts, each drawn from a table on its page",
  // Its map is not shipped, so the browser must not be sent to look for it.
  files: { "chart.umd.min.js": (await readFile(join(modules, "chart.js/dist/chart.umd.min.js"), "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n") },
});
await ship({
  folder: "leaflet", from: "leaflet", licenceFile: "leaflet/LICENSE", licence: "BSD-2-Clause",
  why: "the map, loaded only where there is one",
  files: {
    "leaflet.js": (await readFile(join(modules, "leaflet/dist/leaflet.js"), "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n"),
    "leaflet.css": await leafletCss(),
  },
});
await ship({
  folder: "protomaps-leaflet", from: "protomaps-leaflet", licenceFile: "protomaps-leaflet/LICENSE", licence: "BSD-3-Clause",
  why: "streets of a file on this machine, loaded only where there is one",
  files: { "protomaps-leaflet.js": (await readFile(join(modules, "protomaps-leaflet/dist/protomaps-leaflet.js"), "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n") },
});
await ship({
  folder: "swagger-ui", from: "swagger-ui-dist", licenceFile: "swagger-ui-dist/LICENSE", licence: "Apache-2.0",
  why: "the page of the API, /docs",
  files: {
    "swagger-ui-bundle.js": (await readFile(join(modules, "swagger-ui-dist/swagger-ui-bundle.js"), "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n"),
    "swagger-ui.css": (await readFile(join(modules, "swagger-ui-dist/swagger-ui.css"), "utf8")).replace(/\n?\/\*# sourceMappingURL=.*\n?$/, "\n"),
    "NOTICE": await readFile(join(modules, "swagger-ui-dist/NOTICE")),
  },
});
await ship({
  folder: "inter", from: "@fontsource-variable/inter", licenceFile: "@fontsource-variable/inter/LICENSE", licence: "OFL-1.1",
  why: "text face, Latin subset of the weights 400 to 700",
  files: { "inter-latin.woff2": await readFile(join(modules, "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")) },
});
await ship({
  folder: "jetbrains-mono", from: "@fontsource/jetbrains-mono", licenceFile: "@fontsource/jetbrains-mono/LICENSE", licence: "OFL-1.1",
  why: "the plate, bold only, Latin subset without ligatures",
  files: { "jetbrains-mono-latin-700.woff2": await readFile(join(modules, "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-700-normal.woff2")) },
});

await mkdir(join(project, "static", "mapa"), { recursive: true });
await writeFile(join(project, "static", "mapa", "comunas.json"), await comunas());
await writeFile(join(project, "static", "mapa", "fondo.json"), await ground(here));

const rows = shipped.map((s) => `| \`${s.folder}/\` | ${s.from} | ${s.version} | ${s.licence} | ${s.why} |`).join("\n");
await writeFile(
  join(vendor, "README.md"),
  `# Vendored front-end files\n\nMade by \`frontend/build.mjs\`; do not edit by hand. The licence of each stands in its folder.\n\n` +
    `| folder | npm package | version | licence | what for |\n|---|---|---|---|---|\n${rows}\n`,
);

const kb = (n) => `${(n / 1024).toFixed(1)} kB`;
console.log(`tabler.min.css ${kb(css.length)}, gzip ${kb(gzipSync(css, { level: 9 }).length)}, brotli ${kb(brotliCompressSync(css).length)}`);
