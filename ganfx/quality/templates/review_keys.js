// What is asked for: keys, buttons, the pointer.

function showShot(index, number) {
  Object.assign(state, { shot: index, rate: 0, zoom: null, panX: 0, panY: 0 });
  const one = shot();
  state.at = Math.max(0, one.numbers.indexOf(number ?? one.numbers[0]));
  drawnAt = state.at;
  const several = one.sides.length > 1;
  state.left = Math.min(state.left, one.sides.length - 1);
  state.right = Math.min(Math.max(state.right, several ? 1 : 0), one.sides.length - 1);
  if (!several) state.layout = "one";
  find("shot").value = index;
  find("play").textContent = "Play";
  for (const id of ["left", "right"])
    find(id).replaceChildren(...one.sides.map((name, side) => element("option", { value: side }, name)));
  find("sides").hidden = !several;
  find("player").hidden = one.numbers.length < 2;
  find("time").hidden = one.numbers.length < 2;
  find("heat").hidden = !one.heated;
  find("frame").max = one.numbers.length - 1;
  find("note").textContent = one.hasSource ? "" : document.querySelectorAll("#below section")[index].querySelector(".remark")?.textContent ?? "";
  syncChoices();
  drawGraph();
  remember();
  redraw();
}

function syncChoices() {
  find("left").value = state.left;
  find("right").value = state.right;
  find("layout").value = state.layout;
  find("wipe").hidden = state.layout !== "wipe";
  redraw();
}

function choose(side, which) {
  if (side < 0 || side >= shot().sides.length) return;
  state[which] = side;
  syncChoices();
}

function swap() {
  [state.left, state.right] = [state.right, state.left];
  syncChoices();
}

function nextLayout() {
  const names = ["wipe", "beside", "one"];
  if (shot().sides.length > 1) state.layout = names[(names.indexOf(state.layout) + 1) % names.length];
  syncChoices();
}

function toggleZoom() {
  state.zoom = state.zoom === null ? 1 : null;
  redraw();
}

function zoomBy(factor) {
  const [pane] = panes();
  const fit = Math.min(pane.width / shot().size[0], pane.height / shot().size[1]);
  const scale = clamp(scaleIn(pane) * factor, fit, 16);
  state.zoom = scale <= fit * 1.001 ? null : scale;
  redraw();
}

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else find("viewer").requestFullscreen?.();
}

function toggle(name) {
  state[name] = !state[name];
  redraw();
}

function moveWipe(by) {
  state.wipe = clamp(state.wipe + by, 0, 100);
  redraw();
}

function faster(way) {
  const going = Math.sign(state.rate) === way;
  play(going ? way * Math.min(8, Math.abs(state.rate) * 2) : way);
}

function goToShot(by) {
  const index = clamp(state.shot + by, 0, data.shots.length - 1);
  if (index !== state.shot) showShot(index);
}

const looksFrom = () => (shot().hasSource ? 1 : 0);
const keys = {
  " ": () => play(state.rate ? 0 : 1), k: () => play(0), j: () => faster(-1), l: () => faster(1),
  ArrowLeft: (event) => step(event.shiftKey ? -10 : -1), ArrowRight: (event) => step(event.shiftKey ? 10 : 1),
  Home: () => go(0), End: () => go(Infinity), ArrowUp: () => goToShot(-1), ArrowDown: () => goToShot(1),
  0: () => { if (shot().hasSource) choose(0, "left"); }, x: swap, w: nextLayout, z: toggleZoom,
  "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8), n: () => { if (nearestWhole() !== undefined) go(nearestWhole()); },
  h: () => { if (shot().heated) toggle("heat"); }, r: () => toggle("repeat"), f: toggleFull,
  ",": () => moveWipe(-2), ".": () => moveWipe(2),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (target.matches("select") && (key.startsWith("Arrow") || key === " " || /^[a-z0-9]$/.test(key))) return;
  if (target.matches("button, summary, a") && key === " ") return;
  if (target === find("wipe") && /^(Arrow|Home|End)/.test(key)) return;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit) choose(Number(digit) - 1 + looksFrom(), event.shiftKey ? "left" : "right");
  else if (keys[key]) keys[key](event);
  else return;
  event.preventDefault();
});

