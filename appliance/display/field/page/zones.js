// Step 3, zones: polygons on the drawing of the street, by finger or by arrow keys; the booth checks them.

import { button, make, write } from "/field/dom.js";
import { makePlan } from "/field/plan.js";
import { makeEmpty, makeScene } from "/field/scene.js";
import { say } from "/field/words.js";

export const name = "zones";
const KINDS = ["scored", "opt-out", "door"];
const NAMES = { scored: "mat", "opt-out": "path", door: "door" };
const MOST_CORNERS = 32;
const TEMPLATES = {
  "open-street": [
    { name: "pavement", kind: "scored", polygon: [[0.05, 0.5], [0.95, 0.5], [0.98, 0.97], [0.02, 0.97]] },
    { name: "door", kind: "door", polygon: [[0.78, 0.36], [0.96, 0.36], [0.96, 0.56], [0.78, 0.56]] },
  ],
  "opt-in-zone": [
    { name: "mat", kind: "scored", polygon: [[0.36, 0.62], [0.64, 0.62], [0.68, 0.95], [0.32, 0.95]] },
  ],
};

export function build(tools) {
  let zones = null; // as drawn; null until the booth has told
  let chosen = { zone: 0, corner: 0 };
  let dirty = false;
  let street = null; // the last view
  const scene = makeScene();
  const empty = makeEmpty();
  const plan = makePlan({ choose, move, key });
  scene.root.append(plan.root);
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");
  const chips = make("div", { className: "chips" });
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", say("zones"));
  const adders = make("div", { className: "row adders" }, ...KINDS.map((kind) =>
    button(`+ ${say(kind)}`, () => add(kind), { className: "plain " + kind })));
  const template = button(say("template"), () => change(() => {
    zones = structuredClone(TEMPLATES[tools.state().capture.mode]);
    chosen = { zone: 0, corner: 0 };
  }), { className: "plain" });
  const naming = make("input", { id: "zone-name", maxLength: 32, spellcheck: false, autocapitalize: "none", autocomplete: "off", on: { input: rename } });
  const cornerTools = make("div", { className: "row" },
    button(say("addCorner"), split, { className: "plain" }),
    button(say("deleteCorner"), dropCorner, { className: "plain", id: "delete-corner" }),
    button(say("deleteZone"), dropZone, { className: "plain" }));
  const details = make("div", { className: "details" },
    make("label", { htmlFor: "zone-name", textContent: say("zoneName") }), naming, cornerTools);
  const keep = button(say("save"), save, { className: "strong", id: "save" });

  // While vision is started again the street stays, without people: it can be drawn on all the same.
  function view(view) {
    street = view || (street && { ...street, people: [] });
    scene.root.hidden = !street;
    empty.hidden = Boolean(street);
    if (!street) return;
    scene.show(street);
    plan.fit(street.width / street.height);
  }

  function state(state) {
    if (!dirty) {
      const fresh = JSON.stringify(state.capture.zones);
      if (zones && JSON.stringify(zones) === fresh) return;
      zones = JSON.parse(fresh);
      chosen = { zone: Math.min(chosen.zone, Math.max(0, zones.length - 1)), corner: 0 };
      if (!zones.length) write(told, say(state.capture.mode === "opt-in-zone" ? "noZonesOptIn" : "noZones"));
      render();
    }
  }

  function change(edit, words = say("unsaved")) {
    edit();
    dirty = true;
    told.className = "told";
    write(told, words);
    render();
  }

  function choose(zone, corner = 0) {
    if (chosen.zone === zone && chosen.corner === corner) return;
    chosen = { zone, corner };
    render();
  }

  function move(zone, corner, x, y) {
    chosen = { zone, corner };
    change(() => { zones[zone].polygon[corner] = [round(x), round(y)]; });
  }

  function key(event, zone, corner) {
    const step = event.shiftKey ? 0.05 : 0.01;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    chosen = { zone, corner };
    if (by) {
      const [x, y] = zones[zone].polygon[corner];
      move(zone, corner, x + by[0], y + by[1]);
    } else if (event.key === "Delete" || event.key === "Backspace") dropCorner();
    else if (event.key === "+" || event.key === "Insert") split();
    else return;
    event.preventDefault();
    plan.focus(chosen.zone, chosen.corner);
  }

  function add(kind) {
    change(() => {
      zones.push({ name: freeName(NAMES[kind]), kind, polygon: [[0.38, 0.55], [0.62, 0.55], [0.62, 0.85], [0.38, 0.85]] });
      chosen = { zone: zones.length - 1, corner: 0 };
    });
  }

  function freeName(base) {
    const names = new Set(zones.map((zone) => zone.name));
    let number = 2;
    if (!names.has(base)) return base;
    while (names.has(`${base}-${number}`)) number++;
    return `${base}-${number}`;
  }

  // A new corner in the middle of the edge that follows the chosen one.
  function split() {
    const polygon = zones[chosen.zone].polygon;
    if (polygon.length >= MOST_CORNERS) return;
    const [a, b] = [polygon[chosen.corner], polygon[(chosen.corner + 1) % polygon.length]];
    change(() => {
      polygon.splice(chosen.corner + 1, 0, [round((a[0] + b[0]) / 2), round((a[1] + b[1]) / 2)]);
      chosen = { ...chosen, corner: chosen.corner + 1 };
    });
  }

  function dropCorner() {
    const polygon = zones[chosen.zone].polygon;
    if (polygon.length <= 3) return;
    change(() => {
      polygon.splice(chosen.corner, 1);
      chosen = { ...chosen, corner: chosen.corner % polygon.length };
    });
  }

  function dropZone() {
    change(() => {
      zones.splice(chosen.zone, 1);
      chosen = { zone: Math.max(0, chosen.zone - 1), corner: 0 };
    });
  }

  function rename() {
    const clean = naming.value.toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+/, "");
    if (clean !== naming.value) naming.value = clean;
    change(() => { zones[chosen.zone].name = clean; });
  }

  async function save() {
    const fault = await tools.act("zones", { zones });
    if (!fault) dirty = false;
    told.className = fault ? "told bad" : "told good";
    write(told, fault || say("saved"));
    if (!fault && tools.state()) state(tools.state());
    render();
    return !fault;
  }

  function render() {
    plan.show(zones, chosen);
    chips.replaceChildren(...zones.map((zone, at) => chip(zone, at)));
    const zone = zones[chosen.zone];
    details.hidden = !zone;
    for (const here of [template, ...adders.children]) here.disabled = false;
    template.hidden = zones.length > 0;
    keep.disabled = !dirty;
    if (zone && naming.value !== zone.name) naming.value = zone.name;
    details.querySelector("#delete-corner").disabled = !zone || zone.polygon.length <= 3;
  }

  function chip(zone, at) {
    const here = button(zone.name || "…", () => choose(at), { className: `chip ${zone.kind}` });
    here.setAttribute("aria-label", say("zoneIs", { name: zone.name, kind: say(zone.kind) }));
    here.setAttribute("aria-pressed", String(at === chosen.zone));
    return here;
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("zonesHelp") }),
    scene.root, empty, chips, adders, template, details, told, keep);
  details.hidden = true;
  for (const here of [template, keep, ...adders.children]) here.disabled = true; // until the booth has told its zones
  view(null);
  const next = async () => {
    if (!dirty || (await save())) tools.go(3);
  };
  return { root, view, state, next };
}

function round(share) {
  return Math.round(1e4 * Math.min(1, Math.max(0, share))) / 1e4;
}
