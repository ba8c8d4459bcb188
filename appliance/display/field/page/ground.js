// Step 4, ground plane: somebody of known height at a near and a far spot; then what the booth makes of it.

import { button, make, write } from "/field/dom.js";
import { makeEmpty, makeScene } from "/field/scene.js";
import { figure, say, tell as tellIn } from "/field/words.js";

export const name = "ground";
const SPOTS = ["near", "far"];
const LEAST_PX = 12; // of the letters, as the page has pixels

export function build(tools) {
  const scene = makeScene();
  const empty = makeEmpty();
  const height = make("input", { id: "height", inputMode: "decimal", maxLength: 5, value: "170", autocomplete: "off" });
  const tape = make("input", { id: "tape", inputMode: "decimal", maxLength: 5, autocomplete: "off" });
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");
  const results = Object.fromEntries(SPOTS.map((spot) => [spot, make("li", {})]));
  const captures = SPOTS.map((spot) => button(say("capture-" + spot), () => capture(spot), { className: "strong", id: "capture-" + spot }));
  const plane = make("p", { className: "result" });
  const check = make("p", { className: "result" });
  const again = button(say("forget"), () => send("ground/forget"), { className: "plain", id: "forget" });
  let ground = null;
  let pixels = 720;

  function view(view) {
    scene.root.hidden = !view;
    empty.hidden = Boolean(view);
    if (!view) return;
    pixels = view.height;
    scene.show(view, (pen, width, high, colours) => overlay(pen, width, high, colours));
  }

  function overlay(pen, width, high, colours) {
    if (!ground) return;
    pen.strokeStyle = pen.fillStyle = colours.figure;
    pen.lineWidth = Math.max(1, width / 500);
    const size = Math.max(width / 32, (LEAST_PX * width) / pen.canvas.clientWidth);
    pen.font = `${Math.round(size)}px system-ui, sans-serif`;
    let free = Infinity; // below which there is room for the next words
    for (const row of ground.plane?.grid ?? []) {
      const y = row.foot_y * high;
      if (y > free) continue;
      free = y - 1.5 * size;
      pen.globalAlpha = 0.6;
      line(pen, width, y);
      pen.globalAlpha = 1;
      label(pen, say("metres", { n: row.distance_m }), width / 60, y - size / 3, colours);
    }
    if (ground.plane) return;
    for (const spot of Object.values(ground.spots)) for (const y of [spot.foot_y, spot.head_y]) line(pen, width, y * high);
  }

  function state(state) {
    ground = state.ground;
    for (const spot of SPOTS) write(results[spot], spotWords(spot, ground.spots[spot]));
    plane.hidden = check.hidden = !ground.plane;
    again.hidden = !ground.plane && !Object.keys(ground.spots).length;
    if (!ground.plane) return;
    write(plane, planeWords());
    write(check, ground.check_m === null ? say("check-how") : say("check", { n: figure(ground.check_m, 2) }));
  }

  function planeWords() {
    const plane = say("plane-is", ground.plane);
    return ground.doubt === null ? plane : say("plane-doubt", { plane, n: Math.round(100 * ground.doubt) });
  }

  function spotWords(spot, standing) {
    if (!standing) return say(ground.plane ? "kept" : "not-yet", { spot: say(spot) });
    const tall = Math.round((standing.foot_y - standing.head_y) * pixels);
    return say("captured", { spot: say(spot), n: tall, y: Math.round(100 * standing.foot_y) });
  }

  function capture(spot) {
    const height_m = Number(height.value.replace(",", ".")) / 100;
    if (!(height_m >= 0.5 && height_m <= 2.5)) return tell({ word: "bad-height" });
    const far_m = tape.value.trim() ? Number(tape.value.replace(",", ".")) : null;
    if (far_m !== null && !(far_m >= 1 && far_m <= 100)) return tell({ word: "bad-tape" });
    return send("ground", { spot, height_m, far_m });
  }

  async function send(name, body = {}) {
    tell(await tools.act(name, body));
  }

  function tell(fault) {
    told.className = fault ? "told bad" : "told";
    tellIn(told, fault);
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("ground-help") }), scene.root, empty,
    make("div", { className: "row" },
      make("div", {}, make("label", { htmlFor: "height", textContent: say("height") }), height),
      make("div", {}, make("label", { htmlFor: "tape", textContent: say("tape") }), tape)),
    make("div", { className: "row" }, ...captures), told, make("ul", { className: "hints" }, ...Object.values(results)), plane, check, again);
  view(null);
  const next = () => {
    if (!ground?.plane) tools.act("mark", { step: name, done: true });
    tools.go(4);
  };
  return { root, view, state, next };
}

function line(pen, width, y) {
  pen.beginPath();
  pen.moveTo(0, y);
  pen.lineTo(width, y);
  pen.stroke();
}

// On a ground of its own: whatever the street has there crosses no letter.
function label(pen, words, x, y, colours) {
  const { width, actualBoundingBoxAscent: high } = pen.measureText(words);
  const edge = high / 4;
  pen.fillStyle = colours.panel;
  pen.fillRect(x - edge, y - high - edge, width + 2 * edge, high + 2 * edge);
  pen.fillStyle = colours.figure;
  pen.fillText(words, x, y);
}
