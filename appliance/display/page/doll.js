// The paper doll: an outfit's coarse words in, a drawing out; the figure is the same for everybody, clothes alone differ.

import { shape } from "/field/dom.js";
import { say } from "/board/words.js";

export const COLOURS = ["black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "beige"];
const PATTERNS = ["striped", "patterned"];
const NAMED = { upper: [0, 1], middle: [1, 2], lower: [2, 3], whole: [0, 1, 2, 3] };
const EDGES = [46, 93.5, 141, 188.5, 236];
const CLOTHES = "M46 46C52 51 68 51 74 46L86 50C93 52 97 57 99 64L110 127C111 134 102 137 100 130L89 86L88 140L92 226C92 233 90 236 86 236"
  + "L71 236C67 236 66 234 66 230L62 152L58 152L54 230C54 234 53 236 49 236L34 236C30 236 28 233 28 226L32 140L31 86L20 130C18 137 9 134 10 127"
  + "L21 64C23 57 27 52 34 50Z";

// The drawing, with words for who cannot see it.
export function doll(outfit, why) {
  const bands = bandsOf(why);
  const shades = shadesOf(outfit, why, bands);
  const pattern = PATTERNS.find((name) => why.includes(name)) ?? PATTERNS.find((name) => name === outfit.pattern);
  const texts = shades.map((shade) => say("word-" + shade));
  if (pattern) texts.push(say("word-" + pattern));
  const parts = shades.map((shade, band) => part(band, shade, pattern && (!bands.length || bands.includes(band)) ? pattern : ""));
  return shape("svg", { class: "doll", viewBox: "0 0 120 260", role: "img", "aria-label": say("doll", { parts: texts.join(", ") }) },
    ...figure(), ...parts, shape("path", { class: "seam", d: CLOTHES }), ...bracket(bands));
}

// A figure of the street, in no colour.
export function plain(x) {
  return shape("g", { transform: `translate(${x} 0)` }, ...figure(), shape("path", { class: "cloth", d: CLOTHES }));
}

function figure() {
  return [
    shape("path", { class: "paper", d: CLOTHES }),
    shape("circle", { class: "paper", cx: 60, cy: 25, r: 16 }),
    shape("path", { class: "body", d: "M54 36h12v12c-4 3-8 3-12 0z" }),
    shape("circle", { class: "body", cx: 60, cy: 25, r: 15 }),
    shape("circle", { class: "body", cx: 105, cy: 136, r: 5.5 }),
    shape("circle", { class: "body", cx: 15, cy: 136, r: 5.5 }),
  ];
}

function part(band, shade, pattern) {
  const group = shape("g", { "clip-path": `url(#band-${band})` }, shape("path", { class: shade, d: CLOTHES }));
  if (pattern) group.append(shape("path", { class: `${pattern} on-${shade}`, d: CLOTHES }));
  return group;
}

// The parts that stand out; none where the whole does, or no part is named.
function bandsOf(why) {
  const found = new Set(why.flatMap((word) => NAMED[word] ?? []));
  return [...found].sort();
}

// What was measured; where that is mixed, the colour that stands out there.
function shadesOf(outfit, why, bands) {
  const colour = COLOURS.find((name) => why.includes(name));
  return outfit.parts.map((shade, band) => (shade === "mixed" && colour && (!bands.length || bands.includes(band)) ? colour : shade));
}

function bracket(bands) {
  if (!bands.length || bands.length === NAMED.whole.length) return [];
  const [top, bottom] = [EDGES[bands[0]] + 2, EDGES[bands.at(-1) + 1] - 2];
  return [shape("path", { class: "bracket", d: `M8 ${top}H3V${bottom}H8` }), shape("path", { class: "bracket", d: `M112 ${top}H117V${bottom}H112` })];
}

const ARROWS = {
  left: "M42 24H8M22 9L7 24l15 15", right: "M6 24h34M26 9l15 15-15 15",
  towards: "M24 6v34M9 26l15 15 15-15", away: "M24 42V8M9 22L24 7l15 15", still: "M24 13a11 11 0 1 0 .1 0z",
};

// Which way to look.
export function arrow(heading) {
  return shape("svg", { class: "arrow", viewBox: "0 0 48 48", "aria-hidden": "true" }, shape("path", { d: ARROWS[heading] }));
}
