// Talks to the booth: a stream of its state that mends itself, and presses of buttons; the secret of this device is
// taken out of the address at once, stays in this tab and travels in a header.

import { dating } from "/board/fresh.js";
import { now } from "/board/time.js";

const KEY = "booth-board-token";
const SILENCE_MS = 6000; // the booth repeats itself every 2 s
const PATIENCE_MS = 6000;
const FIRST_MS = 400;
const MOST_MS = 15000;
const FRAGMENT = /^#([0-9a-f]{32})$/;

let wake = () => {};
let running = null;

export const LOST = "lost";
const OUTSIDE = "outside"; // until another code is scanned
const REFUSALS = { 401: OUTSIDE, 403: "refused", 503: "full" };

// Calls `show` with each state and when it was said, on the page's clock, and `lose` with why there is none.
export async function listen(show, lose) {
  takeToken();
  addEventListener("hashchange", () => { if (takeToken()) again(); });
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !running) again(); });
  for (let failures = 0; ; ) {
    const heard = await follow(show, () => { failures = 0; }).catch((fault) => fault);
    lose(typeof heard === "string" ? heard : LOST);
    const pause = heard === OUTSIDE ? Infinity : Math.min(MOST_MS, FIRST_MS * 1.7 ** failures) * (0.6 + 0.8 * Math.random());
    failures += 1;
    await sleep(pause);
  }
}

// One connection; throws the word that says why there is none, or another fault.
async function follow(show, hear) {
  running = new AbortController();
  let silence = 0;
  const expect = () => {
    clearTimeout(silence);
    silence = setTimeout(() => running?.abort(), SILENCE_MS);
  };
  try {
    expect();
    const dated = dating(now());
    const response = await fetch("/events", { headers: headers(), signal: running.signal, ...QUIETLY });
    if (!response.ok) throw REFUSALS[response.status] ?? LOST;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return LOST;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const state = JSON.parse(part.replace(/^data: /, ""));
        const said = dated(state.at_s);
        if (said === null) throw LOST; // a new connection brings what is so now
        show(state, said);
      }
      hear();
      expect();
    }
  } finally {
    clearTimeout(silence);
    running.abort();
    running = null;
  }
}

const QUIETLY = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };

// The booth's answer; with the word `error` that says why not, where it is not done.
export async function act(name, values = {}) {
  try {
    const response = await fetch(`/act/${name}`, {
      method: "POST", headers: { ...headers(), "content-type": "application/json" }, body: JSON.stringify(values),
      signal: AbortSignal.timeout(PATIENCE_MS), ...QUIETLY,
    });
    const answer = await response.json();
    return response.ok ? answer : { error: answer.error ?? LOST };
  } catch {
    return { error: LOST };
  }
}

function headers() {
  const token = sessionStorage.getItem(KEY);
  return token ? { authorization: "Bearer " + token } : {};
}

function takeToken() {
  const found = FRAGMENT.exec(location.hash);
  if (!found) return false;
  sessionStorage.setItem(KEY, found[1]);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

function again() {
  running?.abort();
  wake();
}

function sleep(ms) {
  return new Promise((done) => {
    wake = done;
    if (ms < Infinity) setTimeout(done, ms);
  });
}
