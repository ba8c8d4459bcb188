// Step 1, aim: the empty street in lines with figures, and what to turn.

import { button, make, write } from "/field/dom.js";
import { makeEmpty, makeScene } from "/field/scene.js";
import { figure, say, sayIt } from "/field/words.js";

export const name = "aim";

export function build(tools) {
  const scene = makeScene();
  const empty = makeEmpty();
  const hints = make("ul", { className: "hints" });
  const live = make("div", {}, hints); // the list itself stays a list
  live.setAttribute("role", "status");
  const figures = make("p", { className: "figures" });
  const drawn = make("p", { className: "figures" });
  const again = button(say("again"), () => tools.act("again"), { className: "plain" });
  let said = "";

  function view(view) {
    scene.root.hidden = !view;
    empty.hidden = Boolean(view);
    figures.hidden = !view;
    if (!view) return;
    scene.show(view);
    write(figures, say("figures", { n: view.people.length, rate: figure(view.frames_per_second, 1) }));
    write(drawn, scene.seen() < 0.995 ? say("unseen", { seen: Math.floor(100 * scene.seen()) }) : "");
  }

  function state(state) {
    const lines = state.advice.map((advice) => [advice.word, sayIt(advice)]);
    if (JSON.stringify(lines) === said) return;
    said = JSON.stringify(lines);
    hints.replaceChildren(...lines.map(([word, text]) => make("li", { className: word === "good" ? "good" : "bad", textContent: text })));
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("aim-help") }),
    scene.root, empty, live, figures, drawn, again);
  view(null);
  const next = () => {
    tools.act("mark", { step: name, done: true });
    tools.go(1);
  };
  return { root, view, state, next };
}
