// The staff board: takes the booth's state as it changes and shows it; every press of a button or a key ends here.

import { byId, write } from "/field/dom.js";
import { chosen, count, earlierButtons, isLive, rewrite, sentence, setUp as setUpCards, showCards, tick as tickCards } from "/board/cards.js";
import { alertOf, apply, languageChosen, query, showChoices, showLanguages, toggle, wants } from "/board/choices.js";
import { heed, showKeys } from "/board/keys.js";
import { fault, pause } from "/board/pause.js";
import { label as labelScript, openScript, setUp as setUpScript } from "/board/script.js";
import { setUp as setUpStanding, showStanding } from "/board/standing.js";
import { device } from "/board/tables.js";
import { LOST, act, listen } from "/board/talk.js";
import { now } from "/board/time.js";
import { clock, language, languages, say } from "/board/words.js";

const TICK_MS = 250;
const TOLD_MS = 5000;
const PAUSE_MIN = 15;
const MOST_MET = 8; // cards that nobody is alerted of again, should they come back with a connection
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
let met = [];

// `at`: when the booth said so, on the page's clock.
function show(fresh, at) {
  state = fresh;
  until = { captureUntil: at + 1000 * state.capture.for_s, pauseUntil: at + 1000 * state.pause_s, askUntil: at + 1000 * state.ask.left_s };
  if (!languageChosen() && languages.includes(state.language) && state.language !== language()) {
    document.documentElement.lang = state.language;
    label();
  }
  const fresher = showCards(state.cards, at).filter((card) => !met.includes(card.number));
  met = [...met, ...fresher.map((card) => card.number)].slice(-MOST_MET);
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
  showCards([], now());
  render();
}

function render() {
  tick();
  showOr("banner", state.booth && say("identify", state.booth));
  showOr("notice", state.notice);
  showEarlier();
  byId("ask").hidden = !state.spot || !LOOKING.includes(state.standing.name);
  byId("arm").hidden = !(device && state.standing.name === "dead-man");
  for (const id of ["links", "service", "phone", "more-phone"]) byId(id).hidden = !(device && state.service);
  byId("main").classList.toggle("busy", count() > 0);
}

// What goes by the clock.
function tick() {
  tickCards();
  showStanding(state, { ...until, cards: count() });
  if (!announced.some(isLive)) write(byId("announced"), "");
  write(byId("pause"), say(now() < until.pauseUntil ? "pause-again" : "pause", { n: PAUSE_MIN }));
  write(byId("ask"), now() < until.askUntil ? say("asking", { left: clock((until.askUntil - now()) / 1000) }) : say("ask"));
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

async function judge(number, verdict) {
  const { error, counted } = await act("verdict", { number, verdict });
  if (error) tell(fault(error));
  else if (counted) tell(say("thanks"));
}

async function ask() {
  const { error } = await act("ask");
  if (error) tell(fault(error));
}

async function arm() {
  const { error } = await act("arm");
  tell(error ? fault(error) : say("armed"));
}

// A key means a card that is there, and the last one only where none is: pressed twice it counts for no other person.
function press(verdict) {
  const number = count() ? chosen()?.number : state.earlier;
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
  if (device) location.href = path + query();
}

// Writes everything that stays, at first and in another language.
function label() {
  document.title = say("title");
  for (const id of ["title", "more", "script"]) write(byId(id), say(id));
  for (const [id, word] of [["promise", "footer"], ["service", "service"], ["phone", "phone"], ["more-phone", "phone"], ["arm", "arm"], ["earlier-text", "earlier"],
    ["more-title", "more"], ["keys-title", "keys"], ["more-close", "close"]]) write(byId(id), say(word));
  for (const id of ["cards", "acts"]) byId(id).setAttribute("aria-label", say(id));
  for (const [id, path] of [["service", "/code"], ["phone", "/phone"], ["more-phone", "/phone"]]) byId(id).href = path + query();
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
const close = () => pause(tell);
for (const [id, does] of [["pause", close], ["ask", ask], ["arm", arm], ["more", openMore]]) byId(id).addEventListener("click", does);
byId("more-close").addEventListener("click", () => byId("more-box").close());
heed({
  p: close, g: () => press("greeted"), n: () => press("not-found"), d: () => press("disagree"), h: openScript, s: () => byId("ask").hidden || ask(),
  m: sound, q: () => go("/phone"), f: () => go("/code"), "?": openMore,
});
again();
setInterval(tick, TICK_MS);
document.addEventListener("visibilitychange", tick);
listen(show, lose);
