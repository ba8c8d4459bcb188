// The code on the device's own screen: asked for by a person, gone from the screen when it is used or too old.
"use strict";

const ASK_MS = 1000;
const MARGIN = 3; // light modules around the code
let until = 0;

function byId(id) {
  return document.getElementById(id);
}

async function show() {
  const answer = await fetch("/code", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).catch(() => null);
  const values = answer && (await answer.json().catch(() => null));
  if (!answer?.ok) return tell(values?.error || "The booth does not answer; try again.");
  until = Date.now() + 1000 * values.left_s;
  byId("url").textContent = values.url;
  byId("digits").textContent = values.digits.slice(0, 4) + " " + values.digits.slice(4);
  byId("show").textContent = "Show another code";
  byId("shown").hidden = false;
  drawCode(values.qr);
  tell(values.locked_s ? `Locked after wrong codes: try in ${values.locked_s} s.` : "Scan the address, then type the code.");
}

function hide(words) {
  until = 0;
  byId("shown").hidden = true;
  byId("digits").textContent = "";
  tell(words);
}

function tell(words) {
  if (byId("told").textContent !== words) byId("told").textContent = words;
}

function drawCode(rows) {
  const size = rows.length + 2 * MARGIN;
  const canvas = Object.assign(byId("qr"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = "#000";
  rows.forEach((row, y) => [...row].forEach((dark, x) => dark === "1" && pen.fillRect(x + MARGIN, y + MARGIN, 1, 1)));
}

async function look() {
  const left_s = Math.ceil((until - Date.now()) / 1000);
  if (until && left_s <= 0) hide("That code is too old now.");
  if (!until) return;
  byId("left").textContent = `good for ${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}`;
  const answer = await fetch("/code/state").catch(() => null);
  const state = answer?.ok ? await answer.json() : null;
  if (state && !state.waiting) hide(state.session ? "A phone is connected." : "That code is good no more.");
}

byId("show").addEventListener("click", show);
setInterval(look, ASK_MS);
