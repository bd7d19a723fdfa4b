// data-copy="text" on a button or link puts the text on the clipboard; data-copied is said after.
// A link still opens its page: the IMEI is then ready to paste there.
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS, or where the browser refuses.
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

document.addEventListener("click", async (event) => {
  const element = event.target.closest("[data-copy]");
  if (!element || !(await copy(element.dataset.copy)) || !element.dataset.copied) return;
  const before = element.textContent;
  if (before === element.dataset.copied) return;
  element.setAttribute("aria-live", "polite");
  element.textContent = element.dataset.copied;
  setTimeout(() => { element.textContent = before; }, 2000);
});
