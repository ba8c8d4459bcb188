// The field page: opens the door, walks through seven steps, and asks the booth again and again how it stands.

import * as aim from "/field/aim.js";
import * as checks from "/field/checks.js";
import { byId, make, write } from "/field/dom.js";
import * as focus from "/field/focus.js";
import * as ground from "/field/ground.js";
import { showLanguages } from "/field/languages.js";
import * as learning from "/field/learning.js";
import * as sign from "/field/sign.js";
import { enter, forget, get, isInside, leave, post } from "/field/talk.js";
import { duration, knows, say, sayIt, tell } from "/field/words.js";
import * as zones from "/field/zones.js";

const STEPS = [aim, focus, zones, ground, learning, checks, sign];
const VIEW_MS = 250;
const STATE_MS = 1000;
const TOUCH_MS = 30000;

let state = null;
let view = null;
let shown = null; // the step on the page: { at, root, ... }
let timers = [];
let touchedMs = 0;
let doorWord = ""; // what is said at the door

const tools = { act, go, state: () => state, view: () => view };

function start() {
  label();
  byId("sun").addEventListener("click", toggleSun);
  byId("leave").addEventListener("click", () => leave().then(() => showDoor("left")));
  byId("back").addEventListener("click", () => go(shown.at - 1));
  byId("next").addEventListener("click", () => shown.next());
  byId("steps").replaceChildren(...STEPS.map(stepButton));
  window.addEventListener("hashchange", () => isInside() && showStep(stepInAddress()));
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch, { passive: true });
  if (isInside()) showInside();
  else showDoor("");
}

// Writes what stands on the page whatever the step.
function label() {
  document.title = say("title");
  for (const id of ["sun", "leave", "back"]) write(byId(id), say(id));
  write(byId("booth"), state ? `${state.booth.city} / ${state.booth.id}` : say("title"));
  showLanguages(sayAgain);
}

// The same page in another language: what is drawn and not saved stays.
function sayAgain() {
  label();
  if (!isInside()) return showDoor(doorWord);
  showStep(shown.at);
  if (state) takeState(state);
}

function toggleSun() {
  const sunny = document.documentElement.classList.toggle("sun");
  byId("sun").setAttribute("aria-pressed", String(sunny));
  if (shown && view) shown.view?.(view);
}

// ---- the door

function showDoor(word) {
  doorWord = word;
  forget();
  timers.forEach(clearTimeout);
  timers = [];
  shown?.close?.();
  shown = state = view = null;
  for (const id of ["nav", "foot", "leave", "standing"]) byId(id).hidden = true;
  write(byId("booth"), say("title"));
  byId("main").replaceChildren(doorForm(word ? say(word) : ""));
  byId("code").focus();
}

function doorForm(message) {
  const told = make("p", { className: "told", id: "told", textContent: message });
  told.setAttribute("role", "alert");
  const field = make("input", {
    id: "code", inputMode: "numeric", autocomplete: "one-time-code", maxLength: 9, className: "code",
    pattern: "[0-9]{4} ?[0-9]{4}", required: true, aria: { describedby: "told" },
  });
  return make("form", { className: "gate", noValidate: true, on: { submit: (event) => knock(event, field, told) } },
    make("h2", { textContent: say("enter") }),
    make("p", { className: "help", textContent: say("enter-help") }),
    make("label", { htmlFor: "code", textContent: say("code") }), field, told,
    make("button", { type: "submit", className: "strong", id: "open", textContent: say("open") }));
}

async function knock(event, field, told) {
  event.preventDefault();
  byId("open").disabled = true;
  try {
    await enter(field.value);
    showInside();
  } catch (refusal) {
    tell(told, sentence(refusal));
    field.select();
    byId("open").disabled = false;
  }
}

// The booth's no, as words: what has none in the tables is no answer to a page of ours, and is quoted.
function sentence({ message, body }) {
  if (!knows(message)) return { word: "quoted", text: message };
  return { ...body, word: message, left: duration(body.left_s || 1) };
}

