// The live cards: the booth's list in; each element is made once, kept while its card lives, and gone on the page's own
// clock, too, should the booth fall silent.

import { button, byId, make } from "/field/dom.js";
import { arrow, doll } from "/board/doll.js";
import { now } from "/board/time.js";
import { say } from "/board/words.js";

const VERDICTS = [["greeted", "g"], ["not-found", "n"], ["disagree", "d"]];
const SMALLEST = 0.35;
const FINE = 0.04;
// The names that the booth proposes itself are said in the reader's language; one that somebody typed stays as it is.
const OWN_ZONES = /^(street|pavement|mat|spot)(?:-([0-9]+))?$/;
const COMMON = 2; // whoever asks may wear what most do, and "1 in 1" is no comfort

let live = [];
let expiry = 0;
let hooks = { judge: () => {}, gone: () => {} };

// `judge` is called with a card's number and a verdict, `gone` when the page itself has taken a card away.
export function setUp(given) {
  hooks = given;
  new ResizeObserver(() => byId("cards").querySelectorAll(".telling").forEach(fit)).observe(byId("cards"));
}

// Shows these and no others, as the booth said at `at`, on the page's clock; returns those that are new.
export function showCards(cards, at) {
  const before = new Map(live.map((one) => [one.card.number, one]));
  live = cards.map((card) => ({ card, until: at + card.left_s * 1000 })).filter((one) => one.until > now())
    .map((one) => ({ ...one, element: before.get(one.card.number)?.element ?? element(one.card) }));
  place();
  for (const one of live) markOpen(one);
  expect();
  tick();
  return live.filter((one) => !before.has(one.card.number)).map((one) => one.card);
}

// Writes them anew, in another language.
export function rewrite() {
  live = live.map((one) => ({ ...one, element: element({ ...one.card, left_s: (one.until - now()) / 1000 }) }));
  place();
}

export const count = () => live.length;
export const isLive = (number) => live.some((one) => one.card.number === number);

// The card that a key means: the one with the focus, else the newest that waits for a word.
export function chosen() {
  const here = live.find((one) => one.element.contains(document.activeElement));
  return (here ?? live.find((one) => one.card.open))?.card;
}

// One sentence of a card, for who listens.
export function sentence(card) {
  const odds = oddsOf(card);
  const parts = [...card.words.map((word) => say("word-" + word)), say(card.heading), zoneOf(card), odds.text];
  return parts.filter(Boolean).join(", ");
}

function place() {
  const box = byId("cards");
  const wanted = live.map((one) => one.element);
  const focused = [...box.children].find((child) => !wanted.includes(child) && child.contains(document.activeElement));
  for (const child of [...box.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, at) => { if (box.children[at] !== child) box.insertBefore(child, box.children[at] ?? null); });
  box.hidden = !live.length;
  box.dataset.count = live.length;
  box.querySelectorAll(".telling").forEach(fit);
  if (focused) byId("main").focus({ preventScroll: true });
}

function expect() {
  clearTimeout(expiry);
  if (live.length) expiry = setTimeout(dropOld, Math.max(1, Math.min(...live.map((one) => one.until)) - now()));
}

// Takes away whose time is over; by a timer, and by tick() where that slept with its phone.
function dropOld() {
  const left = live.filter((one) => one.until > now());
  if (left.length === live.length) return expect();
  live = left;
  place();
  expect();
  hooks.gone();
}

function element(card) {
  const odds = oddsOf(card);
  const name = `card-${card.number}`;
  const words = make("h2", { className: "words", id: name }, ...card.words.map((word) => make("span", { textContent: say("word-" + word) })));
  const tag = card.asked ? make("p", { className: "tag", textContent: say("asked") }) : null;
  const way = make("p", { className: "way" }, arrow(card.heading), make("span", {}, make("b", { textContent: say(card.heading) }), make("span", { textContent: zoneOf(card) })));
  const rare = make("p", { className: "odds" }, make("span", { textContent: odds.text }), odds.of ? make("small", { textContent: odds.of }) : null);
  if (!card.words.length) words.append(make("span", { textContent: say("asked") }));
  const made = make("article", { className: "card" + (card.asked ? " asked" : "") },
    make("div", { className: "plate" }, doll(card.outfit, card.words)),
    make("div", { className: "telling" }, card.words.length ? tag : null, words, way, rare),
    card.asked ? null : verdicts(card.number), remaining(card));
  made.setAttribute("aria-labelledby", name);
  return made;
}

function verdicts(number) {
  const buttons = VERDICTS.map(([verdict, key]) => {
    const made = button(say(verdict), () => hooks.judge(number, verdict), { className: "plain " + verdict });
    made.setAttribute("aria-keyshortcuts", key);
    return made;
  });
  return make("div", { className: "verdicts" }, ...buttons);
}

// The three buttons again for a card that is gone; without any word of its clothes.
export function earlierButtons(number) {
  return verdicts(number);
}

function markOpen({ card, element }) {
  const box = element.querySelector(".verdicts");
  if (!box || card.open || box.classList.contains("thanked")) return;
  const focused = box.contains(document.activeElement);
  box.classList.add("thanked");
  box.replaceChildren(make("p", { textContent: say("thanks") }));
  if (focused) byId("main").focus({ preventScroll: true });
}

function remaining(card) {
  const bar = make("div", { className: "remaining", data: { left: card.left_s } });
  bar.setAttribute("aria-hidden", "true");
  return bar;
}

// How much of each card's time is left; in whole seconds for who wants no motion. Drawn now and then and not by an
// animation, which would have a small machine draw the page sixty times a second.
export function tick() {
  if (live.some((one) => one.until <= now())) dropOld();
  const whole = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const { element, card, until } of live) {
    const left = Math.max(0, until - now()) / 1000;
    element.querySelector(".remaining").style.transform = `scaleX(${(whole ? Math.ceil(left) : left) / card.card_s})`;
  }
}

function zoneOf({ zone }) {
  const [, own, number] = OWN_ZONES.exec(zone) ?? [];
  return own ? say("zone-" + own) + (number ? " " + number : "") : zone.replaceAll("-", " ");
}

function oddsOf({ odds }) {
  if (!odds) return { text: say("odds-unknown"), of: "" };
  const rare = odds.least ? "odds-least" : odds.n < COMMON ? "odds-common" : "odds";
  return { text: say(rare, { n: odds.n }), of: odds.of ? say("odds-of", { n: odds.of }) : "" };
}

// The largest letters that fit, whatever the language.
function fit(telling) {
  if (fits(telling, 1)) return;
  let [small, large] = [SMALLEST, 1];
  while (large - small > FINE) {
    const size = (small + large) / 2;
    if (fits(telling, size)) small = size;
    else large = size;
  }
  fits(telling, small);
}

function fits(telling, size) {
  telling.style.setProperty("--size", size);
  return telling.scrollHeight <= telling.clientHeight + 1 && telling.scrollWidth <= telling.clientWidth;
}
