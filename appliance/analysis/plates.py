"""The report's figures in order: findings go in; for each, its drawing, its words and the tables behind it come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.analysis.calendar import draw_calendar
from appliance.analysis.city import City
from appliance.analysis.course import draw_courses
from appliance.analysis.findings import Findings
from appliance.analysis.look import svg_of
from appliance.analysis.means import labels_of, mean_share, within
from appliance.analysis.movers import draw_movers
from appliance.analysis.ribbons import draw_ribbons
from appliance.analysis.sides import draw_apart, draw_rows
from appliance.analysis.summary import absence, contrast, movement, oddity, variety
from appliance.analysis.tables import (
    Sheet,
    apart_sheet,
    calendar_sheet,
    change_sheet,
    diversity_sheet,
    novelty_sheet,
    row_sheet,
    share_sheets,
)
from appliance.analysis.wording import counted, listed, percent, spoken

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FAMILIES = (
    " Combinations are of families of colours, upper over lower: light is white and beige, warm red, orange, yellow,"
    " pink and brown, cool green, cyan, blue and purple."
)


@dataclass(frozen=True)
class Plate:
    """One figure of the report."""

    key: str
    title: str
    words: str
    "How to read it."
    svg: str
    sheets: tuple[Sheet, ...]


def plate(
    key: str, title: str, words: str, told: str, draw: Callable[[], Figure], sheets: Sequence[Sheet]
) -> Plate:
    """A figure whose description for screen readers is what it tells, in words."""
    return Plate(key, title, words, svg_of(draw(), key, title, told), tuple(sheets))


def plates_of(findings: Findings) -> Iterator[Plate]:
    """Those for which there is something to draw."""
    cities = findings.cities
    for table, words in (("upper-colour", "above the waist"), ("lower-colour", "below the waist")):
        if all(any(table in day.tables for day in city.days) for city in cities):
            yield ribbon_plate(cities, table, words)
    if findings.moved:
        yield mover_plate(findings)
    yield course_plate(cities)
    if findings.apart:
        yield apart_plate(findings)
    if findings.widest:
        yield side_plate(findings)
    yield calendar_plate(cities)


def ribbon_plate(cities: Sequence[City], table: str, where: str) -> Plate:
    """Colours over time."""
    words = (
        f"Main colour of the clothes {where}, as shares of all passages: the mean of the seven days around each day."
        " The figures at the right are those of the last days. What is blank above the ribbons are colours too rare"
        " to be told; a gap is a day that is missing."
    )
    told = " ".join(described(city, table) for city in cities)
    return plate(
        table,
        f"Colours {where}",
        words,
        told,
        lambda: draw_ribbons(cities, table),
        share_sheets(cities, table),
    )


def described(city: City, table: str) -> str:
    """The colours of a city's last four weeks, the most worn first."""
    days = within(city, city.days[max(0, len(city.days) - 28)].day, 10_000)
    means = {label: mean_share(days, table, label) for label in labels_of(days, table)}
    ranked = sorted(((mean.value, label) for label, mean in means.items() if mean), reverse=True)
    shares = [f"{spoken(label)} {percent(value)}" for value, label in ranked]
    return f"{city.title}, last four weeks: {listed(shares)}."


def mover_plate(findings: Findings) -> Plate:
    """Risers and fallers."""
    days = listed(sorted({f"{changes.days}" for _, changes in findings.moved}))
    words = (
        f"Change in percentage points from the first to the last {days} days, with intervals wide enough that all cells"
        " that were compared hold together with 95 %. Only what moved for sure is drawn, the surest six each way."
        " To the right, the share before and after." + FAMILIES
    )
    told = " ".join(movement(city, changes) for city, changes in findings.moved)
    sheets = [change_sheet(city, changes) for city, changes in findings.changes if changes.cells]
    return plate("movers", "Risers and fallers", words, told, lambda: draw_movers(findings.moved), sheets)


def course_plate(cities: Sequence[City]) -> Plate:
    """Novelty and diversity."""
    words = (
        "Novelty is how far a day's styles depart from those of the 28 days before: 0 bits is a day like them, 1 bit a"
        " day that shares no style with them. Diversity is the number of equally common styles that would be as varied."
        " The bands are 95 % intervals; novelty begins when enough days are there to compare with."
    )
    told = " ".join(filter(None, (variety(cities), oddity(cities)))) or "Too few days to compare."
    sheets = [novelty_sheet(cities), diversity_sheet(cities)]
    return plate("courses", "Novelty and diversity", words, told, lambda: draw_courses(cities), sheets)


def apart_plate(findings: Findings) -> Plate:
    """Divergence between cities."""
    words = (
        "How far apart two cities dress, as the Jensen-Shannon divergence of their shares: 0 bits is the same,"
        " 1 bit nothing in common. Of days and cells that both cities tell; with 95 % intervals."
    )
    far = max(findings.apart, key=lambda one: one.bits.value)
    told = f"Farthest apart: {far.here.title} and {far.there.title} in {spoken(far.table)}, {far.bits.value:.3f} bits."
    return plate(
        "apart", "City against city", words, told, lambda: draw_apart(findings.apart), [apart_sheet(findings)]
    )


def side_plate(findings: Findings) -> Plate:
    """Cells in which cities differ."""
    cities, days = findings.compared, len(findings.compared[0].days)
    words = (
        f"Share of the passages of each city on the {counted(days, 'day')} that all of them told, of the cells in"
        " which the cities differ most beyond chance; the intervals are wide enough that all of them hold together"
        " with 95 %."
    )
    words, rows = " ".join(filter(None, (words, absence(findings)))) + FAMILIES, findings.widest
    return plate(
        "sides", "What sets the cities apart", words, contrast(findings),
        lambda: draw_rows(cities, rows, findings.z), [row_sheet(findings)],
    )  # fmt: skip


def calendar_plate(cities: Sequence[City]) -> Plate:
    """Days that were told."""
    words = (
        "Each stroke is a day of which a booth told. A day is missing when passages were too few, when the booth did"
        " not look, or when a power cut took its count: it is never made again."
    )
    sheet = calendar_sheet(cities)
    told = " ".join(
        f"{booth}: {days} days told, {missing} missing." for booth, days, missing, _ in sheet.rows
    )
    return plate("calendar", "Days told", words, told, lambda: draw_calendar(cities), [sheet])
