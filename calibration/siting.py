"""Whether zones lie where people walk: a survey and the settings in, findings with cures and a zone to draw out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import yaml

from appliance.artifacts import MIN_SUPPORTERS
from appliance.config import Capture, Garment, Zone
from calibration.zones import COLUMNS, OUTSIDE, ROWS, Survey, ZoneCount, shown

LEAST_PASSAGES = 30
"Below, a share of one half is known to no better than .18 (one standard deviation twice): too few to say."
HARDLY = 0.05
"Share of the passages below which hardly anybody enters a zone."
MOST = 0.5
SUGGESTED = "pavement"
LEFT_ALONE = "never counted"
FEW = f"fewer than {MIN_SUPPORTERS}"


@dataclass(frozen=True)
class Finding:
    """Something a technician should know, and what to do about it."""

    words: str
    cure: str


@dataclass(frozen=True)
class Siting:
    """What the survey says of the settings."""

    findings: tuple[Finding, ...]
    suggestion: Zone | None
    "A scored zone where people walk, when the settings have none."


def site(survey: Survey, capture: Capture, garments: Garment) -> Siting:
    """Judge the zones of `capture` by where people walked."""
    return Siting(tuple(findings_of(survey, capture, garments)), suggestion_of(survey, capture))


def findings_of(survey: Survey, capture: Capture, garments: Garment) -> Iterator[Finding]:
    """Findings in plain words; one only when there were too few passages."""
    if survey.passages < LEAST_PASSAGES:
        yield Finding(
            f"{told(survey.passages)} passages: too few to say, {LEAST_PASSAGES} are needed",
            "play a longer recording, or watch the camera for longer at a busy hour: --minutes 60",
        )
        return
    for zone in survey.zones:
        if zone.kind == "scored":
            yield from findings_of_entry(zone, survey)
        if zone.kind == "scored" or (zone.kind == OUTSIDE and capture.mode == "open-street"):
            yield from findings_of_size(zone, garments)
    if capture.mode == "opt-in-zone" and survey.missed >= MIN_SUPPORTERS:
        yield Finding(
            f"{of_all(survey.missed, survey)} never enter a scored zone; in the mode opt-in-zone "
            "they are not looked at",
            "fine if they chose so; else draw the scored zones where the map is dark",
        )


def findings_of_entry(zone: ZoneCount, survey: Survey) -> Iterator[Finding]:
    """Whether people enter a scored zone."""
    if zone.passages < min(MIN_SUPPORTERS, HARDLY * survey.passages):
        who = f"nobody of {survey.passages}" if zone.passages == 0 else f"{FEW} of {survey.passages}"
        yield Finding(
            f"zone {zone.name}: {who} passages entered it",
            "check its corners under capture.zones: shares of the picture from the top left, "
            "where the feet are and not the heads",
        )


def findings_of_size(zone: ZoneCount, garments: Garment) -> Iterator[Finding]:
    """Whether most people of a place are shown well enough."""
    if zone.passages >= MIN_SUPPORTERS and zone.clear <= MOST * zone.passages:
        yield Finding(
            f"{zone.name}: {told(zone.clear)} of {zone.passages} passages show large, whole and uncovered there",
            "move the camera nearer, zoom in, or draw the zone where people are larger; garments.min_height_px "
            f"({garments.min_height_px}), min_width_px ({garments.min_width_px}) and max_overlap decide",
        )


def suggestion_of(survey: Survey, capture: Capture) -> Zone | None:
    """The rectangle round all cells where ten people could be judged; None with a scored zone or no such cell."""
    rows, columns = np.nonzero(survey.clear >= MIN_SUPPORTERS)
    if len(rows) == 0 or any(zone.kind == "scored" for zone in capture.zones):
        return None
    left, top = int(columns.min()) * 100 // COLUMNS / 100, int(rows.min()) * 100 // ROWS / 100
    right, bottom = upwards(int(columns.max()) + 1, COLUMNS), upwards(int(rows.max()) + 1, ROWS)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Zone(name=SUGGESTED, kind="scored", polygon=corners)


def upwards(cells: int, of: int) -> float:
    """So many of all cells as a share, rounded up to a hundredth."""
    return -(-cells * 100 // of) / 100


def settings_lines(capture: Capture, zone: Zone) -> str:
    """The section of a settings file with `zone` added, as YAML to paste."""
    lines = ["capture:", f"  mode: {capture.mode}", "  zones:"]
    for one in (*capture.zones, zone):
        keys = {"name": one.name, "kind": one.kind, "polygon": [list(corner) for corner in one.polygon]}
        text = yaml.safe_dump(keys, default_flow_style=True, sort_keys=False, width=10_000).strip()
        lines.append(f"    - {text}")
    return "\n".join(lines)


def row_words(zone: ZoneCount, passages: int) -> tuple[str, str, str, str, str]:
    """A line of the table: name, kind, passages, their share of all, how many could be judged there."""
    if zone.kind == "opt-out":
        return zone.name, zone.kind, LEFT_ALONE, "", ""
    open_ = bool(zone.passages and shown(zone.passages))
    share = f"{zone.passages / passages:.0%}" if open_ else ""
    part = f" ({zone.clear / zone.passages:.0%})" if open_ and shown(zone.clear) is not None else ""
    return zone.name, zone.kind, told(zone.passages), share, told(zone.clear) + part


def told(count: int) -> str:
    """A count in words that hide small ones."""
    return FEW if shown(count) is None else str(count)


def of_all(count: int, survey: Survey) -> str:
    """A count of ten or more with its share: '40 of 80 passages (50 %)'."""
    return f"{count} of {survey.passages} passages ({count / survey.passages:.0%})"
