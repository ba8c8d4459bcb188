// Talks to the booth: the token of this session is known here alone, and goes in a header, never in an address.

const KEY = "booth-field-token";
const PATIENCE_MS = 8000;

export class Refusal extends Error {
  constructor(status, body) {
    super(body.error || "lost");
    this.status = status;
    this.body = body;
  }
}

export function isInside() {
  return sessionStorage.getItem(KEY) !== null;
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

export async function enter(code) {
  const answer = await ask("POST", "session", { code });
  sessionStorage.setItem(KEY, answer.token);
}

export async function leave() {
  await ask("DELETE", "session").catch(() => {});
  forget();
}

export const get = (name) => ask("GET", name);
export const post = (name, body = {}) => ask("POST", name, body);

// The booth's answer; throws Refusal for its no, and one of status 0 where it does not answer.
async function ask(method, name, body) {
  const headers = {};
  const token = sessionStorage.getItem(KEY);
  if (token) headers.authorization = "Bearer " + token;
  if (body) headers["content-type"] = "application/json";
  let response;
  let values;
  try {
    response = await fetch("/field/api/" + name, {
      method, headers, body: body ? JSON.stringify(body) : undefined,
      cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    values = await response.json();
  } catch {
    throw new Refusal(0, { error: "lost" });
  }
  if (!response.ok) throw new Refusal(response.status, values || {});
  return values;
}
