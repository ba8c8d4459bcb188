"""The self-test: what the booth's processes and files tell of themselves in, one line each with its cure out.

The display has no camera and no network, so it asks nobody: vitals of vision and uplink, notices, clock, disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.display.field.finding import Finding, Vitals
from appliance.display.field.known import told
from appliance.display.field.uplink_checks import check_certificate, check_outbox, check_uplink
from appliance.display.field.vision_checks import (
    check_camera,
    check_learning,
    check_pause,
    check_rate,
    check_vision,
)
from appliance.display.field.words import Word, said
from appliance.display.listeners import is_here
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
    done: Mapping[str, Word | None]
    "Step of the page -> how it was done; None where it was not."
    site_fault: Word | None
    "Why the site file counts as none."
    lan: str | None = None
    "Where a phone finds the booth, see display.lan."


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
        *([check_lan(seen.lan)] if seen.lan else []),
        *[check_notice(subject, seen.notices.get(subject, quiet)) for subject, quiet in QUIET.items()],
    ]


def check_steps(seen: Evidence) -> list[Finding]:
    """What the technician confirms."""
    lines = []
    for number, name in enumerate(("aim", "focus", "zones", "ground"), start=1):
        how = seen.done.get(name)
        if name == "zones" and seen.site_fault:
            lines.append(Finding(name, "failed", seen.site_fault, said("cure-zones")))
        elif how:
            lines.append(Finding(name, "ok", how))
        else:
            lines.append(Finding(name, "failed", said("not-done"), said("cure-step", n=number)))
    return lines


def check_clock(clock: Clock) -> Finding:
    """A clock that the network has confirmed."""
    if clock.synced:
        return Finding("clock", "ok", said("clock-is", at=clock.minute))
    return Finding("clock", "failed", said("clock-unsure", at=clock.minute), said("cure-clock"))


def check_disk(state: Path) -> Finding:
    """Space for messages and what is learned."""
    try:
        free_mb = shutil.disk_usage(state).free / 1e6
    except OSError as error:
        why = said("quoted", text=f"{state}: {error.strerror}")
        return Finding("disk", "failed", why, said("cure-start", unit="booth.target"))
    if free_mb < LEAST_DISK_MB:
        cure = said("cure-disk", n=LEAST_DISK_MB, folder=str(state))
        return Finding("disk", "failed", said("free-mb", n=round(free_mb)), cure)
    return Finding("disk", "ok", said("free-gb", n=round(free_mb / 1000, 1)))


def check_lan(lan: str) -> Finding:
    """The page's own address: whoever sits at the device sees it without."""
    if is_here(lan):
        return Finding("lan", "ok", said("lan-here", address=lan))
    return Finding("lan", "failed", said("lan-missing", address=lan), said("cure-lan"))


def check_notice(subject: Subject, line: str) -> Finding:
    """What the last update, the stick and the rescue said."""
    quiet = line == QUIET[subject]
    detail = said(f"quiet-{subject}") if quiet else told(line)
    bad = line.startswith(BAD_NEWS) or (subject == "machine" and not quiet)
    return (
        Finding(subject, "failed", detail, said(f"cure-{subject}")) if bad else Finding(subject, "ok", detail)
    )
