// Step 3, zones: polygons on the drawing of the street, by finger or by arrow keys; the booth checks them.

import { button, make, write } from "/field/dom.js";
import { makePlan } from "/field/plan.js";
import { makeEmpty, makeScene } from "/field/scene.js";
import { Sketch } from "/field/sketch.js";
import { say, tell as tellIn } from "/field/words.js";

export const name = "zones";
const KINDS = ["scored", "opt-out", "door", "spot"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01;
const sketch = new Sketch(); // outlives a look at another step

export function build(tools) {
  let street = null; // the last view
  const scene = makeScene();
  const empty = makeEmpty();
  const plan = makePlan({ choose, move, key });
  scene.root.append(plan.root);
  const told = make("p", { className: "told" });
  told.setAttribute("role", "status");
  const chips = make("div", { className: "chips", aria: { label: say("zones") } });
  chips.setAttribute("role", "group");
  const doing = (edit) => () => change(edit);
  const adders = make("div", { className: "row adders" }, ...KINDS.map((kind) =>
    button(`+ ${say(kind)}`, doing(() => sketch.add(kind)), { className: "plain " + kind })));
  const template = button(say("template"), doing(() => sketch.start(tools.state().capture.mode)), { className: "plain" });
  const naming = make("input", {
    id: "zone-name", maxLength: 32, spellcheck: false, autocapitalize: "none", autocomplete: "off",
    on: { input: doing(() => sketch.rename(naming.value)) },
  });
  const dropCorner = button(say("delete-corner"), doing(() => sketch.dropCorner()), { className: "plain" });
  const details = make("div", { className: "details", hidden: true },
    make("label", { htmlFor: "zone-name", textContent: say("zone-name") }), naming,
    make("div", { className: "row" },
      button(say("add-corner"), doing(() => sketch.split()), { className: "plain" }), dropCorner,
      button(say("delete-zone"), doing(() => sketch.drop()), { className: "plain" })));
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

  function state({ capture }) {
    if (!sketch.take(capture.zones)) return;
    if (!sketch.zones.length) write(told, say(capture.mode === "opt-in-zone" ? "no-zones-opt-in" : "no-zones"));
    render();
  }

  function change(edit) {
    edit();
    tell({ word: "unsaved" });
    render();
  }

  function tell(said, kind = "") {
    told.className = `told ${kind}`;
    tellIn(told, said);
  }

  function choose(zone, corner = 0) {
    if (sketch.choose(zone, corner)) render();
  }

  function move(zone, corner, x, y) {
    change(() => sketch.move(zone, corner, x, y));
  }

  function key(event, zone, corner) {
    sketch.choose(zone, corner);
    const step = event.shiftKey ? 5 * STEP : STEP;
    const by = ARROWS[event.key];
    if (by) change(() => sketch.nudge(step * by[0], step * by[1]));
    else if (["Delete", "Backspace"].includes(event.key)) change(() => sketch.dropCorner());
    else if (["+", "Insert"].includes(event.key)) change(() => sketch.split());
    else return;
    event.preventDefault();
    plan.focus(sketch.chosen.zone, sketch.chosen.corner);
  }

  async function save() {
    const fault = await tools.act("zones", { zones: sketch.zones });
    sketch.dirty = Boolean(fault);
    tell(fault || { word: "saved" }, fault ? "bad" : "good");
    if (!fault && tools.state()) sketch.take(tools.state().capture.zones);
    render();
    return !fault;
  }

  function render() {
    const { zones, zone, chosen, dirty } = sketch;
    for (const here of [template, ...adders.children]) here.disabled = !zones; // until the booth has told its own
    adders.lastChild.disabled ||= sketch.hasSpot; // people are told to stand on the one
    keep.disabled = !dirty;
    details.hidden = !zone;
    template.hidden = Boolean(zones?.length);
    dropCorner.disabled = !sketch.canDropCorner();
    if (zone && naming.value !== zone.name) naming.value = zone.name;
    chips.replaceChildren(...(zones ?? []).map((zone, at) => chip(zone, at, chosen, choose)));
    plan.show(zones ?? [], chosen);
  }

  const root = make("section", {}, make("p", { className: "help", textContent: say("zones-help") }),
    scene.root, empty, chips, adders, template, details, told, keep);
  view(null);
  if (sketch.dirty) tell({ word: "unsaved" });
  render();
  const next = async () => {
    if (!sketch.dirty || (await save())) tools.go(3);
  };
  return { root, view, state, next };
}

function chip({ name, kind }, at, chosen, choose) {
  const here = button(name || "…", () => choose(at), { className: `chip ${kind}` });
  here.setAttribute("aria-label", say("zone-is", { name, kind: say(kind) }));
  here.setAttribute("aria-pressed", String(at === chosen.zone));
  return here;
}
