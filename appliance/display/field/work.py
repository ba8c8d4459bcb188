"""The technician's work: what is drawn, measured and signed goes in, and lies in the state folder at once."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Sequence

from appliance.config import Settings
from appliance.display.field.drawn import settings_at, site_with_zones
from appliance.display.field.marks import NAMES, read_marks, write_marks
from appliance.display.field.measure import SPOTS, Measured, measure, plane_from
from appliance.display.field.request import Refused, refused_by
from appliance.display.field.words import Word, said
from appliance.display.view import View
from appliance.errors import BoothError
from appliance.health.armed import DISPLAY, arm
from appliance.health.moment import moment_at
from appliance.logbook.notes import Notes
from appliance.site import SignOff, Site
from appliance.site_file import read_site, write_site

log = logging.getLogger(__name__)


class Work:
    """Owner of the site file and of the steps that were confirmed; all but two spots outlives a restart."""

    def __init__(self, files: Settings) -> None:
        self._files = files
        self._state = files.folders.state
        self._notes = Notes(self._state, "field")
        self._marks: frozenset[str] | None = None
        self.spots: dict[str, Measured] = {}
        "Of the ground plane, until it is whole."
        self.doubt: float | None = None
        "Of the plane that was measured last, as a share."
        self.fault: Word | None = None
        "Why the site file counts as none; None while it can be read."
        # A line that the disk refused before a restart, or a power cut took; what is known already is not repeated.
        if (site := self.site()) != Site():
            self._notes.note("site", words_of(site))

    def tend(self, now_s: float) -> None:
        """Write into the logbook what waits: a disk that refused is tried again each minute. Never raises OSError."""
        self._notes.tend(now_s)

    def arm(self, now_s: float) -> None:
        """Somebody is here and means the booth to work. A disk that refuses keeps nobody from the page."""
        try:
            arm(self._state / DISPLAY, moment_at(now_s))
        except BoothError as error:
            log.error("%s", error)

    @property
    def marks(self) -> frozenset[str]:
        """Names of the confirmed steps."""
        if self._marks is None:
            self._marks = read_marks(self._state)
        return self._marks

    def site(self) -> Site:
        """What is drawn and signed; Site() where the file cannot be used, and then `fault` says why."""
        try:
            site, self.fault = read_site(self._state), None
        except BoothError as error:
            site, self.fault = Site(), said("site-fault", why=str(error))
        return site

    def settings(self) -> Settings:
        """The files' settings with the site on top; the files' alone where they do not fit together."""
        try:
            return settings_at(self._files, self.site())
        except Refused as refused:
            self.fault = self.fault or refused.word
            return self._files

    def mark(self, name: str, *, done: bool) -> None:
        """Confirm a step, or take that back. Raises Refused."""
        if name not in NAMES:
            raise Refused(400, f"step: one of {', '.join(NAMES)}")
        marks = self.marks | {name} if done else self.marks - {name}
        if marks != self.marks:
            kept(lambda: write_marks(self._state, marks))
            self._marks = marks

    def draw(self, zones: object) -> None:
        """Keep the zones of the page; what was signed before is signed no more. Raises Refused."""
        self._write(site_with_zones(self.site(), zones))

    def capture(self, spot: str, views: Sequence[View], height_m: float, far_m: float | None) -> None:
        """Measure somebody at one spot; with the other one there the plane is kept. Raises Refused.

        `far_m`: the far spot's distance from below the camera, None where nobody has a tape.
        """
        if spot not in SPOTS:
            raise Refused(400, f"spot: one of {', '.join(SPOTS)}")
        try:
            self.spots[spot] = measure(views, height_m)
            if len(self.spots) < len(SPOTS):
                return
            plane, self.doubt = plane_from(self.spots["near"], self.spots["far"], far_m)
        except BoothError as error:
            raise refused_by(error) from None
        site = self.site()
        # Else the zones of a file that cannot be read would fall away unseen, with who opted out in them.
        if self.fault:
            raise Refused(422, **self.fault)
        self._write(Site(mode=site.mode, zones=site.zones, ground=plane))
        self.mark("ground", done=True)

    def forget_ground(self) -> None:
        """Measure anew. Raises Refused."""
        self.spots, self.doubt = {}, None
        site = self.site()
        if site.ground is not None:
            self._write(Site(mode=site.mode, zones=site.zones))
        self.mark("ground", done=False)

    def sign(self, signed: SignOff) -> Site:
        """Hand the booth over. Raises Refused."""
        site = self.site()
        if self.fault:
            raise Refused(422, **self.fault)
        return self._write(Site(mode=site.mode, zones=site.zones, ground=site.ground, signed_off=signed))

    def _write(self, site: Site) -> Site:
        settings_at(self._files, site)
        kept(lambda: write_site(self._state, site))
        self.fault = None
        log.info("field page: the site is %s", words_of(site))
        self._notes.note("site", words_of(site))
        # At once, so that none of two changes in a row is lost; a disk that refuses has its turn in tend().
        self._notes.tend(-math.inf)
        return site


def words_of(site: Site) -> str:
    """What the logbook says of a site: whether somebody has signed it, and the start of its SHA-256."""
    word = "signed" if site.signed_off else "changed"
    return f"{word} {hashlib.sha256(site.model_dump_json().encode()).hexdigest()[:12]}"


def kept(write: Callable[[], None]) -> None:
    """Write a file of the state folder. Raises Refused with the cure where that fails."""
    try:
        write()
    except BoothError as error:
        raise Refused(507, "disk-fault", why=str(error)) from None
