"use strict";
// Shared by every page: a wipe between two pictures, states of a picture over time, charts
// that are read off. Without scripts the pictures and charts stand in the page as they are.

/** An element with properties and children; texts become text, never markup. */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Let a stage's edge follow the pointer, and a range input beside it follow the keyboard.
 * Both set --wipe of the stage, in percent. Returns a function that sets it.
 */
function wipeable(stage, range, { draggable = () => true } = {}) {
  const set = (percent) => {
    range.value = percent;
    stage.style.setProperty("--wipe", `${percent}%`);
  };
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    set(clamp((100 * (event.clientX - box.left)) / box.width, 0, 100));
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !draggable(event)) return;
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    follow(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId) && draggable(event)) follow(event);
  });
  range.addEventListener("input", () => set(Number(range.value)));
  set(Number(range.value));
  return set;
}

/** What was chosen stays when a page loads itself again, where the browser lets it. */
const kept = {
  read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(location.pathname + key)) ?? {};
    } catch {
      return {};
    }
  },
  write(key, value) {
    try {
      sessionStorage.setItem(location.pathname + key, JSON.stringify(value));
    } catch {} // some do not, of pages from a disk
  },
};

/** States of one picture, in a list: a wipe between any two of them above it. */
function stateWipe(list, place) {
  const pictures = [...list.querySelectorAll("img")];
  if (pictures.length < 2) return;
  const states = pictures.map((picture) => ({ label: picture.alt, address: picture.src }));
  const before = element("img", { alt: "" });
  const after = element("img", { alt: "", className: "after" });
  const tags = [element("span", { className: "tag" }), element("span", { className: "tag" })];
  const stage = element("div", { className: "wipe" }, before, after, element("div", { className: "edge" }), ...tags);
  const range = element("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, className: "wide" });
  const [left, right] = [before, after].map((picture, side) => {
    const choice = element("select", {}, ...states.map((state, index) => element("option", { value: index }, state.label)));
    choice.addEventListener("change", () => show(picture, tags[side], choice));
    return choice;
  });
  const show = (picture, tag, choice) => {
    const { label, address } = states[Number(choice.value)];
    picture.src = address;
    picture.alt = label;
    tag.textContent = label;
  };
  const chosen = kept.read(`wipe ${place}`);
  const indexOf = (label, otherwise) => {
    const index = states.findIndex((state) => state.label === label);
    return index < 0 ? otherwise : index;
  };
  left.value = indexOf(chosen.left, list.dataset.left);
  right.value = indexOf(chosen.right, list.dataset.right);
  range.value = chosen.wipe ?? 50;
  show(before, tags[0], left);
  show(after, tags[1], right);
  wipeable(stage, range);
  const bar = element("div", { className: "bar" },
    element("label", {}, "left", left),
    element("label", { className: "wide" }, "wipe", range),
    element("label", {}, "right", right));
  const keep = () => {
    const newest = right.value === list.dataset.right; // goes on to what is newest then
    kept.write(`wipe ${place}`, { left: states[left.value].label, right: newest ? null : states[right.value].label, wipe: range.value });
  };
  bar.addEventListener("input", keep);
  stage.addEventListener("pointerup", keep);
  list.before(stage, bar);
}

/** A chart whose values are read off at the pointer, or with the arrow keys. */
function readableChart(figure) {
  const svg = figure.querySelector("svg[data-points]");
  const output = figure.querySelector("output");
  if (!svg || !output) return;
  const points = JSON.parse(svg.dataset.points);
  const last = output.textContent;
  const pointer = svg.querySelector(".pointer");
  svg.setAttribute("tabindex", 0);
  let at = points.length - 1;
  const show = (index) => {
    at = clamp(index, 0, points.length - 1);
    const [place, shown] = points[at];
    pointer.setAttribute("x1", place);
    pointer.setAttribute("x2", place);
    pointer.setAttribute("visibility", "visible");
    const happened = [...svg.querySelectorAll(".mark")].filter((mark) => Math.abs(mark.x1.baseVal.value - place) < 3);
    output.textContent = [shown, ...happened.map((mark) => mark.textContent)].join(" \u2502 ");
  };
  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    let best = 0;
    points.forEach(([x], index) => {
      if (Math.abs(x - place) < Math.abs(points[best][0] - place)) best = index;
    });
    show(best);
  };
  const leave = () => {
    pointer.setAttribute("visibility", "hidden");
    output.textContent = last;
  };
  svg.addEventListener("pointermove", nearest);
  svg.addEventListener("pointerdown", nearest);
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("focus", () => { if (svg.matches(":focus-visible")) show(at); });
  svg.addEventListener("blur", leave);
  svg.addEventListener("keydown", (event) => {
    const places = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: points.length - 1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    show(places[event.key]);
  });
}

document.querySelectorAll("[data-states]").forEach(stateWipe);
document.querySelectorAll(".chart").forEach(readableChart);
