// Small helpers to make elements: text is always text, never markup.

export function byId(id) {
  return document.getElementById(id);
}

// An element with properties and children; `on` holds listeners, `aria` and `data` attributes.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function set(element, { on = {}, aria = {}, data = {}, ...rest }) {
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(aria)) element.setAttribute("aria-" + name, value);
  Object.assign(element.dataset, data);
  Object.assign(element, rest);
}

export function button(text, act, properties = {}) {
  return make("button", { type: "button", textContent: text, on: { click: act }, ...properties });
}

// Writes only what changed, so that a screen reader is not told the same again.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const MARGIN = 3; // light modules around the code

// A QR code, rows of 0 and 1, on a canvas of one pixel a module.
export function drawCode(element, rows) {
  const size = rows.length + 2 * MARGIN;
  const canvas = Object.assign(element, { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = "#000";
  rows.forEach((row, y) => [...row].forEach((dark, x) => dark === "1" && pen.fillRect(x + MARGIN, y + MARGIN, 1, 1)));
}
