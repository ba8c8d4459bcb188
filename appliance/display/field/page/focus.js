// Step 2, focus: a large meter against the sharpest so far, nine blocks, and a tone that rises with it.

import { button, make, write } from "/field/dom.js";
import { makeEmpty } from "/field/scene.js";
import { makeTone } from "/field/tone.js";
import { say } from "/field/words.js";

export const name = "focus";
const GOOD = 0.92;

let begun = false; // the sharpest so far is of this visit, not of a lens that was turned before it

export function build(tools) {
  if (!begun) tools.act("again");
  begun = true;
  const empty = makeEmpty();
  const number = make("p", { className: "number", aria: { hidden: "true" } });
  const bar = make("div", { className: "fill" });
  const meter = make("div", { className: "meter" }, bar, make("div", { className: "mark", aria: { hidden: "true" } }));
  meter.setAttribute("role", "meter");
  for (const [key, value] of [["valuemin", 0], ["valuemax", 100], ["label", say("focus")]]) meter.setAttribute("aria-" + key, value);
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");
  const blocks = Array.from({ length: 9 }, () => make("li", {}));
  const grid = make("ol", { className: "blocks" }, ...blocks);
  const light = make("p", { className: "figures" });
  const tone = makeTone();
  const sound = button(say("sound"), () => sound.setAttribute("aria-pressed", String(tone.toggle())), { className: "plain" });
  sound.setAttribute("aria-pressed", "false");
  const best = new Array(9).fill(0);
  const body = make("div", { className: "focus" }, number, meter,
    make("p", { className: "ticks", aria: { hidden: "true" } }, make("span", { textContent: "0" }), make("span", { textContent: say("best") })),
    told, grid, light);

  function view(view) {
    empty.hidden = Boolean(view);
    body.hidden = !view;
    if (!view) return tone.tell(null);
    showMeter(view.in_focus);
    view.focus.forEach((value, at) => showBlock(at, value));
    write(light, say("brightness", { n: Math.round(100 * view.brightness) }));
  }

  function showMeter(share) {
    const percent = Math.round(100 * (share ?? 0));
    const good = share !== null && share >= GOOD;
    write(number, share === null ? "–" : say("percent", { n: percent }));
    bar.style.width = percent + "%";
    meter.className = good ? "meter good" : "meter";
    meter.setAttribute("aria-valuenow", percent);
    meter.setAttribute("aria-valuetext", say("sharp", { n: percent }));
    write(told, share === null ? say("no-focus") : say(good ? "focus-good" : "focus-seek"));
    told.className = good ? "told good" : "told";
    tone.tell(share);
  }

  // Each block against its own sharpest: a wall of bricks and a wall of paint are told apart by nothing else.
  function showBlock(at, value) {
    if (value !== null) best[at] = Math.max(best[at], value);
    const share = value === null || !best[at] ? null : value / best[at];
    const text = share === null ? say("covered") : say("percent", { n: Math.round(100 * share) });
    write(blocks[at], text);
    blocks[at].setAttribute("aria-label", say("block", { n: at + 1, value: text }));
    blocks[at].className = share === null ? "covered" : share >= GOOD ? "good" : share >= 0.7 ? "fair" : "poor";
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("focus-help") }), empty, body, sound);
  view(null);
  const next = () => {
    tools.act("mark", { step: name, done: true });
    tools.go(2);
  };
  return { root, view, next, close: tone.stop };
}
