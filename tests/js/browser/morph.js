// The live swap: what a person is doing stays, the rest becomes what the server says.
import { morph } from "/static/js/morph.js";
import { byId, equal, show, test } from "./check.js";

/** Let the page's element #live become what some HTML says. */
function renew(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return morph(byId("live"), template.content.firstElementChild);
}

test("what was typed stays, and what nobody touched is renewed", () => {
  show('<form id="live"><input id="a" value="uno"><input id="b" value="uno"><textarea id="c">uno</textarea><textarea id="d">uno</textarea></form>');
  byId("a").value = "a mano";
  byId("c").value = "a mano";
  renew('<form id="live"><input id="a" value="dos"><input id="b" value="dos"><textarea id="c">dos</textarea><textarea id="d">dos</textarea></form>');
  equal(["a", "b", "c", "d"].map((id) => byId(id).value), ["a mano", "dos", "a mano", "dos"]);
});

test("what no person can change always carries what the server says now", () => {
  const html = (n) => `<form id="live"><input type="hidden" id="i" value="${n}"><button id="b" value="${n}"></button>` +
    `<progress id="p" max="9" value="${n}"></progress><select><option id="o" value="${n}">x</option></select></form>`;
  show(html(1));
  renew(html(2));
  equal(["i", "b", "p", "o"].map((id) => String(byId(id).value)), ["2", "2", "2", "2"]);
});

test("ticks and choices that a person made stay", () => {
  const html = '<form id="live"><input type="checkbox" id="a"><input type="checkbox" id="b" checked><select id="s"><option>x</option><option>y</option></select></form>';
  show(html);
  byId("a").checked = true;
  byId("b").checked = false;
  byId("s").value = "y";
  renew(html.replace("<form", '<form class="otra"'));
  equal([byId("live").className, byId("a").checked, byId("b").checked, byId("s").value], ["otra", true, false, "y"]);
});

test("what the server ticks and chooses is seen where nobody touched the field", () => {
  show('<form id="live"><input type="checkbox" id="a"><select id="s"><option selected>x</option><option>y</option></select></form>');
  renew('<form id="live"><input type="checkbox" id="a" checked><select id="s"><option>x</option><option selected>y</option></select></form>');
  equal([byId("a").checked, byId("s").value], [true, "y"]);
});

test("open details, a form on its way and what a script drew are left alone", () => {
  show('<div id="live"><details id="d"><summary>s</summary>uno</details><form id="f"><button>Ir</button></form><canvas id="c"></canvas></div>');
  byId("d").open = true;
  byId("f").setAttribute("data-sending", "");
  byId("c").setAttribute("width", "123");
  renew('<div id="live"><details id="d"><summary>s</summary>dos</details><form id="f"><button>Ir</button></form><canvas id="c"></canvas></div>');
  equal([byId("d").open, byId("d").textContent, byId("f").hasAttribute("data-sending"), byId("c").width], [true, "sdos", true, 123]);
});

test("an element with an id is the same one wherever it goes, and keeps the focus", () => {
  show('<ul id="live"><li id="uno"><button id="b1">1</button></li><li id="dos"><button id="b2">2</button></li></ul>');
  const [row, button] = [byId("dos"), byId("b2")];
  button.focus();
  const added = renew('<ul id="live"><li id="nueva">0</li><li id="dos"><button id="b2">2b</button></li><li id="uno"><button id="b1">1</button></li></ul>');
  equal([...byId("live").children].map(({ id }) => id), ["nueva", "dos", "uno"]);
  equal([byId("dos") === row, document.activeElement === button, button.textContent], [true, true, "2b"]);
  equal(added.filter((node) => node.nodeType === 1).map((node) => node.id), ["nueva"]);
});

test("typing goes on where the cursor was, although rows come and go above it", () => {
  show('<div id="live"><p id="p1">uno</p><input id="i" value="abcdef"></div>');
  const input = byId("i");
  input.focus();
  input.setSelectionRange(2, 4);
  renew('<div id="live"><p id="p0">cero</p><p id="p1">uno</p><input id="i" value="abcdef"></div>');
  equal([document.activeElement === input, input.selectionStart, input.selectionEnd], [true, 2, 4]);
});

test("a page that is not looked at does not ask", () => {
  show('<div id="live" data-poll></div>');
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  const ask = (element) => element.dispatchEvent(new CustomEvent("htmx:beforeRequest", { bubbles: true, cancelable: true }));
  equal(ask(byId("live")), false);
  Object.defineProperty(document, "hidden", { value: false, configurable: true });
  equal(ask(byId("live")), true);
});
