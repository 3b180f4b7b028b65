// @ts-check
// The Kanban. Each file of board/ is one thing that a person does with it.
import { board } from "./board/dom.js";
import { enableDragging } from "./board/drag.js";
import "./board/keys.js";
import { askSoon, onRedraw, startAsking } from "./board/live.js";
import { onDrawn } from "./board/moves.js";
import { onBulk, refreshSelection } from "./board/selection.js";

// Timeout of a move: without an answer in 20 s the card goes back. Uploads on other pages may take longer.
board.setAttribute("hx-request", '{"timeout": 20000}');

// Where there is room for all five, the final columns stand open.
if (window.matchMedia("(min-width: 1800px)").matches) {
  board.querySelectorAll("details.board-column-final").forEach((column) => { column.setAttribute("open", ""); });
}
enableDragging();
onRedraw((isNew) => {
  if (isNew) enableDragging();
  refreshSelection();
});
onDrawn(() => {
  refreshSelection();
  askSoon();
});
onBulk(askSoon);
startAsking();
