// What is on the stage: panes, the wipe, 1:1, where it flickers.

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
