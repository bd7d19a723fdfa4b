// A form is sent once: a second click does nothing until the page comes back.
// htmx forms use hx-disabled-elt; a form whose answer is a download says data-again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || "again" in form.dataset || form.closest("[hx-post], [hx-get]")) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  // After the browser has read the fields: a disabled button would not send its own value.
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
});

// The back button may show the page as it was left.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  });
});
