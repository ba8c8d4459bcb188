"""Settings of whom the booth may look at: a mode, and zones on the ground."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from appliance.config.values import Name, Share
from appliance.section import Section


class Zone(Section):
    """A polygon on the ground of the picture."""

    name: Name
    kind: Literal["scored", "opt-out", "door", "spot"] = "scored"
    """door: whoever comes out of it is neither scored nor learned, such as staff and customers of the shop.

    spot: marked on the ground for people who ask to be scored; for so long as somebody asks, and no longer, whoever
    stands there is looked at, in any mode.
    """
    polygon: tuple[tuple[Share, Share], ...] = Field(min_length=3, max_length=32)
    "Corners as shares of the picture's width and height."

    @property
    def shields(self) -> bool:
        """Whether it takes people out, so that nobody far away may lift it; the others take people in."""
        return self.kind in ("opt-out", "door")


class Capture(Section):
    """Whom the booth may look at."""

    mode: Literal["open-street", "opt-in-zone"] = "open-street"
    zones: tuple[Zone, ...] = ()
    rearm_h: float | None = Field(None, gt=0, le=8760)
    "Hours after which the camera closes unless somebody arms the booth (`resume`, screen, field page); null: never."

    @model_validator(mode="after")
    def _opt_in_needs_a_zone(self) -> Capture:
        if self.mode == "opt-in-zone" and not any(zone.kind == "scored" for zone in self.zones):
            raise ValueError("opt-in-zone needs at least one zone of kind 'scored' under capture.zones")
        return self

    @model_validator(mode="after")
    def _one_spot(self) -> Capture:
        if len([zone for zone in self.zones if zone.kind == "spot"]) > 1:
            raise ValueError(
                "there is more than one zone of kind 'spot'; people are told to stand in the one"
            )
        return self

    @property
    def spot(self) -> Zone | None:
        """Where people stand who ask to be scored; None where no spot is drawn."""
        return next((zone for zone in self.zones if zone.kind == "spot"), None)
