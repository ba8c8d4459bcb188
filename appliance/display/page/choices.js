// What this device wants: language, sound, vibration, light and single keys; kept in the address, so a bookmark holds it.

import { byId, make, write } from "/field/dom.js";
import { languages, language, say } from "/board/words.js";

const chosen = new URLSearchParams(location.search);
let context = null;

export const wants = (name) => chosen.get(name) === "1";
export const keysWanted = () => chosen.get("keys") !== "0";
export const languageChosen = () => languages.includes(chosen.get("lang"));

function keep(name, value) {
  if (value === null) chosen.delete(name);
  else chosen.set(name, value);
  const query = chosen.toString();
  history.replaceState(null, "", location.pathname + (query ? "?" + query : ""));
}

// The same choices for another page of this device.
export function query() {
  const kept = new URLSearchParams(chosen);
  kept.set("lang", language());
  return "?" + kept;
}

export function speak(one) {
  document.documentElement.lang = one;
  keep("lang", one);
}

export function toggle(name) {
  if (name === "keys") keep(name, keysWanted() ? "0" : null);
  else keep(name, wants(name) ? null : "1");
  apply();
  if (name === "sound" && wants(name)) chime();
  if (name === "vibration" && wants(name)) navigator.vibrate?.(80);
}

export function apply() {
  document.documentElement.classList.toggle("sun", wants("sun"));
}

// A card has come.
export function alertOf() {
  if (wants("sound")) chime();
  if (wants("vibration")) navigator.vibrate?.([80, 60, 80]);
}

// Two soft notes. A browser lets a page sound only after somebody has touched it.
function chime() {
  context ??= new AudioContext();
  context.resume();
  [[587, 0], [880, 0.14]].forEach(([hertz, after]) => {
    const [voice, gain, at] = [context.createOscillator(), context.createGain(), context.currentTime + after];
    voice.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    voice.connect(gain).connect(context.destination);
    voice.start(at);
    voice.stop(at + 0.55);
  });
}

// The switches; `again` is called after each.
export function showChoices(again) {
  const names = ["sound", "vibration", "sun", "keys"].filter((name) => name !== "vibration" || navigator.vibrate);
  const box = byId("choices");
  if (box.childElementCount !== names.length) {
    box.replaceChildren(...names.map((name) => {
      const made = make("button", { type: "button", className: "plain switch", id: "choice-" + name, on: { click: () => { toggle(name); again(); } } });
      made.setAttribute("role", "switch");
      return made;
    }));
  }
  for (const name of names) {
    write(byId("choice-" + name), say(name));
    byId("choice-" + name).setAttribute("aria-checked", name === "keys" ? keysWanted() : wants(name));
  }
}

// The languages by their own names, each a link that works by itself, too.
export function showLanguages(again) {
  byId("languages").setAttribute("aria-label", say("languages"));
  byId("languages").replaceChildren(...languages.map((one) => {
    const link = make("a", { href: `?lang=${one}`, lang: one, hreflang: one, textContent: say("name", {}, one) });
    if (one === language()) link.setAttribute("aria-current", "true");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      speak(one);
      again();
      byId("languages").querySelector("[aria-current]").focus({ preventScroll: true });
    });
    return link;
  }));
}
