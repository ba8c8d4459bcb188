// Step 7, sign-off: a summary without names; all green, or a reason of a closed list.

import { button, make, write } from "/field/dom.js";
import { get } from "/field/talk.js";
import { say, tell } from "/field/words.js";

export const name = "sign";

export function build(tools) {
  const told = make("p", { className: "told", id: "sign-told" });
  told.setAttribute("role", "alert");
  const summary = make("dl", { className: "summary" });
  const reason = make("select", { id: "reason" });
  const why = make("div", { className: "why", hidden: true },
    make("label", { htmlFor: "reason", textContent: say("reason") }), reason);
  const signed = make("p", { className: "signed", hidden: true });
  signed.setAttribute("role", "status");
  const sign = button(say("sign-now"), signOff, { className: "strong", id: "sign-off" });
  let bad = null;
  let said = "";

  async function look() {
    const { checks } = await get("checks").catch(() => ({ checks: null }));
    if (!checks) return;
    bad = checks.filter((check) => check.state !== "ok").map((check) => say("check-" + check.name));
    const state = tools.state();
    if (state) show(state);
  }

  async function signOff() {
    sign.disabled = true;
    const fault = await tools.act("sign-off", { reason: why.hidden ? "" : reason.value });
    tell(told, fault);
    sign.disabled = false;
    await look();
  }

  function show(state) {
    why.hidden = !bad?.length || Boolean(state.signed_off);
    sign.hidden = Boolean(state.signed_off);
    signed.hidden = !state.signed_off;
    if (state.signed_off) {
      tell(told, null);
      write(signed, say("signed-at", { at: state.signed_off.minute.slice(0, 16).replace("T", " ") }));
    }
    if (!reason.options.length) reason.append(...["", ...state.reasons].map(option));
    const lines = summaryOf(state, bad);
    if (JSON.stringify(lines) === said) return;
    said = JSON.stringify(lines);
    summary.replaceChildren(...lines.flatMap(([title, text]) => [make("dt", { textContent: title }), make("dd", { textContent: text })]));
  }

  look();
  const timer = setInterval(look, 5000);
  const root = make("section", {}, make("p", { className: "help", textContent: say("sign-help") }),
    make("div", { className: "paper" }, summary, signed), why, told, sign,
    make("p", { className: "figures", textContent: say("photograph") }));
  return { root, state: show, close: () => clearInterval(timer) };
}

function option(value) {
  return make("option", { value, textContent: say(value || "choose") });
}

function summaryOf(state, bad) {
  const zones = state.capture.zones.map((zone) => say("zone-of", { name: zone.name, kind: say(zone.kind) })).join(", ");
  const plane = state.ground.plane;
  const lines = [
    [say("city"), `${state.booth.city} / ${state.booth.id}`],
    [say("mode"), say(state.capture.mode)],
    [say("zones"), zones || say("none")],
    [say("ground"), plane ? say("plane-is", plane) : say("none")],
    [say("version"), state.version],
    [say("checks"), bad === null ? "…" : bad.length ? bad.join(", ") : say("all-green")],
  ];
  if (state.signed_off?.reason) lines.push([say("because"), say(state.signed_off.reason)]);
  return lines;
}
