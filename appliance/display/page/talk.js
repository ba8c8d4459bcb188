// Talks to the booth: a stream of its state that mends itself, and presses of buttons; the secret of this device is
// taken out of the address at once, stays in this tab and travels in a header.

const KEY = "booth-board-token";
const SILENCE_MS = 6000; // the booth repeats itself every 2 s
const PATIENCE_MS = 6000;
const FIRST_MS = 400;
const MOST_MS = 15000;
const FRAGMENT = /^#([0-9a-f]{32})$/;

let wake = () => {};
let running = null;

export const OUTSIDE = "outside";
export const LOST = "lost";

// Calls `show` with each state, and `lose` with why there is none.
export async function listen(show, lose) {
  takeToken();
  addEventListener("hashchange", () => { if (takeToken()) again(); });
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !running) again(); });
  for (let failures = 0; ; ) {
    const heard = await follow(show, () => { failures = 0; }).catch((fault) => fault);
    lose(heard === OUTSIDE ? OUTSIDE : LOST);
    const pause = heard === OUTSIDE ? Infinity : Math.min(MOST_MS, FIRST_MS * 1.7 ** failures) * (0.6 + 0.8 * Math.random());
    failures += 1;
    await sleep(pause);
  }
}

// One connection; throws OUTSIDE where this device is not let in.
async function follow(show, hear) {
  running = new AbortController();
  let silence = 0;
  const expect = () => {
    clearTimeout(silence);
    silence = setTimeout(() => running?.abort(), SILENCE_MS);
  };
  try {
    expect();
    const response = await fetch("/events", { headers: headers(), signal: running.signal, ...QUIETLY });
    if (response.status === 401) throw OUTSIDE;
    if (!response.ok) throw LOST;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return LOST;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) show(JSON.parse(part.replace(/^data: /, "")));
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

// '' when it is done, else the word that says why not.
export async function act(name, values = {}) {
  try {
    const response = await fetch(`/act/${name}`, {
      method: "POST", headers: { ...headers(), "content-type": "application/json" }, body: JSON.stringify(values),
      signal: AbortSignal.timeout(PATIENCE_MS), ...QUIETLY,
    });
    return response.ok ? "" : ((await response.json()).error ?? LOST);
  } catch {
    return LOST;
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
