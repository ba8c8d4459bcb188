"""What changed, in plain words: cities and what was found of them go in, the sentences that open the report come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from appliance.analysis.calendar import span_of
from appliance.analysis.city import City
from appliance.analysis.contrast import Apart, Row, apart, rows_of, z_of
from appliance.analysis.sides import widest
from appliance.analysis.spans import Change, Changes, changes_of, mean_of, spans_of, within
from appliance.analysis.wording import between, counted, day_of, listed, percent, percents, points, thing

NAMED = 2
"Risers, and as many fallers, of a city in the opening; the figure has more."
SEEN = ("upper-colour", "lower-colour", "pattern")
"Tables that the opening speaks of first: everybody sees what they mean."


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


def sentences_of(findings: Findings) -> list[str]:
    """The opening, a paragraph for each subject."""
    told = [coverage(findings), *(movement(city, changes) for city, changes in findings.changes)]
    told += [contrast(findings)] if len(findings.cities) > 1 else []
    told += [" ".join(filter(None, map(variety, findings.cities)))]
    return [sentence for sentence in told if sentence]


def coverage(findings: Findings) -> str:
    """Who told of what."""
    cities = findings.cities
    first, last = span_of(cities)
    possible = ((last - first).days + 1) * sum(len(city.booths) for city in cities)
    told = sum(len(day.booths) for city in cities for day in city.days)
    passages = sum(city.passages for city in cities)
    booths = counted(sum(len(city.booths) for city in cities), "booth")
    missing = f"{possible - told:,} of {possible:,} days are missing" if told < possible else "no day is missing"
    return (
        f"From {day_of(first)} to {day_of(last)}, {booths} in {listed([city.title for city in cities])}"
        f" told of about {round(passages, -3):,} passages; {missing}."
    )


def movement(city: City, changes: Changes) -> str:
    """What rose and fell in one city."""
    if not changes.days:
        return f"{city.title} told of too few days to say what rose and what fell."
    span = f"between its first and its last {counted(changes.days, 'day')}"
    moved = seen_first(changes.moved())
    risers = [change for change in moved if change.difference.value > 0][:NAMED]
    fallers = [change for change in moved if change.difference.value < 0][:NAMED]
    if not moved:
        return f"In {city.title} nothing moved {span} by more than chance may explain."
    parts = [f"{listed([moved_by(one) for one in ones])} {verb}" for ones, verb in ((risers, "rose"), (fallers, "fell")) if ones]
    return f"In {city.title}, {span}, {listed(parts)}."


def seen_first(moved: Sequence[Change]) -> list[Change]:
    """In the same order, but what everybody sees before combinations and styles, which mostly follow from it."""
    return sorted(moved, key=lambda change: change.table not in SEEN)


def moved_by(change: Change) -> str:
    """A cell and its two shares."""
    return f"{thing(change.table, change.label)} ({percent(change.before.value)} to {percent(change.after.value)})"


def contrast(findings: Findings) -> str:
    """Where the cities differ most."""
    if not findings.widest:
        return "No difference between the cities is larger than chance may explain."
    row = next((row for row in findings.widest if row.table in SEEN), findings.widest[0])
    names = {city.name: city.title for city in findings.cities}
    ranked = sorted(row.shares, key=lambda name: -row.shares[name].value)
    most, least = ranked[0], ranked[-1]
    told = (
        f"The cities differ most in {thing(row.table, row.label)}: {percent(row.shares[most].value)} in {names[most]}"
        f" ({percents(row.shares[most])}), {percent(row.shares[least].value)} in {names[least]} ({percents(row.shares[least])})."
    )
    styles = [one for one in findings.apart if one.table == "style"]
    if len(styles) > 1:
        far = max(styles, key=lambda one: one.bits.value)
        told += f" By style, {far.here.title} and {far.there.title} lie farthest apart."
    return told


def variety(city: City) -> str:
    """Whether a city dresses in more ways than it did."""
    first, last, length = spans_of(city)
    before = mean_of(within(city, first, length), lambda day: day.diversity)
    after = mean_of(within(city, last, length), lambda day: day.diversity)
    if before is None or after is None:
        return ""
    change = after - before
    verb = {1: "rose", -1: "fell", 0: "did not change surely"}[change.sign()]
    values = f"from {before.value:.1f} to {after.value:.1f} equally common styles"
    return f"Diversity in {city.title} {verb}: {values}."


def cautions_of(findings: Findings) -> Iterator[str]:
    """What a reader has to know before believing the rest."""
    for city in findings.cities:
        if len(city.engines) > 1:
            yield (
                f"In {city.title} the networks that look were changed or differ by booth"
                f" ({listed(city.engines)}): days of different ones do not compare."
            )
        if len(city.codebooks) > 1:
            yield f"In {city.title} the list of styles changed: styles, novelty and diversity do not compare across it."
        if any(len(day.booths) < len(city.booths) for day in city.days):
            yield (
                f"On some days not all booths of {city.title} told: its ribbons lean to those that did."
                " Risers and fallers compare each booth with itself."
            )
    if len({city.codebooks for city in findings.cities}) > 1:
        yield "The cities use different lists of styles, so their styles are not compared."
