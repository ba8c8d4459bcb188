// How the booth stands: its words in, the top of the page and its calm middle out; nothing claims more than is proven.

import { byId, write } from "/field/dom.js";
import { showCapture } from "/board/capture.js";
import { plain } from "/board/doll.js";
import { device } from "/board/tables.js";
import { now } from "/board/time.js";
import { LOST } from "/board/talk.js";
import { clock, say } from "/board/words.js";

const STREET = [0, 100, 200, 300, 400, 500];

export function setUp() {
  byId("street").append(...STREET.map((x) => plain(x)));
}

// `captureUntil`, `pauseUntil`: on the page's clock, milliseconds.
export function showStanding(state, { captureUntil, pauseUntil, cards }) {
  const name = state.standing.name;
  showCapture(state.capture.word, captureUntil);
  write(byId("standing"), cards && name !== "watching" ? say(name) : "");
  byId("middle").hidden = cards > 0;
  byId("middle").className = name;
  byId("street").classList.toggle("watched", name === "watching" || name === "early");
  write(byId("headline"), say(name === "watching" ? "quiet" : name));
  write(byId("advice"), adviceOf(state));
  write(byId("reason"), name === "early" || state.standing.by.length ? "" : state.standing.reason);
  const left = opensAlone(state) ? (pauseUntil - now()) / 1000 : 0;
  byId("countdown").hidden = left <= 0 && name !== "early";
  write(byId("countdown"), countdownOf(state, left));
}

function adviceOf({ standing: { name, by } }) {
  if (name === "watching") return "";
  if (name === LOST && device) return say("do-lost-here");
  if (name !== "paused" || !by.length) return say("do-" + name);
  return say("do-paused-" + (by.includes("operator") ? "operator" : by[0]));
}

// Others who keep the camera closed do so beyond the passer-by's quarter of an hour.
function opensAlone({ standing: { by } }) {
  return by.length === 1 && by[0] === "passer-by";
}

function countdownOf(state, left) {
  if (left > 0) return say("opens-in", { left: clock(left) });
  const { learned, needed } = state;
  return state.standing.name === "early" && needed ? say("seen-so-far", { n: Math.min(learned ?? 0, needed), of: needed }) : "";
}
