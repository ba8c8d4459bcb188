"""Zones as a finger drew them: the page's JSON in, checked zones out, or in words what to draw otherwise."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from appliance.config import Settings, Zone
from appliance.display.field.request import Refused, refused_by
from appliance.errors import BoothError
from appliance.polygons import crosses_itself
from appliance.site import LEAST_AREA, MOST_ZONES, Site, area, at_site


def site_with_zones(site: Site, values: object) -> Site:
    """`site` with the zones of the page. Raises Refused, in words for who drew them."""
    if not isinstance(values, list) or len(values) > MOST_ZONES:
        raise Refused(400, f"zones: a list of at most {MOST_ZONES}")
    zones = tuple(map(zone_from, values))
    names = [zone.name for zone in zones]
    for name in names:
        if names.count(name) > 1:
            raise Refused(422, "zones-alike", zone=name)
    # By its constructor and not by model_copy(), which checks nothing.
    return Site(mode=site.mode, zones=zones, ground=site.ground)


def zone_from(values: Any) -> Zone:
    """One zone. Raises Refused."""
    try:
        zone = Zone.model_validate(values)
    except ValidationError as error:
        raise refused_zone(error) from None
    if crosses_itself(zone.polygon):
        raise Refused(422, "zone-crosses", zone=zone.name)
    if area(zone) < LEAST_AREA:
        raise Refused(422, "zone-small", zone=zone.name)
    return zone


def refused_zone(error: ValidationError) -> Refused:
    """The first mistake; of what the page sends it can only be the name, so the rest is for programs."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if fault["loc"] == ("name",):
        return Refused(422, "zone-nameless")
    place = ".".join(str(part) for part in fault["loc"])
    return Refused(422, "quoted", text=f"zone: {place}: {fault['msg']}")


def settings_at(files: Settings, site: Site) -> Settings:
    """The settings that would be in force. Raises Refused where site or law do not allow them."""
    try:
        return at_site(files, site)
    except BoothError as error:
        raise refused_by(error) from None
