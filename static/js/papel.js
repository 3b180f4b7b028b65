// @ts-check
// A paper beside its form: taking what the other paper says.

document.addEventListener("click", (event) => {
  const { target } = event;
  const button = target instanceof Element ? target.closest("[data-use]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const field = document.getElementById(button.dataset.for ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const before = field.value;
  field.value = button.dataset.use ?? "";
  button.dataset.use = before;
  button.textContent = before ? `Volver a «${before}»` : "Dejar vacío";
  field.focus();
});
