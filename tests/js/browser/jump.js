// Enter while answers are on their way opens what was found of what is typed, and nothing else.
import { equal, show, test } from "./check.js";

const PAGE = `<dialog id="jump"><form id="jump-form" action="/saltar"><input id="jump-q" name="q"></form>
  <div id="jump-list"></div><p id="jump-total"></p></dialog>`;
const moment = (milliseconds = 0) => new Promise((done) => { setTimeout(done, milliseconds); });
const found = (name) => new Response(
  `<div id="jump-found" data-total="1"><a id="o" role="option" href="#${name}">${name}</a></div>`,
);

test("an answer to what was typed before is not opened by an Enter that came since", async () => {
  show(PAGE);
  const waiting = [];
  window.fetch = () => new Promise((answer) => { waiting.push(answer); });
  await import("/static/js/jump.js");
  document.dispatchEvent(new Event("saltar"));
  while (!waiting.length) await moment();

  const input = document.getElementById("jump-q");
  input.value = "serie";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  waiting[0](found("nuevo"));
  await moment();
  await moment();
  equal([waiting.length, window.location.hash], [1, ""]);

  while (waiting.length < 2) await moment(5);
  waiting[1](found("serie"));
  while (!window.location.hash) await moment(5);
  equal(window.location.hash, "#serie");
});
