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
