// A question sheet by keyboard: with a question in focus, 1 to 9 choose its answer and go on.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || field.type !== "radio" || !/^[1-9]$/.test(event.key)) return;
  const question = field.closest("fieldset.field");
  const answer = question && question.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!answer) return;
  event.preventDefault();
  answer.checked = true;
  const all = [...question.form.querySelectorAll("fieldset.field")];
  const next = all[all.indexOf(question) + 1];
  const target = next ? next.querySelector("input:checked, input") : question.form.querySelector("button") || document.querySelector(`button[form="${question.form.id}"]`);
  if (target) target.focus();
});