// ---- inside

function showInside() {
  for (const id of ["nav", "foot", "leave", "standing"]) byId(id).hidden = false;
  showStep(stepInAddress());
  repeat(askState, STATE_MS);
  repeat(askView, VIEW_MS);
}

// One at a time, each `ms` after the last one's answer, for as long as the session lasts.
function repeat(ask, ms) {
  const slot = timers.length;
  const round = async () => {
    if (!document.hidden) await ask();
    if (isInside()) timers[slot] = setTimeout(round, ms);
  };
  timers.push(setTimeout(round, 0));
}

async function askState() {
  await heed(async () => takeState(await get("state")));
}

async function askView() {
  if (!shown?.view) return;
  await heed(async () => {
    view = await get("view");
    shown?.view?.(view);
  });
}

// Runs `ask` and shows what stands in the way of it.
async function heed(ask) {
  try {
    await ask();
    return true;
  } catch (refusal) {
    if (refusal.status === 401 && isInside()) showDoor("out");
    else if (refusal.status === 0) showStanding({ name: "lost", reason: null });
    return false;
  }
}

// Something a person wants: sends it and shows the new state; gives the booth's words where it refuses, null where it does not.
async function act(name, body = {}) {
  try {
    takeState(await post(name, body));
    return null;
  } catch (refusal) {
    if (refusal.status === 401) showDoor("out");
    return sentence(refusal);
  }
}

function touch() {
  const now = Date.now();
  if (!isInside() || now - touchedMs < TOUCH_MS) return;
  touchedMs = now;
  heed(async () => takeState(await post("touch")));
}

function takeState(fresh) {
  if (!isInside()) return;
  state = fresh;
  write(byId("booth"), `${state.booth.city} / ${state.booth.id}`);
  showStanding(state.vision, state.fault);
  showProgress();
  shown?.state?.(state);
}

function showStanding({ name, reason }, fault = null) {
  byId("standing").className = name;
  // How far it is with learning has a step of its own.
  const why = fault || (name === "early" ? null : reason);
  write(byId("standing-text"), why ? say("because-of", { what: say(name), why: sayIt(why) }) : say(name));
}

// ---- steps

function stepButton(step, at) {
  const fill = make("span", { className: "fill", aria: { hidden: "true" } });
  return make("li", {}, make("button", { type: "button", id: "to-" + step.name, on: { click: () => go(at) } }, fill));
}

function showProgress() {
  STEPS.forEach((step, at) => {
    const here = byId("to-" + step.name);
    const done = Boolean(state?.steps[step.name]);
    const label = say("step-of", { n: at + 1, name: say(step.name) }) + (done ? ", " + say("done") : "");
    here.setAttribute("aria-label", label);
    here.className = done ? "done" : "";
    if (at === shown?.at) here.setAttribute("aria-current", "step");
    else here.removeAttribute("aria-current");
  });
}

function stepInAddress() {
  const at = STEPS.findIndex((step) => "#" + step.name === location.hash);
  return Math.max(0, at);
}

function go(at) {
  const name = "#" + STEPS[(at + STEPS.length) % STEPS.length].name;
  if (location.hash === name) showStep(stepInAddress());
  else location.hash = name;
}

function showStep(at) {
  shown?.close?.();
  const built = STEPS[at].build(tools);
  shown = { next: () => go(at + 1), ...built, at };
  byId("main").replaceChildren(heading(at), shown.root);
  byId("back").hidden = at === 0;
  write(byId("next"), say(at === STEPS.length - 1 ? "finish" : "next"));
  showProgress();
  if (state) shown.state?.(state);
  if (shown.view && view) shown.view(view);
  byId("main").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function heading(at) {
  return make("h2", {}, make("small", { textContent: `${at + 1} / ${STEPS.length}` }), " ", say(STEPS[at].name));
}

start();
