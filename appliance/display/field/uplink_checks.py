"""What the uplink tells of itself, for the self-test: its vitals, or None, in; one finding a question out."""

from __future__ import annotations

import re

from appliance.display.field.finding import Finding, Vitals, figure_of, text_of
from appliance.display.field.known import told
from appliance.display.field.words import said

LEAST_DAYS = 21
"A certificate with so much left is the city team's to renew, not the technician's."
MOST_WAITING = 20
"Messages in the outbox that are no sign of a jam while the broker is there."
START = said("cure-start", unit="booth-uplink")


def check_uplink(uplink: Vitals | None) -> Finding:
    """The broker is there."""
    if uplink is None:
        return Finding("broker", "failed", said("uplink-gone"), START)
    state, reason = text_of(uplink, "state"), text_of(uplink, "reason")
    if state == "online":
        return Finding("broker", "ok", said("is-online"))
    return Finding("broker", "failed", told(reason or state), said("cure-network"))


def check_outbox(uplink: Vitals | None) -> Finding:
    """Messages leave, and none is refused."""
    rows, refused = figure_of(uplink, "outbox_rows"), figure_of(uplink, "refused")
    if refused:
        return Finding("outbox", "failed", said("broker-refuses", n=round(refused)), said("cure-rights"))
    if rows is None:
        return Finding("outbox", "failed", said("unknown"), START)
    waiting = said("waiting", n=round(rows))
    if rows > MOST_WAITING or (rows and text_of(uplink, "state") != "online"):
        return Finding("outbox", "wait", waiting, said("cure-outbox"))
    return Finding("outbox", "ok", waiting)


def check_certificate(uplink: Vitals | None) -> Finding:
    """Keys that the broker trusts, for a while yet."""
    words = text_of(uplink, "certificate")
    if words == "ok":
        return Finding("certificate", "ok", said("certificate-good"))
    if words == "none":
        return Finding("certificate", "failed", said("certificate-none"), said("cure-keys"))
    soon = re.fullmatch(r"expires in (\d+) days", words)
    if soon and int(soon[1]) >= LEAST_DAYS:
        return Finding("certificate", "ok", told(words))
    return Finding("certificate", "failed", told(words), said("cure-keys-anew"))
