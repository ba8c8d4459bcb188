"""The self-test: what the booth's processes and files tell of themselves in, one line each with its cure out.

The display has no camera and no network, so it asks nobody: vitals of vision and uplink, notices, clock, disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.display.field.finding import Finding, Vitals
from appliance.display.field.uplink_checks import check_certificate, check_outbox, check_uplink
from appliance.display.field.vision_checks import (
    check_camera,
    check_learning,
    check_pause,
    check_rate,
    check_vision,
)
from appliance.health.clock import Clock
from appliance.health.notices import QUIET, Subject

LEAST_DISK_MB = 500
BAD_NEWS = ("refused", "reverted", "rolled back", "failed", "unknown")
"How a notice begins that somebody has to look at."


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
