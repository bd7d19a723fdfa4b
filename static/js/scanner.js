// A USB scanner types and presses Enter. In a field with data-scan="next" Enter goes to the next
// such field that is empty, or submits after the last; with data-scan="submit" it submits.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  // Enter also confirms kana in the input method: leave that alone.
  if (event.key !== "Enter" || event.isComposing || !field.dataset || field.dataset.scan !== "next") return;
  event.preventDefault();
  const fields = [...field.form.querySelectorAll("[data-scan]")];
  const next = fields.slice(fields.indexOf(field) + 1).find((other) => !other.value);
  if (next) next.focus();
  else field.form.requestSubmit();
});

// Scanning again replaces what was there instead of adding to it.
document.addEventListener("focusin", (event) => {
  if (event.target.dataset && event.target.dataset.scan) event.target.select();
});
