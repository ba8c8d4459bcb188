"""The self-test: what the booth's processes and files tell of themselves in, one line each with its cure out.

The display has no camera and no network, so it asks nobody: vitals of vision and uplink, notices, clock, disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from appliance.health.clock import Clock
from appliance.health.notices import QUIET, Subject

LEAST_DISK_MB = 500
MOST_WAITING = 20
"Messages in the outbox that are no sign of a jam while the broker is there."
LEAST_RATE = 5.0
"Pictures a second below which people pass unseen between two."
BAD_NEWS = ("refused", "reverted", "rolled back", "failed", "unknown")
"How a notice begins that somebody has to look at."
Vitals = Mapping[str, Any]
State = Literal["ok", "wait", "failed"]


@dataclass(frozen=True)
class Finding:
    """One line of the self-test."""

    name: str
    "Of the page's table, and as it is signed."
    state: State
    detail: str
    cure: str = ""
    "What to do; '' where all is well."


@dataclass(frozen=True)
class Evidence:
    """Everything that the checks look at, as it is at one moment."""

    vision: Vitals | None
    uplink: Vitals | None
    notices: Mapping[str, str]
    "Subject -> line, see health/notices.py."
    clock: Clock
    state: Path
    done: Mapping[str, str]
    "Step of the page -> how it was done; '' where it was not."
    site_fault: str
    "Why the site file counts as none; ''."


def findings(seen: Evidence) -> list[Finding]:
    """All checks, from the ground up."""
    return [
        check_vision(seen.vision),
        check_camera(seen.vision),
        check_rate(seen.vision),
        check_pause(seen.vision),
        *check_steps(seen),
        check_learning(seen.vision),
        check_uplink(seen.uplink),
        check_outbox(seen.uplink),
        check_certificate(seen.uplink),
        check_clock(seen.clock),
        check_disk(seen.state),
        *[check_notice(subject, seen.notices.get(subject, quiet)) for subject, quiet in QUIET.items()],
    ]


def text_of(vitals: Vitals | None, key: str) -> str:
    """A text of the vitals, one line; '' where it is missing."""
    value = (vitals or {}).get(key)
    return " ".join(value.split())[:160] if isinstance(value, str) else ""


def figure_of(vitals: Vitals | None, key: str) -> float | None:
    """A number of the vitals; None where it is missing."""
    value = (vitals or {}).get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e12 < value < 1e12:
        return None
    return value


def check_vision(vision: Vitals | None) -> Finding:
    """It runs."""
    state, reason = text_of(vision, "state"), text_of(vision, "reason")
    if vision is None:
        return Finding(
            "vision", "failed", "not running", "wait a minute; then sudo systemctl restart booth-vision"
        )
    if state in ("running", "paused"):
        return Finding("vision", "ok", state)
    if state == "starting":
        return Finding(
            "vision", "wait", reason or state, "wait: engines are built for minutes after an upgrade"
        )
    return Finding(
        "vision",
        "failed",
        reason or state or "unknown",
        "mend what it names; sudo systemctl restart booth-vision",
    )


def check_camera(vision: Vitals | None) -> Finding:
    """It delivers."""
    camera = text_of(vision, "camera")
    if camera == "ok":
        return Finding("camera", "ok", text_of(vision, "camera_path") or "delivers")
    cure = "check its cable and power; sudo systemctl restart booth-vision"
    return Finding("camera", "failed", camera or "unknown", cure)


def check_rate(vision: Vitals | None) -> Finding:
    """It delivers often enough."""
    rate = figure_of(vision, "frames_per_second")
    if rate is not None and rate >= LEAST_RATE:
        return Finding("rate", "ok", f"{rate:.1f} pictures a second")
    detail = "unknown" if rate is None else f"{rate:.1f} pictures a second"
    return Finding(
        "rate", "failed", detail, f"at least {LEAST_RATE:.0f} are needed: booth doctor says what is slow"
    )


def check_pause(vision: Vitals | None) -> Finding:
    """Nobody has closed the camera."""
    if text_of(vision, "state") == "paused":
        return Finding(
            "pause", "failed", text_of(vision, "reason") or "paused", "lift the pause where it was set"
        )
    return Finding("pause", "ok", "not paused")


def check_steps(seen: Evidence) -> list[Finding]:
    """What the technician confirms."""
    lines = []
    for number, name in enumerate(("aim", "focus", "zones", "ground"), start=1):
        if name == "zones" and seen.site_fault:
            lines.append(Finding(name, "failed", seen.site_fault, "draw the zones and save them"))
        elif seen.done.get(name):
            lines.append(Finding(name, "ok", seen.done[name]))
        else:
            lines.append(Finding(name, "failed", "not done", f"go to step {number} of this page"))
    return lines


def check_learning(vision: Vitals | None) -> Finding:
    """It knows enough to judge."""
    told = text_of(vision, "calibrated")
    if told == "ok":
        return Finding("learning", "ok", "knows what is normal here")
    if told.startswith(("too early", "learning")):
        return Finding("learning", "wait", told, "wait: the street teaches it, nobody has to stay")
    return Finding(
        "learning", "failed", told or "unknown", "set novelty.learning: true, or novelty.bank to a bank"
    )


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


def check_clock(clock: Clock) -> Finding:
    """A clock that the network has confirmed."""
    if clock.synced:
        return Finding("clock", "ok", clock.minute)
    return Finding(
        "clock", "failed", f"{clock.minute}, not confirmed", "give it a network; timedatectl set-ntp true"
    )


def check_disk(state: Path) -> Finding:
    """Space for messages and what is learned."""
    try:
        free_mb = shutil.disk_usage(state).free / 1e6
    except OSError as error:
        return Finding("disk", "failed", f"{state}: {error.strerror}", "sudo systemctl restart booth.target")
    if free_mb < LEAST_DISK_MB:
        return Finding("disk", "failed", f"{free_mb:.0f} MB free", f"free {LEAST_DISK_MB} MB under {state}")
    return Finding("disk", "ok", f"{free_mb / 1000:.1f} GB free")


def check_notice(subject: Subject, told: str) -> Finding:
    """What the last update, the stick and the rescue said."""
    bad = told.startswith(BAD_NEWS) or (subject == "machine" and told != QUIET["machine"])
    cures: dict[Subject, str] = {
        "update": "tell the city team: the booth runs the version before",
        "provision": "make a new stick: booth provision on the laptop",
        "machine": "do what it says; then run the self-test again",
    }
    return Finding(subject, "failed", told, cures[subject]) if bad else Finding(subject, "ok", told)
