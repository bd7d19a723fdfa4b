// A box to sign in: components/signature.html. Strokes go to the hidden input as
// [[{"x": px, "y": px, "t": ms since the first touch}, …], …]; the server draws and judges them.
document.querySelectorAll("[data-signature]").forEach((box) => {
  const canvas = box.querySelector("canvas");
  const input = box.querySelector("input[type=hidden]");
  const status = box.querySelector("[role=status]");
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 2.8 });
  let width = 0;

  const strokes = () => {
    const groups = pad.toData().filter((group) => group.points.length);
    const start = groups.length ? groups[0].points[0].time : 0;
    const round = (value) => Math.round(value * 10) / 10;
    return groups.map((group) => group.points.map((p) => ({ x: round(p.x), y: round(p.y), t: Math.max(0, Math.round(p.time - start)) })));
  };
  const store = () => {
    input.value = pad.isEmpty() ? "" : JSON.stringify(strokes());
    status.textContent = pad.isEmpty() ? status.dataset.unsigned : status.dataset.signed;
  };
  // A canvas loses its ink when its size changes: keep the points and draw them again, scaled.
  const fit = () => {
    if (!canvas.offsetWidth || canvas.offsetWidth === width) return;
    const scale = width ? canvas.offsetWidth / width : 1;
    const data = pad.toData().map((group) => ({ ...group, points: group.points.map((p) => ({ ...p, x: p.x * scale, y: p.y * scale })) }));
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    width = canvas.offsetWidth;
    canvas.width = width * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    pad.fromData(data);
    store();
  };
  pad.addEventListener("endStroke", store);
  box.querySelector("[data-signature-clear]").addEventListener("click", () => { pad.clear(); store(); });
  new ResizeObserver(fit).observe(canvas);
  fit();
});
