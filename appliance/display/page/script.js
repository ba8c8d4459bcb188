// What to say: a greeting in the passer-by's own language, and the text of the sign in the street one tap away.

import { byId, make } from "/field/dom.js";
import { language, languages, say } from "/board/words.js";

const LINES = ["say-hello", "say-why", "say-offer", "say-no"];
let spoken = null;
let sign = false;

export function openScript() {
  spoken ??= language();
  sign = false;
  label();
  byId("script-box").showModal();
  byId("script-text").focus();
}

export function label() {
  const one = spoken ?? language();
  byId("script-title").textContent = say(sign ? "sign" : "script", {}, one);
  byId("script-title").lang = one;
  byId("script-languages").setAttribute("aria-label", say("languages"));
  byId("script-languages").replaceChildren(...languages.map((name) => {
    const made = make("button", { type: "button", className: "plain", lang: name, textContent: say("name", {}, name), on: { click: () => choose(name) } });
    made.setAttribute("aria-pressed", name === one);
    return made;
  }));
  const lines = sign ? say("sign-text", {}, one).split("\n") : LINES.map((word) => say(word, {}, one));
  byId("script-text").lang = one;
  byId("script-text").className = sign ? "sign" : "";
  byId("script-text").replaceChildren(...lines.map((line) => make("p", { textContent: line })));
  byId("script-text").scrollTop = 0;
  byId("script-sign").textContent = say(sign ? "sign-back" : "sign");
  byId("script-help").textContent = say("script-help");
  byId("script-close").textContent = say("close");
}

export function setUp() {
  byId("script").addEventListener("click", openScript);
  byId("script-close").addEventListener("click", () => byId("script-box").close());
  byId("script-sign").addEventListener("click", () => { sign = !sign; label(); });
}

function choose(name) {
  spoken = name;
  label();
  byId("script-languages").querySelector("[aria-pressed=true]").focus();
}