// After a click a button lets go of the keyboard: Space goes on to play.
let byPointer = false;
document.addEventListener("pointerdown", () => { byPointer = true; }, true);
document.addEventListener("keydown", () => { byPointer = false; }, true);
for (const kind of ["click", "change"])
  find("viewer").addEventListener(kind, (event) => { if (byPointer && (kind === "change" || event.target.matches("button"))) event.target.blur(); });

const clicks = {
  back: () => step(-1), on: () => step(1), play: () => play(state.rate ? 0 : 1), repeat: () => toggle("repeat"), swap,
  zoom: toggleZoom, heat: () => toggle("heat"), full: toggleFull, pixels: () => go(nearestWhole()),
};
for (const [id, act] of Object.entries(clicks)) find(id).addEventListener("click", act);
find("shot").addEventListener("change", (event) => showShot(Number(event.target.value)));
for (const which of ["left", "right"])
  find(which).addEventListener("change", (event) => choose(Number(event.target.value), which));
find("layout").addEventListener("change", (event) => { state.layout = event.target.value; syncChoices(); });
find("wipe").addEventListener("input", (event) => { state.wipe = Number(event.target.value); redraw(); });
find("frame").addEventListener("input", (event) => go(Number(event.target.value)));
find("speed").addEventListener("change", () => { if (state.rate) play(state.rate); });

const track = find("track");
track.addEventListener("pointerdown", (event) => {
  track.setPointerCapture(event.pointerId);
  go(placeAt(event));
});
track.addEventListener("pointermove", (event) => {
  if (track.hasPointerCapture(event.pointerId)) go(placeAt(event));
  hover(event);
});
for (const kind of ["pointerleave", "pointerup", "pointercancel"])
  track.addEventListener(kind, () => { find("hover").hidden = true; });

let held = null; // what the pointer moves: {kind, x, y}
stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.matches("button")) return;
  const x = (event.clientX - stage.getBoundingClientRect().left) * window.devicePixelRatio;
  const onEdge = state.layout === "wipe" && Math.abs(x - edge().x) < NEAR * window.devicePixelRatio;
  const kind = state.layout === "wipe" && (state.zoom === null || onEdge) ? "wipe" : state.zoom === null ? null : "pan";
  if (!kind) return;
  stage.setPointerCapture(event.pointerId);
  held = { kind, x: event.clientX, y: event.clientY };
  if (kind === "wipe") follow(event);
  event.preventDefault();
});
stage.addEventListener("pointermove", (event) => { if (held) follow(event); });
for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { held = null; });
stage.addEventListener("dblclick", (event) => { if (!event.target.matches("button")) toggleZoom(); });
stage.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && state.zoom === null) return;
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
}, { passive: false });

function follow(event) {
  const ratio = window.devicePixelRatio;
  if (held.kind === "wipe") {
    const { first, last } = edge();
    const x = (event.clientX - stage.getBoundingClientRect().left) * ratio;
    state.wipe = clamp((100 * (x - first)) / Math.max(1, last - first), 0, 100);
  } else {
    const scale = scaleIn(panes()[0]);
    const limits = shot().size.map((side) => side / 2);
    state.panX = clamp(state.panX + ((event.clientX - held.x) * ratio) / scale, -limits[0], limits[0]);
    state.panY = clamp(state.panY + ((event.clientY - held.y) * ratio) / scale, -limits[1], limits[1]);
    Object.assign(held, { x: event.clientX, y: event.clientY });
  }
  redraw();
}

document.querySelectorAll(".thumb").forEach((thumb) => thumb.addEventListener("click", () => {
  const index = Number(thumb.dataset.shot);
  showShot(index, data.shots[index].numbers[Number(thumb.dataset.place)]);
  window.scrollTo({ top: 0 });
}));
new ResizeObserver(redraw).observe(stage);
find("shots").hidden = data.shots.length < 2;
const [, begunShot = 0, begunFrame] = /^#(\d+)\/(-?\d+)$/.exec(location.hash) ?? [];
showShot(clamp(Number(begunShot), 0, data.shots.length - 1), begunFrame === undefined ? undefined : Number(begunFrame));
