// Single keys: what each does in; a listener and the list of them in the help out.

import { byId, make } from "/field/dom.js";
import { keysWanted } from "/board/choices.js";
import { say } from "/board/words.js";

const KEYS = [
  ["P", "key-pause"], ["G", "key-greeted"], ["N", "key-not-found"], ["D", "key-disagree"], ["H", "key-script"], ["S", "key-ask"],
  ["M", "key-sound"], ["Q", "key-phone"], ["F", "key-field"], ["?", "key-help"],
];
const ALWAYS = ["?"]; // else nobody could switch the others on again
const ANYWHERE = ["p"]; // whoever wants the camera closed shall not have to close a window first

// Calls `does[key]` for each press; without Ctrl, Alt or Meta, and once for a key that is held.
export function heed(does) {
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (document.querySelector("dialog[open]") && !ANYWHERE.includes(key)) return;
    if (ALWAYS.includes(key) || keysWanted()) does[key]?.();
  });
}

export function showKeys() {
  byId("keys").replaceChildren(...KEYS.flatMap(([key, word]) => [make("dt", { textContent: key }), make("dd", { textContent: say(word) })]));
}
