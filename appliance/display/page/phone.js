// The code on the booth's own screen: it holds the address with the secret, which is written nowhere in letters.

import { byId, drawCode } from "/field/dom.js";
import { knows, say } from "/board/words.js";

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
  drawCode(byId("qr"), values.qr);
}

byId("renew").addEventListener("click", () => show(true));
show(false);
