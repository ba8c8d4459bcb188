"""What the uplink tells of itself, for the self-test: its vitals, or None, in; one finding a question out."""

from __future__ import annotations

from appliance.display.field.finding import Finding, Vitals, figure_of, text_of

MOST_WAITING = 20
"Messages in the outbox that are no sign of a jam while the broker is there."


def check_uplink(uplink: Vitals | None) -> Finding:
    """The broker is there."""
    if uplink is None:
        return Finding("broker", "failed", "the uplink is not running", "sudo systemctl restart booth-uplink")
    state, reason = text_of(uplink, "state"), text_of(uplink, "reason")
    if state == "online":
        return Finding("broker", "ok", "online")
    cure = "check network cable, SIM or Wi-Fi, then uplink.broker in booth.yaml"
    return Finding("broker", "failed", reason or state or "unknown", cure)


def check_outbox(uplink: Vitals | None) -> Finding:
    """Messages leave, and none is refused."""
    rows, refused = figure_of(uplink, "outbox_rows"), figure_of(uplink, "refused")
    if refused:
        cure = "tell the city team: the broker's rights do not fit this booth"
        return Finding("outbox", "failed", f"the broker refuses {refused:.0f} messages", cure)
    if rows is None:
        return Finding("outbox", "failed", "unknown", "sudo systemctl restart booth-uplink")
    if rows > MOST_WAITING or (rows and text_of(uplink, "state") != "online"):
        return Finding("outbox", "wait", f"{rows:.0f} messages wait", "they leave when the broker is online")
    return Finding("outbox", "ok", f"{rows:.0f} messages wait")


def check_certificate(uplink: Vitals | None) -> Finding:
    """Keys that the broker trusts, for a while yet."""
    told = text_of(uplink, "certificate")
    if told == "ok":
        return Finding("certificate", "ok", "good")
    if told == "none":
        cure = "provision the booth: without keys nobody knows that it is this booth"
        return Finding("certificate", "failed", "none, the broker is not encrypted", cure)
    return Finding("certificate", "failed", told or "unknown", "provision the booth anew with a stick")
