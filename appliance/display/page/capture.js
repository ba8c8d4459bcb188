// Whether the camera is open: vision's word and how long that is proven in; the lamp of a page, which claims no more, out.

import { byId, write } from "/field/dom.js";
import { now } from "/board/time.js";
import { say } from "/board/words.js";

// `until`: on the page's clock, milliseconds.
export function showCapture(word, until) {
  const known = now() < until ? word : "unknown";
  byId("capture").className = known;
  write(byId("capture-text"), say("capture-" + known));
}
