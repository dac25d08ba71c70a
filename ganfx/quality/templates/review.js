// The player of a review page. Pictures come as scripts, a few frames each: a page that is
// opened from a disk may load those, and no other data.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const CHUNKS_KEPT = 10;
const PIXELS_KEPT = (navigator.deviceMemory ?? 4) < 4 ? 25e6 : 80e6; // decoded
const AHEAD = 6; // frames that are decoded before their turn
const NEAR = 22; // pixels from the edge of the wipe that still take hold of it

const state = {
  shot: 0, at: 0, left: 0, right: 1, layout: "wipe", wipe: 50,
  zoom: null, // null: all of the picture; else device pixels for one of the picture
  panX: 0, panY: 0, heat: false, repeat: true,
  rate: 0, // of play: 0 stops, below 0 goes back
  begun: 0, from: 0,
};
const shot = () => data.shots[state.shot];

// ---- pictures -------------------------------------------------------------------------------

const chunks = new Map(); // name -> {promise, frames}
const arrivals = new Map(); // name -> what to do with its frames
window.picturesCame = (name, frames) => arrivals.get(name)?.(frames);

function chunk(name) {
  let held = chunks.get(name);
  if (held) {
    chunks.delete(name); // to the end: used last
    chunks.set(name, held);
    return held;
  }
  held = { frames: null };
  held.promise = new Promise((resolve) => {
    const script = element("script", { src: `${data.pictures}/${name}.js` });
    arrivals.set(name, (frames) => {
      held.frames = frames;
      arrivals.delete(name);
      script.remove();
      resolve(frames);
    });
    script.addEventListener("error", () => {
      arrivals.delete(name);
      script.remove();
      find("note").textContent = `${data.pictures}/${name}.js is not beside this page`;
      resolve([]);
    });
    document.head.append(script);
  });
  chunks.set(name, held);
  for (const old of chunks.keys()) {
    if (chunks.size <= CHUNKS_KEPT) break;
    chunks.delete(old);
  }
  return held;
}

const bitmaps = new Map(); // key -> {bitmap, pixels}; bitmap undefined: comes; null: not there
let pixelsKept = 0;

function drop(key) {
  const held = bitmaps.get(key);
  bitmaps.delete(key);
  pixelsKept -= held.pixels;
  held.bitmap?.close();
}

/** A picture to draw: undefined while it comes, null where there is none. */
function picture(kind, at, side) {
  const key = `${state.shot}/${kind}/${at}/${side}`;
  const held = bitmaps.get(key);
  if (held) {
    bitmaps.delete(key);
    bitmaps.set(key, held);
    return held.bitmap;
  }
  const made = { bitmap: undefined, pixels: 0 };
  bitmaps.set(key, made);
  const size = shot().chunk;
  const name = kind === "whole" ? `${state.shot}-whole-${at}` : `${state.shot}-${Math.floor(at / size)}`;
  chunk(name).promise.then(async (frames) => {
    const frame = frames[kind === "whole" ? 0 : at % size];
    const code = frame?.[kind === "heat" ? "heat" : "sides"]?.[side];
    made.bitmap = code ? await decoded(code) : null;
    if (bitmaps.get(key) !== made) return made.bitmap?.close();
    made.pixels = made.bitmap ? made.bitmap.width * made.bitmap.height : 0;
    pixelsKept += made.pixels;
    for (const old of bitmaps.keys()) {
      if (pixelsKept <= PIXELS_KEPT || old === key) break;
      if (bitmaps.get(old).bitmap !== undefined) drop(old);
    }
    redraw();
  });
  return undefined;
}

function decoded(code) {
  const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
}

/** The sides that the layout shows. */
function sidesShown() {
  return state.layout === "one" ? [state.right] : [state.left, state.right];
}

const heatOf = (side) => side - (shot().hasSource ? 1 : 0); // below 0: the source has none

/** Whether all of a frame can be drawn; asks for what is missing. */
function isReady(at) {
  const needed = sidesShown().map((side) => picture("play", at, side));
  if (state.heat && shot().heated)
    for (const side of sidesShown()) if (heatOf(side) >= 0) needed.push(picture("heat", at, heatOf(side)));
  return needed.every((bitmap) => bitmap !== undefined);
}

