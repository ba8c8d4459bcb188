// Draws the empty street and generic figures on a canvas: lines, boxes and nothing of anybody.

import { make } from "/field/dom.js";
import { say } from "/field/words.js";

// A scene keeps the street's drawing ready and redraws all of it for each view.
export function makeScene() {
  const canvas = make("canvas", { className: "street" });
  canvas.setAttribute("role", "img");
  const wrap = make("div", { className: "scene" }, canvas);
  let kept = { key: "", lines: null };

  // How much of the street was seen empty, 0..1; only known once something was shown.
  const seen = () => kept.lines?.seen ?? 0;

  // Only while the scene is on the page: its width decides how many pixels are drawn.
  function show(view, overlay = null) {
    const colours = coloursOf(canvas);
    const { width, height } = fit(canvas, view.width / view.height);
    const pen = canvas.getContext("2d");
    pen.fillStyle = colours.panel;
    pen.fillRect(0, 0, width, height);
    const key = view.drawing.lines + view.drawing.unseen + colours.line;
    if (key !== kept.key) kept = { key, lines: streetOf(view.drawing, colours) };
    pen.imageSmoothingQuality = "high";
    // The drawing is coarse on purpose; soft edges make its steps bearable.
    pen.filter = `blur(${(0.3 * width) / view.drawing.width}px)`;
    pen.drawImage(kept.lines.street, 0, 0, width, height);
    pen.filter = "none";
    overlay?.(pen, width, height, colours);
    for (const box of view.people) drawFigure(pen, box, width, height, colours.figure);
    canvas.setAttribute("aria-label", say("canvas", { n: view.people.length }));
  }

  return { root: wrap, show, seen };
}

function coloursOf(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return { panel: of("--panel"), line: of("--drawing"), hatch: of("--hatch"), figure: of("--figure"), text: of("--text") };
}

function fit(canvas, aspect) {
  const scale = Math.min(3, window.devicePixelRatio || 1);
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.round(width / aspect);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { width, height };
}

// The street in its own size: a bit a pixel, rows of whole bytes, the leftmost pixel in the highest bit.
function streetOf({ width, height, lines, unseen }, colours) {
  const street = new OffscreenCanvas(width, height);
  const pen = street.getContext("2d");
  const [line, hidden] = [bytesOf(lines), bytesOf(unseen)];
  const row = Math.ceil(width / 8);
  let unknown = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * row + (x >> 3);
      const bit = 128 >> (x & 7);
      if (hidden[at] & bit) {
        unknown++;
        if ((x + y) % 6 >= 1) continue;
        pen.fillStyle = colours.hatch;
      } else if (line[at] & bit) pen.fillStyle = colours.line;
      else continue;
      pen.fillRect(x, y, 1, 1);
    }
  }
  return { street, seen: 1 - unknown / (width * height) };
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

// The same figure for everybody, as tall as the box: only where somebody stands, not how anybody looks.
function drawFigure(pen, [left, top, width, height], wide, high, colour) {
  const tall = height * high;
  const middle = (left + width / 2) * wide;
  const head = top * high;
  pen.save();
  pen.translate(middle, head);
  pen.scale(tall / 100, tall / 100);
  pen.fillStyle = colour;
  pen.globalAlpha = 0.92;
  pen.beginPath();
  pen.arc(0, 8, 7.5, 0, 2 * Math.PI);
  pen.fill();
  pen.beginPath();
  pen.roundRect(-13, 18, 26, 40, 9);
  pen.roundRect(-10, 46, 9.4, 54, 4.5);
  pen.roundRect(0.6, 46, 9.4, 54, 4.5);
  pen.fill();
  pen.restore();
}

// What stands where no view is.
export function makeEmpty() {
  return make("p", { className: "empty", textContent: say("no-view") });
}
