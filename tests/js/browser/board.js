// Where a card comes to stand when the server tells of it, and when its move was answered.
import { byId, equal, show, test } from "./check.js";

const card = (id, { estado = "nuevo", stamp = "1" } = {}) =>
  `<li class="oficio-card" id="oficio-card-${id}" tabindex="0" data-id="${id}" data-estado="${estado}" data-stamp="${stamp}"></li>`;
const column = (estado, cards, more = "") =>
  `<section class="board-column" data-label="${estado}"><ul class="board-cards" data-key="${estado}" data-estado="${estado}">${cards.map((id) => card(id, { estado })).join("")}${more}</ul></section>`;
const MORE = '<a class="board-more" href="#">más</a>';

/** Draw a board, and load what puts cards into it. */
async function draw(...columns) {
  show(`<div id="board" data-event="1" data-base="">${columns.join("")}</div><div id="toasts"></div>`);
  return Promise.all([import("/static/js/board/place.js"), import("/static/js/board/moves.js")])
    .then(([{ place, remove }, { placeOf, settle }]) => ({ place, remove, placeOf, settle }));
}

const made = (id, options) => {
  const template = document.createElement("template");
  template.innerHTML = card(id, options);
  return template.content.firstElementChild;
};
const order = (estado) => [...document.querySelectorAll(`[data-key=${estado}] .oficio-card`)].map(({ dataset }) => dataset.id).join(" ");

test("a card comes on top without another above it, and below the one that is named", async () => {
  const { place } = await draw(column("nuevo", ["1", "2", "3"]));
  place(made("9"), "");
  place(made("8"), "2");
  equal(order("nuevo"), "9 1 2 8 3");
});

test("a card that moves within its column stands there once", async () => {
  const { place } = await draw(column("nuevo", ["1", "2", "3"]));
  place(made("1", { stamp: "2" }), "3");
  place(made("3", { stamp: "2" }), "");
  equal(order("nuevo"), "3 2 1");
});

test("a card that changed its column leaves the old one", async () => {
  const { place } = await draw(column("nuevo", ["1", "2"]), column("enviado", ["7"]));
  place(made("1", { estado: "enviado", stamp: "2" }), "7");
  equal([order("nuevo"), order("enviado")], ["2", "7 1"]);
});

test("the same picture of a card is not drawn again, and keeps the focus on its way", async () => {
  const { place } = await draw(column("nuevo", ["1", "2"]));
  const before = byId("oficio-card-1");
  before.focus();
  place(made("1"), "2");
  equal([order("nuevo"), byId("oficio-card-1") === before, document.activeElement === before], ["2 1", true, true]);
  equal(before.classList.contains("is-changed"), false);
});

test("what lies beyond the part that is loaded waits for scrolling", async () => {
  const { place } = await draw(column("nuevo", ["1", "2"], MORE), column("enviado", ["7"]));
  place(made("9"), "55"); // below a card that is not loaded
  place(made("7", { estado: "nuevo", stamp: "2" }), "2"); // right at the end of what is loaded
  equal([order("nuevo"), order("enviado")], ["1 2", ""]);
});

test("in a column that is loaded whole, a card without its neighbour comes last", async () => {
  const { place } = await draw(column("nuevo", ["1", "2"]));
  place(made("9"), "55");
  equal(order("nuevo"), "1 2 9");
});

test("the focus of a card that goes away passes to its neighbour", async () => {
  const { remove } = await draw(column("nuevo", ["1", "2"]));
  byId("oficio-card-1").focus();
  remove(byId("oficio-card-1"));
  equal(document.activeElement.dataset.id, "2");
});

test("a refused move goes back to where it was, between the same cards", async () => {
  const { placeOf, settle } = await draw(column("nuevo", ["1", "2", "3"]), column("enviado", []));
  const moved = byId("oficio-card-2");
  const place = placeOf(moved);
  document.querySelector("[data-key=enviado]").append(moved);
  settle(moved, { verb: "mover", place }, true);
  equal([order("nuevo"), order("enviado")], ["1 2 3", ""]);
});

test("an undone move stands below the card that it was asked for, or on top", async () => {
  const { placeOf, settle } = await draw(column("nuevo", ["1", "2", "3"]), column("enviado", ["7"]));
  const moved = byId("oficio-card-7");
  moved.dataset.estado = "nuevo";
  settle(moved, { verb: "deshacer", place: { ...placeOf(moved), wanted: "2" } }, false);
  equal(order("nuevo"), "1 2 7 3");
  settle(moved, { verb: "deshacer", place: { ...placeOf(moved), wanted: "99" } }, false);
  equal(order("nuevo"), "7 1 2 3");
});