// ---- drawing --------------------------------------------------------------------------------

const stage = find("stage");
const canvas = stage.querySelector("canvas");
const brush = canvas.getContext("2d");
let waiting = false;
let drawnAt = 0;

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame((now) => {
    waiting = false;
    advance(now);
    draw();
    tell();
    if (state.rate) redraw();
  });
}

/** Where panes are, in device pixels. */
function panes() {
  const { width, height } = canvas;
  if (state.layout !== "beside") return [{ x: 0, y: 0, width, height }];
  const [wide, tall] = shot().size;
  const gap = 2;
  const across = Math.min((width - gap) / 2 / wide, height / tall);
  const down = Math.min(width / wide, (height - gap) / 2 / tall);
  if (across >= down) {
    const half = (width - gap) / 2;
    return [{ x: 0, y: 0, width: half, height }, { x: half + gap, y: 0, width: half, height }];
  }
  const half = (height - gap) / 2;
  return [{ x: 0, y: 0, width, height: half }, { x: 0, y: half + gap, width, height: half }];
}

function scaleIn(pane) {
  const [wide, tall] = shot().size;
  return state.zoom ?? Math.min(pane.width / wide, pane.height / tall);
}

/** The rectangle of the whole picture in a pane; parts may lie outside. */
function placeIn(pane) {
  const [wide, tall] = shot().size;
  const scale = scaleIn(pane);
  const spareX = Math.max(0, (wide * scale - pane.width) / 2);
  const spareY = Math.max(0, (tall * scale - pane.height) / 2);
  const panX = clamp(state.panX * scale, -spareX, spareX);
  const panY = clamp(state.panY * scale, -spareY, spareY);
  return {
    x: Math.round(pane.x + (pane.width - wide * scale) / 2 + panX),
    y: Math.round(pane.y + (pane.height - tall * scale) / 2 + panY),
    width: Math.round(wide * scale), height: Math.round(tall * scale),
  };
}

/** Where the edge of the wipe is, in device pixels: a share of the picture that is seen. */
function edge() {
  const [pane] = panes();
  const place = placeIn(pane);
  const first = Math.max(place.x, 0);
  const last = Math.min(place.x + place.width, canvas.width);
  return { first, last, x: first + ((last - first) * state.wipe) / 100 };
}

function draw() {
  const box = stage.getBoundingClientRect();
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  if (isReady(state.at)) drawnAt = state.at;
  prefetch();
  brush.clearRect(0, 0, width, height);
  const [first, second = first] = panes();
  if (state.layout === "wipe") {
    const { x } = edge();
    paint(state.left, first, { x: 0, width: x });
    paint(state.right, first, { x, width: width - x });
    brush.fillStyle = "#000a";
    brush.fillRect(x - 2 * ratio, 0, 4 * ratio, height);
    brush.fillStyle = "#fff";
    brush.fillRect(x - ratio, 0, 2 * ratio, height);
  } else if (state.layout === "beside") {
    paint(state.left, first, first);
    paint(state.right, second, second);
  } else {
    paint(state.right, first, first);
  }
}

function paint(side, pane, clip) {
  const place = placeIn(pane);
  const small = picture("play", drawnAt, side);
  const whole = isLarger() && hasPixels(drawnAt) && drawnAt === state.at ? picture("whole", drawnAt, side) : null;
  const bitmap = whole || small;
  brush.save();
  brush.beginPath();
  brush.rect(clip.x, pane.y, clip.width, pane.height);
  brush.clip();
  if (bitmap) {
    brush.imageSmoothingEnabled = place.width < 3 * bitmap.width; // pixels stay pixels
    brush.imageSmoothingQuality = "high";
    const hot = state.heat && heatOf(side) >= 0 ? picture("heat", drawnAt, heatOf(side)) : null;
    if (state.heat && shot().heated) brush.filter = "grayscale(1) brightness(0.45)";
    brush.drawImage(bitmap, place.x, place.y, place.width, place.height);
    brush.filter = "none";
    brush.globalCompositeOperation = "screen";
    if (hot) brush.drawImage(hot, place.x, place.y, place.width, place.height);
  } else if (bitmap === null) {
    missing(place);
  }
  brush.restore();
}

