// Time, and what is told of it: play, labels, the graph under the timeline.

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
