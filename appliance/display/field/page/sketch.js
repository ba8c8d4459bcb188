// The zones while they are drawn: what fingers and keys do goes in, the zones and what is chosen come out.

const NAMES = { scored: "mat", "opt-out": "path", door: "door", spot: "spot" };
const FRESH = [[0.38, 0.55], [0.62, 0.55], [0.62, 0.85], [0.38, 0.85]];
const SMALL = [[0.4, 0.62], [0.6, 0.62], [0.62, 0.86], [0.38, 0.86]]; // its corners still a finger apart on a phone
const LEAST_CORNERS = 3;
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

// Whatever changes a zone makes the sketch dirty until save() was good; until then the booth's zones do not replace it.
export class Sketch {
  zones = null; // null until the booth has told its own
  chosen = { zone: 0, corner: 0 };
  dirty = false;

  get zone() {
    return this.zones?.[this.chosen.zone];
  }

  get hasSpot() {
    return Boolean(this.zones?.some((zone) => zone.kind === "spot"));
  }

  // Takes over the booth's zones; false where they are the same, or something is not saved.
  take(zones) {
    if (this.dirty || (this.zones && JSON.stringify(this.zones) === JSON.stringify(zones))) return false;
    this.zones = structuredClone(zones);
    this.chosen = { zone: Math.min(this.chosen.zone, Math.max(0, zones.length - 1)), corner: 0 };
    return true;
  }

  choose(zone, corner) {
    const same = this.chosen.zone === zone && this.chosen.corner === corner;
    this.chosen = { zone, corner };
    return !same;
  }

  start(mode) {
    this.zones = structuredClone(TEMPLATES[mode]);
    this.#changed(0, 0);
  }

  add(kind) {
    this.zones.push({ name: this.#freeName(NAMES[kind]), kind, polygon: structuredClone(kind === "spot" ? SMALL : FRESH) });
    this.#changed(this.zones.length - 1, 0);
  }

  drop() {
    this.zones.splice(this.chosen.zone, 1);
    this.#changed(Math.max(0, this.chosen.zone - 1), 0);
  }

  // A booth's name of a zone, made of what was typed.
  rename(text) {
    this.zone.name = text.toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+/, "");
    this.dirty = true;
  }

  move(zone, corner, x, y) {
    this.zones[zone].polygon[corner] = [share(x), share(y)];
    this.#changed(zone, corner);
  }

  nudge(byX, byY) {
    const [x, y] = this.zone.polygon[this.chosen.corner];
    this.move(this.chosen.zone, this.chosen.corner, x + byX, y + byY);
  }

  // A new corner in the middle of the edge that follows the chosen one.
  split() {
    const { polygon } = this.zone;
    if (polygon.length >= MOST_CORNERS) return;
    const at = this.chosen.corner;
    const [a, b] = [polygon[at], polygon[(at + 1) % polygon.length]];
    polygon.splice(at + 1, 0, [share((a[0] + b[0]) / 2), share((a[1] + b[1]) / 2)]);
    this.#changed(this.chosen.zone, at + 1);
  }

  canDropCorner() {
    return Boolean(this.zone) && this.zone.polygon.length > LEAST_CORNERS;
  }

  dropCorner() {
    if (!this.canDropCorner()) return;
    const { polygon } = this.zone;
    polygon.splice(this.chosen.corner, 1);
    this.#changed(this.chosen.zone, this.chosen.corner % polygon.length);
  }

  #changed(zone, corner) {
    this.chosen = { zone, corner };
    this.dirty = true;
  }

  #freeName(base) {
    const names = new Set(this.zones.map((zone) => zone.name));
    let name = base;
    for (let number = 2; names.has(name); number++) name = `${base}-${number}`;
    return name;
  }
}

function share(value) {
  return Math.round(1e4 * Math.min(1, Math.max(0, value))) / 1e4;
}
