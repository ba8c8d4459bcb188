// Every word of the page in one table; a language is one more column. {name} is replaced.

const EN = {
  title: "Field page",
  enter: "Enter the code",
  enterHelp: "The device shows it: press F on the staff board, or type “booth field code” on its console. It is good once, for ten minutes.",
  code: "Code of eight digits",
  open: "Open",
  wrong: "That is not the code, or it is too old. Let the device show a new one.",
  locked: "Too many wrong codes. Try again in {left} with a new code.",
  taken: "Another phone is at work on this booth. It has to leave first, or be away for a minute.",
  out: "The session is over. What was saved stays saved. Let the device show a new code.",
  lost: "No connection to the booth: trying again",
  leave: "Leave",
  left: "You have left. The booth goes on by itself.",
  sun: "Sunlight",
  back: "Back",
  next: "Next",
  finish: "To the start",
  stepOf: "Step {n} of 7: {name}",
  done: "done",
  minutes: "{n} min",
  seconds: "{n} s",
  hours: "{n} h",

  watching: "Vision is looking",
  starting: "Vision is starting",
  blind: "The camera sees nothing",
  uncalibrated: "Vision is looking; nobody is judged yet",
  early: "Vision is looking and learning",
  paused: "Paused: the camera is closed",
  ended: "The recording is over",
  silent: "Vision is not running; it is started again by itself",

  aim: "Aim",
  aimHelp: "Turn the camera until the pavement fills the picture. You see lines of the empty street and a figure where somebody stands, never a picture.",
  noView: "No view yet. Vision sends one within a few seconds of its start.",
  moving: "The camera moves: hold it still",
  unseen: "Hatched: not seen empty yet, {seen} % is drawn",
  again: "Draw anew",
  figures: "{n} in view, {rate} pictures a second",
  nobody: "Nobody has passed yet: wait for a few people, or walk by yourself",
  "tilt-down": "Tilt down: feet are cut off below",
  "tilt-up": "Tilt up: heads are cut off above",
  "too-small": "People are too small: {have} px, at least {need} px are needed. Come closer or zoom in",
  "cut-off": "Too many are cut off at the sides: turn, or move back",
  "too-dark": "Too dark: {share} % of the picture is black",
  "too-bright": "Too bright: {share} % of the picture is burnt out",
  slow: "Only {rate} pictures a second: people are missed below 5",
  good: "The aim is good",
  canvas: "The empty street in lines, with figures where people stand: {n} now",

  focus: "Focus",
  focusHelp: "Turn the lens slowly past the sharpest point, then back to the mark. Blocks with somebody before them do not count.",
  sharp: "{n} % of the sharpest so far",
  noFocus: "Waiting for a free block",
  best: "Best so far",
  block: "Block {n}: {value}",
  covered: "covered",
  sound: "Sound",
  focusGood: "In focus",
  focusSeek: "Not at its sharpest: turn the lens",
  brightness: "Light: {n} % of full",

  zones: "Zones",
  zonesHelp: "Draw on the ground, where feet are. Choose a corner and drag it, or move it with the arrow keys.",
  scored: "looked at",
  "opt-out": "left alone",
  door: "door",
  add: "Add",
  template: "Start from a template",
  addCorner: "Add corner",
  deleteCorner: "Delete corner",
  deleteZone: "Delete zone",
  zoneName: "Name",
  save: "Save",
  saved: "Saved on the booth",
  unsaved: "Not saved yet",
  noZones: "No zone: with an open street everybody is looked at.",
  noZonesOptIn: "This city asks for consent: draw the mat where people stand who want to take part.",
  corner: "Corner {n} of {of}, zone {zone}: {x} % from the left, {y} % from the top",
  zoneIs: "{name}, {kind}",
  plane: "The street with its zones",

  ground: "Ground plane",
  groundHelp: "One person of known height stands at two spots, near and far, seen from head to foot. The booth then knows how large people are everywhere.",
  height: "Height of that person, cm",
  near: "near spot",
  far: "far spot",
  capture: "Capture {spot}",
  captured: "{spot}: {n} px at {y} % from the top",
  notYet: "{spot}: not yet",
  groundGood: "At the near spot a person of 1.70 m is {near} px tall, at the far spot {far} px.",
  check: "Check: the person now in view is {n} m tall",
  forget: "Start again",
  skip: "Leave it out",

  learning: "Learning",
  learningHelp: "The booth learns what this street wears. It needs nobody for that: you may sign off and leave.",
  counted: "{n} of {of} passages",
  sofar: "{n} people so far",
  expected: "about {left} left at this pace",
  pace: "about {n} passages an hour",
  paceUnknown: "The pace is not known yet",
  learned: "The booth has learned enough and judges",
  unknown: "Vision does not say yet",

  checks: "Self-test",
  checksHelp: "Everything the booth needs, as it is now.",
  rerun: "Run again",
  ok: "ok",
  wait: "not yet",
  failed: "failed",
  allGreen: "All is well",
  red: "{n} not well",

  sign: "Sign-off",
  signHelp: "Hands the booth over. It is kept in the booth's logbook, without names.",
  reason: "Not everything is green. Why is the booth handed over all the same?",
  choose: "Choose a reason",
  "still-learning": "It is still learning; nothing else is open",
  "network-later": "The network comes later",
  "clock-later": "The clock comes with the network",
  "repair-ordered": "A repair is ordered",
  "trial-only": "For a trial without the public",
  signNow: "Sign off",
  signed: "Signed off",
  signedAt: "Signed off at {at}",
  photograph: "You may take a photo of this summary: nobody is named on it.",
  city: "City and booth",
  mode: "Capture",
  "open-street": "open street",
  "opt-in-zone": "only in the marked zone",
  version: "Version",
  none: "none",
  yes: "yes",
  no: "no",
};

const TABLES = { en: EN };

// The word `name` in the language of the page, English where it lacks one; a sentence of the booth as it is.
export function say(name, values = {}) {
  const table = TABLES[document.documentElement.lang] || EN;
  const text = table[name] ?? EN[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

// Whether the table has a word for it.
export function knows(name) {
  return Object.hasOwn(EN, name);
}

export function duration(seconds) {
  if (seconds < 90) return say("seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say("minutes", { n: Math.round(seconds / 60) });
  return say("hours", { n: Math.round(seconds / 3600) });
}
