// The list: ticking a stretch of rows with Shift, showing the report of a deed, and printing.
const boxes = () => [...document.querySelectorAll(".board-list input[name=oficio]")];
const bar = document.getElementById("bulk-bar");
const count = bar?.querySelector(".bulk-count");
let anchor = null;

function refresh() {
  const ticked = boxes().filter((box) => box.checked).length;
  if (!bar) return;
  bar.hidden = ticked === 0;
  count.textContent = ticked === 1 ? "1 seleccionado" : `${ticked} seleccionados`;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".board-list input[name=oficio]");
  if (box) {
    const all = boxes();
    if (event.shiftKey && anchor) {
      const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    anchor = box;
    refresh();
  }
  if (event.target.closest?.("[data-select-none]")) {
    boxes().forEach((other) => { other.checked = false; });
    refresh();
  }
  if (event.target.closest?.("[data-print]")) window.print();
  // Later: a button that loses the focus now would no longer be the one that was pressed.
  const menu = event.target.closest?.("#bulk-bar .menu-item")?.closest("[popover]");
  if (menu) setTimeout(() => menu.hidePopover());
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "bulk-report") return;
  const report = document.getElementById("board-report");
  report.showModal();
  // The rows tell how things stood; after a deed they are read again.
  if (event.detail.xhr.status < 300) report.addEventListener("close", () => location.reload(), { once: true });
});

bar?.classList.add("is-floating");
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
refresh();
