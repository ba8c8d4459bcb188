// The code on the device's own screen: asked for by a person, gone from the screen when it is used or too old.

import { byId, drawCode } from "/field/dom.js";
import { showLanguages } from "/field/languages.js";
import { knows, say, tell } from "/field/words.js";

const ASK_MS = 1000;
let until = 0;
let told = { word: "code-ready" };

// Writes everything, at first and in another language.
function label() {
  document.title = say("code-title");
  for (const [id, word] of [["title", "code-title"], ["address", "code-address"], ["code", "code-digits"], ["back", "code-back"]]) {
    byId(id).textContent = say(word);
  }
  byId("qr").setAttribute("aria-label", say("code-qr"));
  byId("show").textContent = say(until ? "code-another" : "code-show");
  tell(byId("told"), told);
  count();
  showLanguages(label);
}

async function show() {
  const answer = await fetch("/code", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).catch(() => null);
  const values = answer && (await answer.json().catch(() => null));
  if (!answer?.ok) return note(fault(values?.error));
  until = Date.now() + 1000 * values.left_s;
  byId("url").textContent = values.url;
  byId("digits").textContent = values.digits.slice(0, 4) + " " + values.digits.slice(4);
  byId("shown").hidden = false;
  drawCode(byId("qr"), values.qr);
  told = { word: "code-scan" };
  label();
}

function fault(word) {
  if (!word) return { word: "code-fault" };
  return knows(word) ? { word } : { word: "quoted", text: word };
}

function hide(word) {
  until = 0;
  byId("shown").hidden = true;
  byId("digits").textContent = "";
  byId("show").textContent = say("code-show");
  note({ word });
}

function note(words) {
  told = words;
  tell(byId("told"), told);
}

function count() {
  const left_s = Math.ceil((until - Date.now()) / 1000);
  if (left_s > 0) byId("left").textContent = say("code-left", { left: `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}` });
  return left_s;
}

async function look() {
  if (until && count() <= 0) hide("code-old");
  if (!until) return;
  const answer = await fetch("/code/state").catch(() => null);
  const state = answer?.ok ? await answer.json() : null;
  if (state && !state.waiting) hide(state.session ? "code-used" : "code-over");
}

label();
byId("show").addEventListener("click", show);
setInterval(look, ASK_MS);
