"""Settings of the way from a frame to an exception: people, their clothes, what is usual, and how many to tell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from appliance.config.values import Seconds, Share
from appliance.section import Section


class Detector(Section):
    """Who is a person."""

    width: int = Field(640, ge=32, le=1920, multiple_of=32)
    height: int = Field(384, ge=32, le=1920, multiple_of=32)
    score_floor: Share = 0.3
    "Weaker boxes are not even shown to the tracker."
    overlap: Share = 0.55
    "Intersection over union above which the weaker of two boxes goes."
    threads: int = Field(0, ge=0, le=64)
    "0: as many as there are cores."


class Garment(Section):
    """Which views of a passage are looked at, and when a mask is too bad."""

    views: int = Field(3, ge=1, le=8)
    "Views of one passage that are masked and described at the most; three are needed to tell a bad one."
    view_gap_s: Seconds = 0.8
    "Views closer than this show the same thing."
    min_height_px: int = Field(60, ge=16)
    min_width_px: int = Field(20, ge=8)
    max_overlap: Share = 0.15
    "Share of the person's box that other boxes may cover."
    per_frame: int = Field(2, ge=1, le=16)
    "Views taken from one frame at the most, so that a crowd cannot stall the camera."


class Novelty(Section):
    """What is usual here."""

    bank: Path | None = None
    "File made by `booth learn`; without it the booth counts passages but judges nobody."
    neighbours: int = Field(1, ge=1, le=64)
    "Nearest prototypes whose mean distance counts in a bank to be learned; many hundred people bear three."
    learning: bool = True
    "on: `booth run vision` goes on learning into the bank, or into its own street.bank without one."


class Rule(Section):
    """When an outfit is an exception: by a share of the passages or by a number an hour, not both."""

    wanted_share: Annotated[float, Field(gt=0, le=0.5)] | None = None
    "Share of passages that shall be exceptions, 0.05 when nothing is set; the threshold is the rarity 1 - share."
    wanted_per_hour: Annotated[float, Field(gt=0, le=1000)] | None = None
    "Exceptions an hour that staff can greet; turned into a share by the passages an hour seen lately."

    @model_validator(mode="after")
    def _one_wish(self) -> Rule:
        if self.wanted_share is not None and self.wanted_per_hour is not None:
            raise ValueError("wanted_share and wanted_per_hour exclude each other; set one of them to null")
        return self


OTHER_WISH = {"wanted_share": "wanted_per_hour", "wanted_per_hour": "wanted_share"}


def yielding(rule: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a lower layer's `rule` without the wish whose place the other one in `over` takes."""
    given = {key for key in OTHER_WISH if over.get(key) is not None}
    return {key: value for key, value in rule.items() if OTHER_WISH.get(key) not in given or key in over}
