"use strict";

const COLUMNS = ["study", "rater", "position", "item", "answer", "milliseconds"];
const RATER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;
// Without a face, so that two are not compared by what flickers between them.
const GAP_MS = 250;

const find = (id) => document.getElementById(id);
const study = JSON.parse(find("data").textContent);

// The rater's progress: code, practice faces seen, answers [item, answer, ms].
let state = null;
let order = [];
let practice = [];

// The face on the screen.
let turn = 0;
let ready = false;
let since = 0;
let limit = 0;

// The order: the same for the same rater, another for each other.

// 32-bit FNV-1a, stirred at the end so that like texts land far apart.
function hash(text) {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    h = Math.imul(h ^ byte, 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function shuffle(things, seed) {
  const drawn = things.map((thing, i) => [hash(`${seed}:${i}`), i, thing]);
  drawn.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return drawn.map(([, , thing]) => thing);
}

function drawCode() {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return "r" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// What a reload finds again.

function load() {
  try {
    const found = JSON.parse(localStorage.getItem(study.study));
    const whole =
      found && RATER.test(found.rater) && Number.isInteger(found.practised) &&
      Array.isArray(found.answers) && found.answers.length <= study.items.length;
    return whole ? found : null;
  } catch {
    return null;
  }
}

function save() {
  try {
    localStorage.setItem(study.study, JSON.stringify(state));
  } catch {
    // Some browsers keep nothing for files; raters were told before they began.
  }
}

function remembers() {
  try {
    localStorage.setItem(`${study.study}-try`, "1");
    localStorage.removeItem(`${study.study}-try`);
    return true;
  } catch {
    return false;
  }
}

function erase() {
  if (!confirm("Erase all answers given here?")) return;
  try {
    localStorage.removeItem(study.study);
  } catch {
    // Where nothing is kept, there is nothing to erase.
  }
  location.reload();
}

// Screens.

function show(name, heading) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== name;
  }
  find(heading).focus();
  scrollTo(0, 0);
}

function pause(title, text) {
  find("pause-title").textContent = title;
  find("pause-text").textContent = text;
  show("pause", "go");
}

function enter(found) {
  state = found;
  order = shuffle(study.items, `${study.study}:${state.rater}`);
  practice = shuffle(study.practice, `${study.study}:${state.rater}:practice`);
}

function proceed() {
  if (state.practised < practice.length) {
    present(practice[state.practised], `Practice ${state.practised + 1} of ${practice.length}`);
  } else if (state.answers.length < order.length) {
    present(order[state.answers.length], `${state.answers.length + 1} of ${order.length}`);
  } else {
    finish();
  }
}

async function present(item, where) {
  const mine = ++turn;
  ready = false;
  const face = find("face");
  face.classList.add("covered");
  find("where").textContent = where;
  find("progress").max = practice.length + order.length;
  find("progress").value = state.practised + state.answers.length;
  find("say").textContent = "Is this face real, or generated?";
  find("answers").hidden = false;
  find("after").hidden = true;
  if (find("trial").hidden) show("trial", "where");
  face.src = `data:image/png;base64,${item.png}`;
  // Rejects where another face has taken its place meanwhile.
  await face.decode().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  if (mine !== turn) return;
  face.classList.remove("covered");
  requestAnimationFrame(() => {
    if (mine !== turn) return;
    since = performance.now();
    ready = true;
    if (study.seconds) limit = setTimeout(cover, study.seconds * 1000);
  });
}

function cover() {
  find("face").classList.add("covered");
  find("say").textContent = "It is gone. Was it real, or generated?";
}

function answer(what) {
  if (!ready) return;
  const spent = Math.round(performance.now() - since);
  ready = false;
  clearTimeout(limit);
  if (state.practised < practice.length) {
    const { truth } = practice[state.practised];
    state.practised += 1;
    save();
    tell(what === truth, truth);
  } else {
    state.answers.push([order[state.answers.length].id, what, spent]);
    save();
    proceed();
  }
}

function tell(right, truth) {
  find("face").classList.remove("covered");
  find("say").textContent = `${right ? "Right" : "Wrong"}: this face is ${truth}.`;
  find("answers").hidden = true;
  find("after").hidden = false;
  find("next").focus();
}

function afterPractice() {
  find("where").focus();
  if (state.practised < practice.length) {
    proceed();
  } else {
    pause("That was practice", `Now ${order.length} pictures follow. You are no longer told what they are.`);
  }
}

function leave() {
  turn += 1;
  ready = false;
  clearTimeout(limit);
}

function finish() {
  leave();
  const given = state.answers.length;
  const whole = given === order.length;
  find("done-title").textContent = whole ? "Thank you" : "Stopped";
  find("done-text").textContent = whole
    ? `You have answered all ${order.length} pictures.`
    : `You have answered ${given} of ${order.length} pictures.`;
  find("unfinished").hidden = whole;
  const text = csv();
  find("csv").value = text;
  const link = find("download");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${study.study}-${state.rater}.csv`;
  find("copied").textContent = "";
  show("done", "done-title");
}

function csv() {
  const rows = state.answers.map((given, i) => [study.study, state.rater, i + 1, ...given]);
  return [COLUMNS, ...rows].map((row) => row.join(",") + "\r\n").join("");
}

async function copy() {
  find("csv").select();
  try {
    await navigator.clipboard.writeText(find("csv").value);
    find("copied").textContent = "Copied.";
  } catch {
    find("copied").textContent = "The text is selected: copy it with your keyboard or menu.";
  }
}

// What raters do.

// Phones put a space behind a word that they complete.
find("rater").addEventListener("change", () => {
  find("rater").value = find("rater").value.trim();
});

find("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ rater: find("rater").value || drawCode(), practised: 0, answers: [] });
  save();
  proceed();
});
find("real").addEventListener("click", () => answer("real"));
find("generated").addEventListener("click", () => answer("generated"));
find("next").addEventListener("click", afterPractice);
find("go").addEventListener("click", proceed);
find("resume").addEventListener("click", proceed);
find("stop").addEventListener("click", finish);
find("copy").addEventListener("click", copy);
for (const button of document.querySelectorAll(".erase")) button.addEventListener("click", erase);

document.addEventListener("keydown", (event) => {
  const what = { ArrowLeft: "real", ArrowRight: "generated" }[event.key];
  const other = event.repeat || event.ctrlKey || event.altKey || event.metaKey;
  if (!what || other || find("trial").hidden) return;
  event.preventDefault();
  answer(what);
});

const found = load();
if (!found) {
  find("forgetful").hidden = remembers();
  show("consent", "title");
} else {
  enter(found);
  if (state.answers.length === order.length) {
    finish();
  } else {
    const given = state.answers.length;
    pause("Welcome back", `You have answered ${given} of ${order.length} pictures as ${state.rater}.`);
  }
}
