// @ts-check
// The page of jobs: marking several, and the charts, which are drawn from their table.
import { need } from "./elements.js";

// ---- Marking ----

const boxes = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#trabajos-form input[name=trabajo]")]);

/** Say how many are marked, and what the box over all of them shows. */
function tell() {
  const all = boxes();
  const picked = all.filter((box) => box.checked).length;
  const text = document.querySelector("#trabajos-form [data-picked]");
  if (text && picked) text.textContent = picked === 1 ? "1 trabajo marcado." : `${picked} trabajos marcados.`;
  else if (text) text.textContent = "Marque trabajos para hacer lo mismo con todos.";
  const over = document.querySelector("#trabajos-form [data-pick-all]");
  if (!(over instanceof HTMLInputElement)) return;
  over.checked = picked > 0 && picked === all.length;
  over.indeterminate = picked > 0 && picked < all.length;
}

document.addEventListener("change", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLInputElement) || !target.closest("#trabajos-form")) return;
  if (target.hasAttribute("data-pick-all")) boxes().forEach((box) => { box.checked = target.checked; });
  tell();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  if (elt.id !== "trabajos-form" || !successful) return;
  // The report has told what became of them.
  document.querySelectorAll("#trabajos-form input[type=checkbox]").forEach((box) => {
    /** @type {HTMLInputElement} */ (box).checked = false;
  });
  tell();
});

// ---- Charts ----

const INKS = { ok: "--r-ok", danger: "--r-danger", warn: "--r-warn", primary: "--r-primary-text", soft: "--r-soft", line: "--r-line" };

/**
 * The colours of the page as they are now, light or dark.
 *
 * @returns {Record<string, string>}
 */
function readInks() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const inks = Object.fromEntries(Object.entries(INKS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return inks;
}

/**
 * @param {number} value
 * @param {string | undefined} unit
 */
const shown = (value, unit) => (unit ? `${value.toLocaleString("es-CL", { maximumFractionDigits: 2 })} ${unit}` : value.toLocaleString("es-CL"));

/**
 * @param {HTMLCanvasElement} canvas names the columns of the table that it draws
 * @param {HTMLTableElement} table
 * @param {Record<string, string>} inks
 */
function dataOf(canvas, table, inks) {
  const rows = [...table.tBodies[0].rows];
  const heads = /** @type {HTMLTableSectionElement} */ (table.tHead).rows[0].cells;
  const isLine = canvas.dataset.chart === "line";
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    datasets: (canvas.dataset.columns ?? "").split(",").map(Number).map((column) => {
      const head = heads[column];
      const ink = inks[head.dataset.ink ?? ""];
      return {
        label: head.textContent.trim(),
        data: rows.map((row) => ("value" in row.cells[column].dataset ? Number(row.cells[column].dataset.value) : null)),
        borderColor: ink,
        backgroundColor: ink,
        borderWidth: isLine ? 2 : 0,
        borderDash: isLine && head.dataset.ink === "soft" ? [5, 4] : [],
        pointRadius: isLine ? 2 : 0,
        spanGaps: true,
      };
    }),
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Record<string, string>} inks
 * @returns {import("chart.js").ChartOptions}
 */
function optionsOf(canvas, inks) {
  const { unit } = canvas.dataset;
  const isBar = canvas.dataset.chart === "bar";
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { stacked: isBar, grid: { display: false }, ticks: { color: inks.soft, maxRotation: 0, autoSkipPadding: 12 } },
      y: {
        stacked: isBar,
        beginAtZero: true,
        grid: { color: inks.line },
        ticks: { color: inks.soft, precision: isBar ? 0 : undefined, maxTicksLimit: 6, callback: (value) => shown(Number(value), unit) },
      },
    },
    plugins: {
      legend: { position: "bottom", labels: { color: inks.soft, usePointStyle: true, pointStyle: isBar ? "rect" : "line" } },
      tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${shown(Number(item.parsed.y), unit)}` } },
    },
  };
}

function draw() {
  if (!document.querySelector("[data-chart-table]")) return;
  const table = need(HTMLTableElement, "[data-chart-table]");
  const inks = readInks();
  document.querySelectorAll("canvas[data-chart]").forEach((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const chart = Chart.getChart(canvas);
    const data = dataOf(canvas, table, inks);
    const options = optionsOf(canvas, inks);
    if (!chart) {
      new Chart(canvas, { type: canvas.dataset.chart === "line" ? "line" : "bar", data, options });
      return;
    }
    chart.data = data;
    chart.options = options;
    chart.update();
  });
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "trabajos-rendimiento") draw();
  if (event.detail.target.id === "trabajos-live") tell();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
draw();
tell();
