// Step 5, learning: how far the booth is, and about how long it still takes.

import { make, write } from "/field/dom.js";
import { duration, say, sayIt, tell } from "/field/words.js";

export const name = "learning";

export function build() {
  const number = make("p", { className: "number" });
  const fill = make("div", { className: "fill" });
  const bar = make("div", { className: "meter" }, fill);
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", say("learning"));
  bar.setAttribute("aria-valuemin", "0");
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");

  function state({ learning }) {
    const { state: kind, done = 0, wanted = null } = learning;
    write(number, counted(learning));
    const share = kind === "done" ? 1 : wanted ? Math.min(1, done / wanted) : 0;
    fill.style.width = 100 * share + "%";
    bar.className = kind === "done" ? "meter good" : "meter";
    bar.setAttribute("aria-valuemax", wanted || 1);
    bar.setAttribute("aria-valuenow", kind === "done" ? wanted || 1 : done);
    tell(told, kind === "counting" ? pace(learning) : learning.told);
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("learning-help") }), number, bar, told);
  return { root, state };
}

function counted({ state, done, wanted }) {
  if (state === "done") return say("learned");
  if (state === "counting") return say("counted", { n: done, of: wanted });
  return state === "waiting" ? say("wait") : say("unknown");
}

function pace({ left_min, per_hour }) {
  if (per_hour === null || per_hour === undefined) return { word: "pace-unknown" };
  const hourly = { word: "pace", n: Math.round(per_hour) };
  if (left_min === null) return hourly;
  return { word: "pace-and-left", pace: sayIt(hourly), left: say("expected", { left: duration(60 * left_min) }) };
}
