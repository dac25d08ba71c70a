// A blind comparison: `comparison` has its id, its pairs, and the pictures they are of.
// What was chosen survives a reload: in the browser's storage, or where pages from disk have
// none, in the page's own address.
const byId = (name) => document.getElementById(name);
const total = comparison.pairs.length;
const storageName = `ganfx-comparison-${comparison.id}`;
const letters = { l: "left", r: "right" };
const blank = () => ({ voter: "", choices: Array(total).fill("-"), seconds: Array(total).fill(0), saved: true });
let state = blank();
let at = 0;
let busy = false;
let shownSince = 0;

/** The storage, if there is any that keeps something. */
function storage() {
  try {
    localStorage.setItem("ganfx-probe", "1");
    localStorage.removeItem("ganfx-probe");
    return localStorage;
  } catch {
    return null;
  }
}
const voteStorage = storage();

function keep() {
  const text = JSON.stringify(state);
  try {
    voteStorage.setItem(storageName, text);
  } catch {
    location.replace(`#${encodeURIComponent(text)}`);
  }
}

/** What was kept, if it is of this comparison and whole. */
function remembered() {
  try {
    const text = (voteStorage && voteStorage.getItem(storageName)) || decodeURIComponent(location.hash.slice(1));
    const found = JSON.parse(text);
    const whole = typeof found.voter === "string" && found.voter
      && [found.choices, found.seconds].every((list) => Array.isArray(list) && list.length === total)
      && found.choices.every((choice) => choice === "-" || choice in letters);
    return whole ? found : null;
  } catch {
    return null;
  }
}

const voted = () => state.choices.filter((choice) => choice !== "-").length;

function reveal(name) {
  for (const part of ["intro", "asking", "done"]) byId(part).hidden = part !== name;
  byId("kept").textContent = voteStorage || name !== "asking" ? "" : "This browser keeps nothing for pages from disk: the votes are in the address of this page until you download them.";
}

/** Show a pair once both pictures are decoded: until then nothing can be chosen. */
async function show(index) {
  at = index;
  busy = true;
  reveal("asking");
  byId("progress").textContent = `${at + 1} of ${total}`;
  byId("back").disabled = at === 0;
  const shown = ["left", "right"].map((side, place) => {
    const picture = element("img", { alt: "", src: comparison.pictures[comparison.pairs[at][place]], draggable: false });
    const chosen = letters[state.choices[at]] === side;
    byId(side).setAttribute("aria-pressed", chosen);
    return [byId(side), picture];
  });
  await Promise.allSettled(shown.map(([, picture]) => picture.decode()));
  for (const [button, picture] of shown) button.replaceChildren(picture);
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  shownSince = performance.now();
  busy = false;
}

function choose(side) {
  if (busy || byId("asking").hidden) return;
  state.choices[at] = side[0];
  state.seconds[at] = Math.round((performance.now() - shownSince) / 100) / 10;
  state.saved = false;
  keep();
  if (at + 1 < total) show(at + 1);
  else proceed();
}

/** To the first pair without a choice; to the end where there is none. */
function proceed() {
  const open = state.choices.indexOf("-");
  if (open >= 0) {
    show(open);
    return;
  }
  byId("thanks").textContent = `Thank you, ${state.voter}: ${voted()} of ${total} pairs. Download the votes, and send the file to whoever asked.`;
  reveal("done");
}

function back() {
  if (busy) return;
  if (!byId("done").hidden) show(total - 1);
  else if (at > 0 && !byId("asking").hidden) show(at - 1);
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

function download() {
  const rows = state.choices.flatMap((choice, index) =>
    choice in letters ? [[comparison.id, quoted(state.voter), index + 1, letters[choice], state.seconds[index]].join(",")] : []);
  const text = ["comparison,voter,pair,choice,seconds", ...rows, ""].join("\r\n");
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const name = state.voter.replace(/[^\p{L}\p{N}_-]+/gu, "-");
  const link = element("a", { href: address, download: `votes-${comparison.id}-${name}.csv` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  state.saved = true;
  keep();
}

function begin(event) {
  event.preventDefault();
  const number = crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0");
  state.voter = byId("name").value.trim() || `voter ${number}`;
  keep();
  proceed();
}

function exact(on) {
  byId("pair").classList.toggle("exact", on);
  byId("zoom").setAttribute("aria-pressed", on);
}

byId("count").textContent = total;
byId("intro").addEventListener("submit", begin);
byId("left").addEventListener("click", () => choose("left"));
byId("right").addEventListener("click", () => choose("right"));
byId("back").addEventListener("click", back);
byId("again").addEventListener("click", back);
byId("zoom").addEventListener("click", () => exact(!byId("pair").classList.contains("exact")));
for (const button of document.querySelectorAll(".download")) button.addEventListener("click", download);
byId("next").addEventListener("click", () => {
  if (!state.saved) download();
  state = blank();
  keep();
  byId("name").value = "";
  reveal("intro");
});
byId("pair").addEventListener("pointermove", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const box = button.getBoundingClientRect();
  byId("pair").style.setProperty("--x", `${clamp((100 * (event.clientX - box.left)) / box.width, 0, 100)}%`);
  byId("pair").style.setProperty("--y", `${clamp((100 * (event.clientY - box.top)) / box.height, 0, 100)}%`);
});
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  const actions = {
    ArrowLeft: () => choose("left"), ArrowRight: () => choose("right"), Backspace: back,
    z: () => exact(!byId("pair").classList.contains("exact")),
  };
  const action = actions[event.key];
  if (!action || !byId("intro").hidden) return;
  event.preventDefault();
  action();
});
const before = remembered();
if (before) {
  state = before;
  proceed();
} else {
  reveal("intro");
}
