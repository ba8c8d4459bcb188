// Step 6, self-test: one line a check, what is wrong first to the eye, each with its cure.

import { button, make, write } from "/field/dom.js";
import { get } from "/field/talk.js";
import { say, tell } from "/field/words.js";

export const name = "checks";
const SIGNS = { ok: "✓", wait: "…", failed: "✕" };

export function build() {
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");
  const list = make("ul", { className: "checks" });
  const rerun = button(say("rerun"), run, { className: "plain" });
  let said = "";

  async function run() {
    rerun.disabled = true;
    try {
      show((await get("checks")).checks);
    } catch (refusal) {
      write(told, say("lost"));
    }
    rerun.disabled = false;
  }

  function show(checks) {
    const key = JSON.stringify(checks);
    const bad = checks.filter((check) => check.state !== "ok").length;
    write(told, bad ? say("red", { n: bad }) : say("all-green"));
    told.className = bad ? "told bad" : "told good";
    if (key === said) return;
    said = key;
    list.replaceChildren(...sorted(checks).map(checkLine));
  }

  run();
  const timer = setInterval(run, 5000);
  const root = make("section", {}, make("p", { className: "help", textContent: say("checks-help") }), told, list, rerun);
  return { root, close: () => clearInterval(timer) };
}

// What somebody has to mend comes first, then what only takes time.
function sorted(checks) {
  const order = ["failed", "wait", "ok"];
  return [...checks].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
}

function checkLine({ name, state, detail, cure }) {
  const sign = make("span", { className: "sign", textContent: SIGNS[state], aria: { hidden: "true" } });
  const title = make("span", { className: "name", textContent: say("check-" + name) });
  const hidden = make("span", { className: "unseen", textContent: say(state) });
  const line = make("span", { className: "detail" });
  const help = cure && make("span", { className: "cure" });
  tell(line, detail);
  if (cure) tell(help, cure);
  return make("li", { className: state, data: { check: name } }, sign, title, hidden, line, help);
}