function missing(place) {
  brush.strokeStyle = "#fff8";
  brush.lineWidth = 2;
  brush.strokeRect(place.x + 1, place.y + 1, place.width - 2, place.height - 2);
  brush.fillStyle = "#fff";
  brush.font = `${14 * window.devicePixelRatio}px sans-serif`;
  brush.textAlign = "center";
  brush.fillText("not there", place.x + place.width / 2, place.y + place.height / 2);
}

/** Whether a picture is drawn larger than the one that plays. */
function isLarger() {
  const { size, played } = shot();
  return played[0] < size[0] && size[0] * scaleIn(panes()[0]) > played[0] * 1.05;
}

const hasPixels = (at) => shot().whole.includes(at);

function prefetch() {
  const way = state.rate < 0 ? -1 : 1;
  for (let step = 1; step <= AHEAD; step++) {
    const at = wrapped(state.at + way * step);
    if (at !== state.at) isReady(at);
  }
  const later = wrapped(state.at + way * shot().chunk);
  chunk(`${state.shot}-${Math.floor(later / shot().chunk)}`);
}

function wrapped(at) {
  const count = shot().numbers.length;
  return state.repeat ? ((at % count) + count) % count : clamp(at, 0, count - 1);
}

// ---- time -----------------------------------------------------------------------------------

function play(rate) {
  const last = shot().numbers.length - 1;
  if (rate && !state.repeat && state.at === (rate > 0 ? last : 0)) state.at = rate > 0 ? 0 : last;
  state.rate = last > 0 ? rate : 0;
  state.begun = performance.now();
  state.from = state.at;
  find("play").textContent = state.rate ? "Stop" : "Play";
  remember();
  redraw();
}

/** One frame after the other, at the speed that is asked for; waits for what comes late. */
function advance(now) {
  if (!state.rate) return;
  const speed = Number(find("speed").value) * shot().fps * Math.abs(state.rate);
  const due = Math.floor(((now - state.begun) / 1000) * speed);
  const gone = Math.abs(state.at - state.from);
  if (due <= gone && state.at !== state.from) return;
  if (due < 1) return;
  const way = Math.sign(state.rate);
  const target = state.from + way * due;
  const next = wrapped(target);
  if (next !== target && !state.repeat) {
    state.at = next;
    play(0);
    return;
  }
  if (!isReady(next)) { // the clock waits
    state.begun = now;
    state.from = state.at;
    return;
  }
  state.at = next;
  state.from = next;
  state.begun += (due / speed) * 1000;
}

function go(at) {
  state.rate = 0;
  find("play").textContent = "Play";
  state.at = clamp(at, 0, shot().numbers.length - 1);
  remember();
  redraw();
}

function step(count) {
  go(wrapped(state.at + count));
}

/** The place in the address, so that it can be handed on. */
function remember() {
  try {
    history.replaceState(null, "", `#${state.shot}/${shot().numbers[state.at]}`);
  } catch {} // some browsers do not let pages from a disk
}

// ---- what is told ---------------------------------------------------------------------------

const label = (at) => shot().labels?.[at] ?? String(shot().numbers[at]);

function tell() {
  const one = shot();
  const { at } = state;
  const count = one.numbers.length;
  find("where").textContent = `${label(at)}  ${at + 1}/${count}`;
  find("frame").value = at;
  find("frame").setAttribute("aria-valuetext", label(at));
  const [left, right] = stage.querySelectorAll(".tag");
  left.textContent = state.layout === "one" ? "" : one.sides[state.left];
  right.textContent = one.sides[state.right];
  find("wipe").value = state.wipe;
  find("zoom").setAttribute("aria-pressed", state.zoom !== null);
  find("heat").setAttribute("aria-pressed", state.heat);
  find("repeat").setAttribute("aria-pressed", state.repeat);
  stage.classList.toggle("zoomed", state.zoom !== null);
  stage.classList.toggle("wiping", state.layout === "wipe" && state.zoom === null);
  find("legend").querySelectorAll("output").forEach((output, side) => {
    const value = one.flicker?.[at]?.[side];
    output.textContent = value === null || value === undefined ? "-" : `${value.toFixed(2)} %`;
  });
  tellPixels();
}

