// An htmx request that failed is never silent: show the sentence that base.html keeps ready.
const problem = document.getElementById("request-problem");
const show = (visible) => () => { if (problem) problem.hidden = !visible; };
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(name, show(true));
}
document.body.addEventListener("htmx:afterSwap", show(false));
