// The staff board: takes the booth's state as it changes and shows it; every press of a button or a key ends here.

import { byId, write } from "/field/dom.js";
import { chosen, count, earlierButtons, isLive, rewrite, sentence, setUp as setUpCards, showCards } from "/board/cards.js";
import { alertOf, apply, languageChosen, showChoices, showLanguages, toggle, wants } from "/board/choices.js";
import { heed, showKeys } from "/board/keys.js";
import { label as labelScript, openScript, setUp as setUpScript } from "/board/script.js";
import { setUp as setUpStanding, showStanding } from "/board/standing.js";
import { device } from "/board/tables.js";
import { LOST, act, listen } from "/board/talk.js";
import { clock, knows, language, languages, say } from "/board/words.js";

const TICK_MS = 250;
const TOLD_MS = 5000;
const PAUSE_MIN = 15;
const LOOKING = ["watching", "early", "uncalibrated"]; // when somebody who asks can be seen
const NOTHING = {
  booth: null, notice: "", standing: { name: LOST, reason: "", by: [] }, learned: null, needed: null, capture: { word: "unknown", for_s: 0 },
  pause_s: 0, spot: false, ask: { word: "", left_s: 0 }, cards: [], earlier: null, service: false,
};

let state = NOTHING;
let until = { captureUntil: 0, pauseUntil: 0, askUntil: 0 };
let heard = false;
let told = 0;
let announced = [];

function show(fresh) {
  const now = performance.now();
  state = fresh;
  until = { captureUntil: now + 1000 * state.capture.for_s, pauseUntil: now + 1000 * state.pause_s, askUntil: now + 1000 * state.ask.left_s };
  if (!languageChosen() && languages.includes(state.language) && state.language !== language()) {
    document.documentElement.lang = state.language;
    label();
  }
  const fresher = showCards(state.cards);
  if (fresher.length) announce(fresher);
  if (fresher.length && heard) alertOf();
  heard = true;
  render();
}

// For who listens; gone with its cards, as they are from the screen.
function announce(cards) {
  write(byId("announced"), say("new-card", { what: cards.map(sentence).join("; ") }));
  announced = cards.map((card) => card.number);
}

// Nothing is known any more, least of all whether the camera is open; what was seen of people goes at once.
function lose(why) {
  state = { ...NOTHING, standing: { name: why, reason: "", by: [] } };
  until = { captureUntil: 0, pauseUntil: 0, askUntil: 0 };
  showCards([]);
  render();
}

function render() {
  const inside = ![LOST, "outside"].includes(state.standing.name);
  tick();
  showOr("banner", state.booth && say("identify", state.booth));
  showOr("notice", state.notice);
  showEarlier();
  byId("ask").hidden = !state.spot || !LOOKING.includes(state.standing.name);
  byId("arm").hidden = !(device && state.standing.name === "dead-man");
  byId("pause").disabled = !inside;
  byId("links").hidden = byId("service").hidden = byId("phone").hidden = !(device && state.service);
  byId("main").classList.toggle("busy", count() > 0);
}

// What goes by the clock.
function tick() {
  const now = performance.now();
  showStanding(state, { ...until, cards: count() });
  if (!announced.some(isLive)) write(byId("announced"), "");
  write(byId("pause"), say(now < until.pauseUntil ? "pause-again" : "pause", { n: PAUSE_MIN }));
  write(byId("ask"), now < until.askUntil ? say("asking", { left: clock((until.askUntil - now) / 1000) }) : say("ask"));
  showOr("answer", state.ask.word && say("reply-" + state.ask.word));
}

function showOr(id, text) {
  write(byId(id), text || "");
  byId(id).hidden = !text;
}

function showEarlier() {
  const [box, number] = [byId("earlier"), state.earlier];
  box.hidden = number === null || count() > 1;
  if (box.dataset.number === String(number)) return;
  box.dataset.number = String(number);
  box.querySelector(".verdicts")?.remove();
  if (number !== null) box.append(earlierButtons(number));
}

function tell(text) {
  write(byId("told"), text);
  clearTimeout(told);
  told = setTimeout(() => write(byId("told"), ""), TOLD_MS);
}

const fault = (word) => say(knows(word) ? word : "did-not-work");

async function judge(number, verdict) {
  const failed = await act("verdict", { number, verdict });
  tell(failed ? fault(failed) : say("thanks"));
}

async function pause() {
  tell(say("pausing"));
  const failed = await act("pause");
  if (failed) tell(fault(failed === LOST ? "pause-failed" : failed));
}

async function ask() {
  const failed = await act("ask");
  if (failed) tell(fault(failed));
}

async function arm() {
  const failed = await act("arm");
  tell(failed ? fault(failed) : say("armed"));
}

function press(verdict) {
  const number = chosen()?.number ?? state.earlier;
  if (number !== null && number !== undefined) judge(number, verdict);
}

function openMore() {
  label();
  if (!byId("more-box").open) byId("more-box").showModal();
}

function sound() {
  toggle("sound");
  label();
  tell(`${say("sound")}: ${wants("sound") ? "✓" : "–"}`);
}

function go(path) {
  if (device) location.href = `${path}?lang=${language()}`;
}

// Writes everything that stays, at first and in another language.
function label() {
  document.title = say("title");
  for (const id of ["title", "more", "script"]) write(byId(id), say(id));
  for (const [id, word] of [["promise", "footer"], ["service", "service"], ["phone", "phone"], ["arm", "arm"], ["earlier-text", "earlier"],
    ["more-title", "more"], ["keys-title", "keys"], ["more-close", "close"]]) write(byId(id), say(word));
  for (const id of ["cards", "acts"]) byId(id).setAttribute("aria-label", say(id));
  for (const [id, path] of [["service", "/code"], ["phone", "/phone"]]) byId(id).href = `${path}?lang=${language()}`;
  showKeys();
  showChoices(label);
  labelScript();
}

function again() {
  label();
  rewrite();
  delete byId("earlier").dataset.number;
  showLanguages(again);
  render();
}

apply();
setUpCards({ judge, gone: render });
setUpStanding();
setUpScript();
for (const [id, does] of [["pause", pause], ["ask", ask], ["arm", arm], ["more", openMore]]) byId(id).addEventListener("click", does);
byId("more-close").addEventListener("click", () => byId("more-box").close());
heed({
  p: () => byId("pause").disabled || pause(), g: () => press("greeted"), n: () => press("not-found"), d: () => press("disagree"), h: openScript, s: () => byId("ask").hidden || ask(),
  m: sound, q: () => go("/phone"), f: () => go("/code"), "?": openMore,
});
again();
setInterval(tick, TICK_MS);
listen(show, lose);
