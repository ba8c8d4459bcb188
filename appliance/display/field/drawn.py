"""Zones as a finger drew them: the page's JSON in, checked zones out, or in words what to draw otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from appliance.config import Settings, Zone
from appliance.display.field.request import Refused
from appliance.errors import BoothError
from appliance.site import MOST_ZONES, Site, at_site

Point = tuple[float, float]


def site_with_zones(site: Site, values: object) -> Site:
    """`site` with the zones of the page. Raises Refused, in words for who drew them."""
    if not isinstance(values, list) or len(values) > MOST_ZONES:
        raise Refused(400, f"zones: a list of at most {MOST_ZONES}")
    zones = tuple(map(zone_from, values))
    names = [zone.name for zone in zones]
    for name in names:
        if names.count(name) > 1:
            raise Refused(422, f"two zones are called {name}; name one of them otherwise")
    try:
        # By its constructor and not by model_copy(), which checks nothing.
        return Site(mode=site.mode, zones=zones, ground=site.ground)
    except ValidationError as error:
        raise Refused(422, first_words(error)) from None


def zone_from(values: Any) -> Zone:
    """One zone. Raises Refused."""
    try:
        zone = Zone.model_validate(values)
    except ValidationError as error:
        raise Refused(422, f"zone: {first_words(error)}") from None
    if crosses_itself(zone.polygon):
        raise Refused(
            422, f"zone {zone.name} crosses itself; move a corner so that its edges do not cut each other"
        )
    return zone


def first_words(error: ValidationError) -> str:
    """The first mistake: where and what."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    words = fault["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place and place != "zones" else words


def settings_at(files: Settings, site: Site) -> Settings:
    """The settings that would be in force. Raises Refused where site or law do not allow them."""
    try:
        return at_site(files, site)
    except BoothError as error:
        raise Refused(422, str(error)) from None


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two edges that are no neighbours meet: inside and outside would be anybody's guess."""
    count = len(polygon)
    edges = [(polygon[at], polygon[(at + 1) % count]) for at in range(count)]
    return any(
        meet(*edges[one], *edges[other])
        for one in range(count)
        for other in range(one + 2, count)
        if (other + 1) % count != one
    )


def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common (de Berg et al., Computational Geometry, 2.1)."""
    sides = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    touching = zip(sides, (c, d, a, b), ((a, b), (a, b), (c, d), (c, d)), strict=True)
    return any(value == 0 and between(point, *ends) for value, point, ends in touching)


def side(a: Point, b: Point, p: Point) -> float:
    """On which side of the line ab the point p lies: positive, negative, or 0 on it."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def between(p: Point, a: Point, b: Point) -> bool:
    """Whether p, on the line ab, lies on the segment."""
    return min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])
