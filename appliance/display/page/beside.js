// The pages beside the board on the booth's own screen, each with a code: there, too, it is seen whether the camera is
// open, P closes it, and the board comes back by itself, since whoever asked for a code may have left with it.

import { byId, write } from "/field/dom.js";
import { showCapture } from "/board/capture.js";
import { heed } from "/board/keys.js";
import { pause } from "/board/pause.js";
import { listen } from "/board/talk.js";
import { now } from "/board/time.js";

const TICK_MS = 250;
const BACK_MS = 120000; // after the last touch
const TOLD_MS = 5000;

let goBack = now() + BACK_MS;
let capture = { word: "unknown", until: 0 };
let heard = false;
let toldUntil = 0;

function tick() {
  showCapture(capture.word, capture.until);
  if (now() > toldUntil) write(byId("pressed"), "");
  byId("back").href = "/" + location.search;
  if (now() < goBack) return;
  byId("shown").hidden = true;
  // Not to a board that does not answer: the browser would stay on a page of its own. And no way forward to the code.
  if (heard) location.replace(byId("back").href);
}

function tell(text) {
  write(byId("pressed"), text);
  toldUntil = now() + TOLD_MS;
}

for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => { goBack = now() + BACK_MS; });
heed({ p: () => pause(tell) });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") byId("back").click(); });
tick();
setInterval(tick, TICK_MS);
listen(
  (state, said) => { [heard, capture] = [true, { word: state.capture.word, until: said + 1000 * state.capture.for_s }]; tick(); },
  () => { [heard, capture] = [false, { word: "unknown", until: 0 }]; tick(); },
);
