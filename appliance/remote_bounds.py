"""How far a wish from afar may go: the files' settings and what a wish made of them in; nothing, or why not, out.

Whoever holds the broker, or its access list, is far away from the street and from the sign that tells of its limits. So
what is told, of how many, for how long and how often, can be narrowed from afar and not widened beyond this; a booth's
own files stay free.
"""

from __future__ import annotations

from appliance.config import Capture, Settings
from appliance.errors import BoothError
from appliance.polygons import covered

MOST_SHARE = 0.25
"Of the passages; more than every fourth is no exception."
LEAST_EVERY_S = 60.0
"Between two healths, or two statuses without news: more often, their counters would tell the second of each passage."
MOST_ZONES = 8
"In which people are looked at: an event names its zone, and many small ones would be coordinates."
LEAST_AREA = 0.02
"Of the picture, for each of them."
FILE = "the booth's own file may say otherwise"


def require_bounds(files: Settings, wanted: Settings) -> None:
    """Raises BoothError where `wanted` goes further than a wish may. What the files say is always allowed."""
    share = max(files.decision.wanted_share or 0.0, MOST_SHARE)
    if (wanted.decision.wanted_share or 0.0) > share:
        raise BoothError(f"decision.wanted_share: at most {share:g} from afar; {FILE}")
    if wanted.display.card_s > files.display.card_s:
        raise BoothError(f"display.card_s: at most {files.display.card_s:g} from afar; {FILE}")
    for key in ("status_every_s", "health_every_s"):
        least_s = min(getattr(files.uplink, key), LEAST_EVERY_S)
        if getattr(wanted.uplink, key) < least_s:
            raise BoothError(f"uplink.{key}: at least {least_s:g} from afar; {FILE}")
    require_few_zones(files.capture, wanted.capture)


def require_few_zones(files: Capture, wanted: Capture) -> None:
    """The same of the zones in which people are looked at; of those that take people out there may be any number."""
    before, after = ([zone for zone in capture.zones if not zone.shields] for capture in (files, wanted))
    most = max(len(before), MOST_ZONES)
    if len(after) > most:
        raise BoothError(f"capture.zones: at most {most} to look at people in from afar; {FILE}")
    for zone in after:
        if zone not in before and covered([zone.polygon]) < LEAST_AREA:
            raise BoothError(
                f"capture.zones: {zone.name}: at least {LEAST_AREA:.0%} of the picture from afar; {FILE}"
            )
