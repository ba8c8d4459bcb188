"""How the booth stands, for the page: work, window and vitals in; its state, the self-test and a sign-off out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib import metadata
from typing import Any

from appliance.config import Settings
from appliance.display.field.advice import advice_from
from appliance.display.field.checks import Evidence, findings
from appliance.display.field.finding import Finding
from appliance.display.field.known import told
from appliance.display.field.measure import plane_words
from appliance.display.field.progress import Pace, learning_of
from appliance.display.field.request import Refused
from appliance.display.field.window import Window
from appliance.display.field.words import Word, said
from appliance.display.field.work import Work
from appliance.display.standing import standing_from_vitals
from appliance.display.view import View
from appliance.health.clock import read_clock
from appliance.health.notices import told_all
from appliance.health.owners import is_from_vision
from appliance.health.vitals import read_vitals
from appliance.site import CheckDone, SignOff, Site

SCHEMA = "field-state/1"
REASONS = ("still-learning", "network-later", "clock-later", "repair-ordered", "trial-only")
"Why a booth may be handed over although not all is well; the page has the words."
ADVICE_S = 10.0
Values = dict[str, Any]


class Report:
    """Reads, and changes nothing."""

    def __init__(self, files: Settings, work: Work, window: Window) -> None:
        self._files = files
        self._runtime = files.folders.runtime
        self._work = work
        self._window = window
        self._pace = Pace()

    def state(self, now_s: float) -> Values:
        """Everything that the page shows besides the view."""
        vision = read_vitals(self._runtime, "vision", now_s, is_from_vision)
        self._pace.heed((vision or {}).get("learned"), now_s)
        site, settings = self._work.site(), self._work.settings()
        learning = learning_of(vision, self._pace)
        return {
            "schema": SCHEMA,
            "booth": self._files.booth.model_dump(),
            "version": version(),
            "vision": standing_of(vision),
            "fault": self._window.fault or self._work.fault,
            "advice": advice_from(self._window.lately(now_s, ADVICE_S), settings.garments.min_height_px),
            "learning": learning,
            "capture": settings.capture.model_dump(mode="json"),
            "ground": self._ground(site, self._window.look(now_s)),
            "steps": {
                **{name: how is not None for name, how in self._done(site).items()},
                "learning": learning["state"] == "done",
                "sign": site.signed_off is not None,
            },
            "signed_off": site.signed_off.model_dump(mode="json") if site.signed_off else None,
            "reasons": list(REASONS),
        }

    def _done(self, site: Site) -> dict[str, Word | None]:
        """Step -> how it was done; None where it was not."""
        marks, zones, ground = self._work.marks, site.zones, site.ground
        measured = said("camera-height", n=round(ground.camera_m, 1)) if ground else None
        return {
            **{name: said("confirmed") if name in marks else None for name in ("aim", "focus")},
            "zones": None if zones is None else said("drawn", n=len(zones)),
            "ground": measured or (said("left-out") if "ground" in marks else None),
        }

    def _ground(self, site: Site, view: View | None) -> Values:
        """The spots so far, the plane, and how tall it makes whoever is in view."""
        spots = {name: asdict(spot.standing) for name, spot in self._work.spots.items()}
        known: Values = {"spots": spots, "doubt": self._work.doubt, "plane": None, "check_m": None}
        if site.ground is None:
            return known
        ground, picture_px = site.ground.ground(), view.height if view else self._files.camera.height
        known["plane"] = plane_words(ground, picture_px, self._files.garments.min_height_px)
        if view is not None and view.people:
            _, top, _, height = max(view.people, key=lambda box: box[3])
            tall_m = ground.height_m(top + height, top)
            known["check_m"] = round(tall_m, 2) if tall_m is not None and 0.3 < tall_m < 3 else None
        return known

    def findings(self, now_s: float) -> list[Finding]:
        """The self-test as it is now."""
        site = self._work.site()
        return findings(
            Evidence(
                vision=read_vitals(self._runtime, "vision", now_s, is_from_vision),
                uplink=read_vitals(self._runtime, "uplink", now_s),
                notices=told_all(self._files.folders.state),
                clock=read_clock(),
                state=self._files.folders.state,
                done=self._done(site),
                site_fault=self._work.fault,
                lan=self._files.display.lan,
            )
        )

    def checks(self, now_s: float) -> Values:
        """The same for the page."""
        return {"checks": [asdict(finding) for finding in self.findings(now_s)]}

    def sign_off(self, reason: str, now_s: float) -> SignOff:
        """What is to be signed. Raises Refused unless all is well or `reason` is one of REASONS."""
        found = self.findings(now_s)
        well = all(finding.state == "ok" for finding in found)
        if not well and reason not in REASONS:
            raise Refused(422, "reason")
        checks = tuple(CheckDone(name=finding.name, passed=finding.state == "ok") for finding in found)
        return SignOff(
            minute=read_clock().minute, version=version(), checks=checks, reason=None if well else reason
        )


def standing_of(vision: Mapping[str, Any] | None) -> Values:
    """What vision is at, and why, in words of the page."""
    standing = standing_from_vitals(dict(vision) if vision else None)
    return {"name": standing.name, "reason": told(standing.reason) if standing.reason else None}


@cache
def version() -> str:
    """Of this program."""
    try:
        return metadata.version("booth")
    except metadata.PackageNotFoundError:
        return "0"
