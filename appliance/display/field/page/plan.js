// The polygons over the street: an SVG whose corners are dragged by touch, or focused and moved by keys.

import { shape } from "/field/dom.js";
import { say } from "/field/words.js";

const WIDE = 1000;
const TOUCH_PX = 44;
const DOT_PX = 16;

// `choose(zone, corner)`, `move(zone, corner, x, y)` and `key(event, zone, corner)` are called with shares 0..1.
export function makePlan({ choose, move, key }) {
  const root = shape("svg", { class: "plan", viewBox: `0 0 ${WIDE} 562`, role: "group", "aria-label": say("plane") });
  let high = 562;
  let wide = 0; // pixels on the screen when it was placed last
  let shown = { zones: [], chosen: { zone: 0, corner: 0 } };

  // To be called whenever the picture may have another shape, or the phone was turned.
  function fit(aspect) {
    const same = Math.abs(WIDE / aspect - high) < 0.5 && wide === root.clientWidth;
    if (same) return;
    high = WIDE / aspect;
    root.setAttribute("viewBox", `0 0 ${WIDE} ${high}`);
    draw();
  }

  function show(zones, chosen) {
    const same = keyOf(zones, chosen) === keyOf(shown.zones, shown.chosen);
    shown = { zones: structuredClone(zones), chosen };
    // The same polygons with the same corners: they only move, and what is under the finger or in focus stays.
    if (same && root.childElementCount) place();
    else draw();
  }

  function draw() {
    const focused = root.contains(document.activeElement);
    const polygons = shown.zones.map((zone, at) => polygonOf(zone, at));
    const zone = shown.zones[shown.chosen.zone];
    const handles = zone ? zone.polygon.map((_, corner) => handleOf(corner)) : [];
    root.replaceChildren(...polygons, ...handles);
    place();
    if (focused) focus(shown.chosen.zone, shown.chosen.corner);
  }

  function place() {
    wide = root.clientWidth;
    const scale = WIDE / (wide || 360);
    shown.zones.forEach((zone, at) => root.querySelector(`[data-zone="${at}"]`)
      .setAttribute("points", zone.polygon.map(([x, y]) => `${x * WIDE},${y * high}`).join(" ")));
    const zone = shown.zones[shown.chosen.zone];
    zone?.polygon.forEach(([x, y], corner) => placeHandle(zone, corner, x, y, scale));
  }

  function placeHandle(zone, corner, x, y, scale) {
    const handle = root.querySelector(`[data-corner="${corner}"]`);
    handle.setAttribute("transform", `translate(${x * WIDE} ${y * high}) scale(${scale})`);
    handle.setAttribute("class", corner === shown.chosen.corner ? "corner chosen" : "corner");
    handle.setAttribute("aria-label", say("corner", {
      n: corner + 1, of: zone.polygon.length, zone: zone.name, x: Math.round(100 * x), y: Math.round(100 * y),
    }));
  }

  function polygonOf(zone, at) {
    const polygon = shape("polygon", { class: `zone ${zone.kind}${at === shown.chosen.zone ? " chosen" : ""}`, "data-zone": at });
    polygon.addEventListener("click", () => choose(at));
    return polygon;
  }

  function handleOf(corner) {
    const handle = shape("g", { class: "corner", "data-corner": corner, tabindex: 0, role: "button" },
      shape("circle", { class: "reach", r: TOUCH_PX / 2 }), shape("circle", { class: "dot", r: DOT_PX / 2 }));
    const zone = shown.chosen.zone;
    // Before the browser makes a scroll of it: touch-action alone does not hold for the parts of an SVG everywhere.
    handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    handle.addEventListener("pointerdown", (event) => grab(event, zone, corner, handle));
    handle.addEventListener("focus", () => choose(zone, corner));
    handle.addEventListener("keydown", (event) => key(event, zone, corner));
    return handle;
  }

  function grab(event, zone, corner, handle) {
    event.preventDefault();
    choose(zone, corner);
    handle.setPointerCapture(event.pointerId);
    const frame = root.getBoundingClientRect();
    const drag = (now) => move(zone, corner, (now.clientX - frame.left) / frame.width, (now.clientY - frame.top) / frame.height);
    const drop = () => handle.removeEventListener("pointermove", drag);
    handle.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, drop, { once: true });
  }

  function focus(zone, corner) {
    if (zone === shown.chosen.zone) root.querySelector(`[data-corner="${corner}"]`)?.focus({ preventScroll: true });
  }

  return { root, fit, show, focus };
}

// What decides how many elements there are, and which.
function keyOf(zones, chosen) {
  return JSON.stringify([chosen.zone, zones.map((zone) => [zone.kind, zone.polygon.length])]);
}
