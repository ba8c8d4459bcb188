"""All that a report is made of: cities go in; what was found of them comes out, each thing once, when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from appliance.analysis.city import City
from appliance.analysis.contrast import Apart, Row, apart, compared, rows_of, z_of
from appliance.analysis.sides import widest
from appliance.analysis.spans import Changes, changes_of


@dataclass(frozen=True)
class Findings:
    """All that the report is made of."""

    cities: tuple[City, ...]

    @cached_property
    def changes(self) -> list[tuple[City, Changes]]:
        """Of every city, its first weeks against its last."""
        return [(city, changes_of(city)) for city in self.cities]

    @cached_property
    def moved(self) -> list[tuple[City, Changes]]:
        """Those in which something moved."""
        return [(city, changes) for city, changes in self.changes if changes.moved()]

    @cached_property
    def apart(self) -> list[Apart]:
        """Every pair of cities by table."""
        return apart(self.cities)

    @cached_property
    def compared(self) -> list[City]:
        """Cities that `rows` are of, and of which days."""
        return compared(self.cities)

    @property
    def left_out(self) -> list[City]:
        """Cities that have too few days in common with those."""
        names = {city.name for city in self.compared}
        return [city for city in self.cities if city.name not in names]

    @cached_property
    def rows(self) -> list[Row]:
        """Cells of several cities."""
        return rows_of(self.cities)

    @cached_property
    def z(self) -> float:
        """Of the intervals of `rows`."""
        return z_of(self.rows)

    @cached_property
    def widest(self) -> list[Row]:
        """Cells in which cities differ for sure."""
        return widest(self.rows, self.z)
