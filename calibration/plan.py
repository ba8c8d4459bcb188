"""The report of `booth zones`: a survey and its findings in, JSON and a page with a plan out, no picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from types import MappingProxyType

from appliance.artifacts import MIN_SUPPORTERS
from appliance.config import Capture, Zone
from calibration.page import render
from calibration.siting import Siting, row_words, settings_lines, told
from calibration.zones import COLUMNS, ROWS, Survey, ZoneCount, shown, shown_cells

SCHEMA = "zones/1"
PLAN_WIDTH = 840.0
FAINTEST = 0.15
"Opacity of a cell where ten people stood; the busiest has 1."
OUTLINES = MappingProxyType({"scored": "#1b5e20", "opt-out": "#9b1c1c", "door": "#1f4e8c", "spot": "#6a3d00"})


@dataclass(frozen=True)
class Square:
    """A cell where enough people stood, in pixels of the plan."""

    x: float
    y: float
    width: float
    height: float
    opacity: float
    passages: int


@dataclass(frozen=True)
class Outline:
    """A zone, in pixels of the plan."""

    name: str
    colour: str
    corners: str
    "As SVG wants them: x,y x,y ..."
    x: float
    y: float
    dashed: bool


def zones_json(survey: Survey, siting: Siting) -> str:
    """All figures, for programs; counts of fewer than ten people are null, of cells also nobody."""
    zone = siting.suggestion
    return json.dumps({
        "schema": SCHEMA,
        "hidden_below": MIN_SUPPORTERS,
        "picture": survey.size,
        "seconds": round(survey.seconds, 1),
        "passages": shown(survey.passages),
        "never_in_a_scored_zone": shown(survey.missed),
        "zones": [zone_figures(one) for one in survey.zones],
        "cells": shown_cells(survey.cells),
        "clear_cells": shown_cells(survey.clear),
        "findings": [asdict(one) for one in siting.findings],
        "suggestion": zone.model_dump(mode="json") if zone else None,
    })  # fmt: skip


def zone_figures(zone: ZoneCount) -> dict[str, str | int | None]:
    """What may be told of one zone; null where a count is small, and for an opt-out zone, where nobody is counted."""
    counted = zone.kind != "opt-out"
    passages, clear = (shown(count) if counted else None for count in (zone.passages, zone.clear))
    return {"name": zone.name, "kind": zone.kind, "passages": passages, "clear": clear}


def zones_page(survey: Survey, siting: Siting, capture: Capture, booth: str, day: str) -> str:
    """The whole page; `booth` and `day` are words for its head."""
    height = round(PLAN_WIDTH * survey.size[1] / survey.size[0], 1)
    zones = (*capture.zones, siting.suggestion) if siting.suggestion else capture.zones
    return render(
        "zones.html",
        booth=booth,
        day=day,
        minutes=f"{survey.seconds / 60:.1f}",
        passages=told(survey.passages),
        least=MIN_SUPPORTERS,
        plan=(PLAN_WIDTH, height),
        grid=(COLUMNS, ROWS),
        squares=squares_of(survey, height),
        busiest=max([MIN_SUPPORTERS, int(survey.cells.max(initial=0))]),
        outlines=[outline_of(zone, height, dashed=zone is siting.suggestion) for zone in zones],
        rows=[row_words(one, survey.passages) for one in survey.zones],
        findings=siting.findings,
        lines=settings_lines(capture, siting.suggestion) if siting.suggestion else "",
    )


def squares_of(survey: Survey, height: float) -> list[Square]:
    """The cells of ten people and more; all others look alike."""
    wide, high = PLAN_WIDTH / COLUMNS, height / ROWS
    most = max(int(survey.cells.max(initial=0)), MIN_SUPPORTERS)
    return [
        Square(
            round(column * wide, 1),
            round(row * high, 1),
            round(wide, 1),
            round(high, 1),
            round(FAINTEST + (1 - FAINTEST) * (count - MIN_SUPPORTERS) / max(most - MIN_SUPPORTERS, 1), 2),
            count,
        )
        for row, counts in enumerate(shown_cells(survey.cells))
        for column, count in enumerate(counts)
        if count is not None
    ]


def outline_of(zone: Zone, height: float, *, dashed: bool) -> Outline:
    """A zone's polygon with its name in the middle."""
    corners = [(round(x * PLAN_WIDTH, 1), round(y * height, 1)) for x, y in zone.polygon]
    return Outline(
        zone.name,
        OUTLINES[zone.kind],
        " ".join(f"{x},{y}" for x, y in corners),
        round(sum(x for x, _ in corners) / len(corners), 1),
        round(sum(y for _, y in corners) / len(corners), 1),
        dashed,
    )
