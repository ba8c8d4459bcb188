"""Whether a report finds what was planted: cities in, what is missing or has the wrong sign out."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.analysis.city import City
from appliance.analysis.contrast import apart, rows_of, z_of
from appliance.analysis.spans import changes_of

MOVED = {("new-york", "upper-colour", "green"): 1, ("stockholm", "pattern", "striped"): -1}
"City, table and cell -> the sign that was planted."
STILL = {("stockholm", "upper-colour", "green"), ("madrid", "pattern", "striped")}


def missed(cities: Sequence[City]) -> list[str]:
    """What was planted and is not in the report, or was not and is."""
    return [*missed_changes(cities), *missed_difference(cities)]


def missed_changes(cities: Sequence[City]) -> list[str]:
    found = {
        (city.name, change.table, change.label): change.difference.sign()
        for city in cities
        for change in changes_of(city).moved()
    }
    wrong = [
        f"{' '.join(cell)}: {found.get(cell, 0)}, not {sign}"
        for cell, sign in MOVED.items()
        if found.get(cell, 0) != sign
    ]
    return wrong + [f"{' '.join(cell)} does not move" for cell in STILL if cell in found]


def missed_difference(cities: Sequence[City]) -> list[str]:
    """Madrid wears the most white above, and so lies farthest from Stockholm, which wears the least."""
    rows = rows_of(cities)
    white = next(row for row in rows if (row.table, row.label) == ("upper-colour", "white"))
    ranked = sorted(white.shares, key=lambda name: -white.shares[name].value)
    wrong = [] if ranked[0] == "madrid" and white.widest(z_of(rows)) > 0.05 else ["Madrid wears more white"]
    above = [one for one in apart(cities) if one.table == "upper-colour"]
    far = max(above, key=lambda one: one.bits.value)
    if {far.here.name, far.there.name} != {"madrid", "stockholm"} or far.bits.low <= 0:
        wrong.append("Madrid and Stockholm lie farthest apart")
    return wrong
