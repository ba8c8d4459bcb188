// The code on the booth's own screen: it holds the address with the secret, which is written nowhere in letters.

import { byId } from "/field/dom.js";
import { knows, say } from "/board/words.js";

const MARGIN = 3; // light modules around the code

async function show(renew) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ renew }) };
  const answer = await fetch("/phone", request).catch(() => null);
  const values = answer && (await answer.json().catch(() => null));
  if (!answer?.ok) {
    byId("told").textContent = say(knows(values?.error) ? values.error : "phone-fault");
    return;
  }
  byId("url").textContent = values.url;
  byId("shown").hidden = false;
  drawCode(values.qr);
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

document.addEventListener("keydown", (event) => { if (event.key === "Escape") byId("back").click(); });
byId("renew").addEventListener("click", () => show(true));
show(false);
