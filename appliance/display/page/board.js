// The staff board: takes the booth's state as it changes and shows it; forgets each card on its own clock, too.
"use strict";

const SILENCE_MS = 12000; // the booth repeats itself every 5 s
const RETRY_MS = 2000;
const COLOURS = ["black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "beige"];
const PATTERNS = ["striped", "patterned"];
const PARTS = ["upper", "middle", "lower"];

let source = null;
let phrases = { quiet: "", lost: "...", footer: "" };
let standing = { name: "lost", text: "...", reason: "" };
let shown = "";
let silence = 0;
let expiry = 0;

function byId(id) {
  return document.getElementById(id);
}

function listen() {
  if (source) source.close();
  source = new EventSource("/events");
  source.onmessage = (event) => show(JSON.parse(event.data));
  source.onerror = () => {
    lose();
    if (source.readyState === EventSource.CLOSED) expectWord(RETRY_MS);
  };
  expectWord(SILENCE_MS);
}

// Without a word for so long the connection is made anew, whatever the browser believes of it.
function expectWord(ms) {
  clearTimeout(silence);
  silence = setTimeout(() => { lose(); listen(); }, ms);
}

function lose() {
  standing = { name: "lost", text: phrases.lost, reason: "" };
  showCards([]);
  showStanding();
}

function show(state) {
  expectWord(SILENCE_MS);
  phrases = state.phrases;
  document.documentElement.lang = state.language;
  byId("footer").textContent = phrases.footer;
  byId("service").textContent = state.service;
  byId("service").href = `/code?lang=${state.language}`;
  byId("service").hidden = !state.service;
  byId("banner").textContent = state.banner;
  byId("banner").hidden = !state.banner;
  byId("notice").textContent = state.notice;
  byId("notice").hidden = !state.notice;
  standing = state.standing;
  showCards(state.cards);
  showStanding();
}

// Without a card the middle is free: for calm words, or for what is wrong, large enough to be read from afar.
function showStanding() {
  const free = byId("cards").childElementCount === 0;
  const well = standing.name === "watching";
  byId("standing").className = standing.name;
  byId("standing-text").textContent = free && !well ? "" : standing.text;
  byId("standing-reason").textContent = standing.reason;
  byId("middle").textContent = well ? phrases.quiet : standing.text;
  byId("middle").className = standing.name;
  byId("middle").hidden = !free;
}

function showCards(cards) {
  const now = performance.now();
  const timed = cards.map((card) => ({ ...card, until: now + card.left_s * 1000 }));
  clearTimeout(expiry);
  if (timed.length) {
    const next = Math.min(...timed.map((card) => card.until));
    expiry = setTimeout(() => dropOld(timed), next - now);
  }
  const key = JSON.stringify(cards.map(({ left_s, ...rest }) => rest));
  if (key === shown) return;
  shown = key;
  byId("cards").replaceChildren(...timed.map(cardElement));
}

function dropOld(timed) {
  const now = performance.now();
  const live = timed.filter((card) => card.until > now);
  showCards(live.map(({ until, ...card }) => ({ ...card, left_s: (until - now) / 1000 })));
  showStanding();
}

function cardElement(card) {
  const element = byId("card").content.firstElementChild.cloneNode(true);
  element.querySelector(".words").replaceChildren(...card.text.map(wordElement));
  element.querySelector(".odds").textContent = card.odds;
  element.querySelector(".zone").textContent = card.zone;
  dress(element.querySelector(".doll"), card.words);
  element.querySelector(".left").animate(
    [{ transform: `scaleX(${card.left_s / card.card_s})` }, { transform: "scaleX(0)" }],
    { duration: Math.max(1, card.left_s * 1000), fill: "forwards" },
  );
  return element;
}

function wordElement(word) {
  const element = document.createElement("span");
  element.textContent = word;
  return element;
}

// Colour and pattern go on the part that is named, on all parts where none is.
function dress(doll, words) {
  const colour = COLOURS.filter((name) => words.includes(name));
  const pattern = PATTERNS.find((name) => words.includes(name));
  const named = PARTS.filter((name) => words.includes(name));
  for (const name of named.length ? named : PARTS) {
    const part = doll.querySelector("." + name);
    part.classList.add("worn", ...colour.slice(0, 1));
    if (!pattern) continue;
    const veil = part.cloneNode();
    veil.setAttribute("class", "veil " + pattern);
    part.after(veil);
  }
}

// For who services the booth: the code that opens the field page on a phone.
document.addEventListener("keydown", (event) => {
  if (event.key === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) location.href = byId("service").href;
});

listen();