/** Where 1:1 shows pixels that are not the frame's own: say so, and offer those that are. */
function tellPixels() {
  const button = find("pixels");
  button.hidden = !(isLarger() && !hasPixels(state.at));
  if (button.hidden) return;
  const near = nearestWhole();
  const width = shot().played[0];
  button.disabled = near === undefined;
  button.textContent = near === undefined
    ? `${width} of ${shot().size[0]} pixels: this page has no larger ones`
    : `${width} of ${shot().size[0]} pixels; its own has ${label(near)} (N)`;
}

function nearestWhole() {
  const distance = (at) => Math.abs(at - state.at);
  return [...shot().whole].sort((one, other) => distance(one) - distance(other))[0];
}

const SVG = find("graph").namespaceURI;

function line(side, points) {
  const made = document.createElementNS(SVG, "polyline");
  made.setAttribute("class", `side-${side + (shot().hasSource ? 0 : 1)}`);
  made.setAttribute("points", points);
  return made;
}

/** The flicker of every side under the timeline. */
function drawGraph() {
  const graph = find("graph");
  const one = shot();
  const count = one.numbers.length;
  find("track").classList.toggle("graphed", Boolean(one.flicker));
  graph.replaceChildren();
  find("legend").replaceChildren();
  if (!one.flicker) return;
  const most = Math.max(0.1, ...one.flicker.flat().filter((value) => value !== null)) * 1.1;
  graph.setAttribute("viewBox", `0 0 ${Math.max(1, count - 1)} 100`);
  one.sides.forEach((name, side) => {
    const parts = [[]];
    one.flicker.forEach((values, at) => {
      const value = values[side];
      if (value === null) parts.push([]);
      else parts.at(-1).push(`${at},${(100 - (96 * value) / most).toFixed(2)}`);
    });
    parts.filter((part) => part.length).forEach((part) =>
      graph.append(line(side, part.length > 1 ? part.join(" ") : `${part[0]} ${part[0]}`)));
    const sample = document.createElementNS(SVG, "svg");
    sample.setAttribute("viewBox", "0 0 34 10");
    sample.append(line(side, "0,5 34,5"));
    find("legend").append(element("span", {}, sample, `${name} `, element("output", { className: "number" })));
  });
  find("legend").prepend(element("span", {}, `flicker, up to ${most.toFixed(1)} %:`));
}

/** A frame that is pointed at: its number, values, and where it flickers. */
function hover(event) {
  const one = shot();
  const box = find("track").getBoundingClientRect();
  const at = placeAt(event);
  const shown = find("hover");
  const values = one.sides.map((name, side) => {
    const value = one.flicker?.[at]?.[side];
    return value === null || value === undefined ? null : `${name}  ${value.toFixed(2)} %`;
  });
  const lines = [label(at), ...values.filter(Boolean)];
  shown.querySelector("div").textContent = lines.join("\n");
  shown.hidden = false;
  const half = shown.offsetWidth / 2;
  shown.style.left = `${clamp(event.clientX - box.left, half - 4, box.width - half + 4)}px`;
  const small = shown.querySelector("canvas");
  small.height = Math.round((240 * one.size[1]) / one.size[0]);
  const pen = small.getContext("2d");
  const back = picture("play", at, state.right);
  const hot = heatOf(state.right) >= 0 ? picture("heat", at, heatOf(state.right)) : null;
  pen.filter = hot ? "grayscale(1) brightness(0.45)" : "none";
  if (back) pen.drawImage(back, 0, 0, small.width, small.height);
  pen.filter = "none";
  pen.globalCompositeOperation = "screen";
  if (hot) pen.drawImage(hot, 0, 0, small.width, small.height);
  pen.globalCompositeOperation = "source-over";
  if (back === undefined || hot === undefined) setTimeout(() => { if (!shown.hidden) hover(event); }, 60);
}

function placeAt(event) {
  const box = find("track").getBoundingClientRect();
  return Math.round(clamp((event.clientX - box.left) / box.width, 0, 1) * (shot().numbers.length - 1));
}

// ---- what is asked for ----------------------------------------------------------------------

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
