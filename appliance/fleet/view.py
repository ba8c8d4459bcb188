"""The fleet as a picture: a fleet and the size of a terminal go in, a table by city and the last events come out."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from appliance.fleet.diagnosis import STATES, Finding, Level, Now, diagnose, duration, usual_version
from appliance.fleet.fleet import Fleet
from appliance.uplink.event import ExceptionEvent

STYLES = {Level.WELL: "green", Level.NOTE: "cyan", Level.WRONG: "yellow", Level.GONE: "red"}
FRAME_LINES = 5
"Of the picture, besides its rows: heading, the columns' names, the blank lines between, the cursor's own."
LEAST_ROWS = 4
WIDE = 140
"Columns of a terminal from which on all figures are shown."


class Size(NamedTuple):
    """Of a terminal, in characters."""

    width: int
    height: int


class Column(NamedTuple):
    """One figure of a booth."""

    name: str
    width: int
    text: Callable[[Finding, Now], str]
    wide: bool = False
    "Only on a wide terminal."
    justify: Literal["left", "right"] = "right"


def fleet_view(fleet: Fleet, heading: Text, now_s: float, unix_s: float, size: Size) -> Group:
    """Cities with counts, their most troubled booths below them, then the last events, the newest first.

    As many rows as `size` has; what does not fit is counted. `now_s` is monotonic, `unix_s` the wall clock.
    """
    now = Now(now_s, unix_s, usual_version(fleet.booths.values()))
    events = list(reversed(fleet.events))[: max(3, size.height // 4)]
    rows = max(LEAST_ROWS, size.height - FRAME_LINES - len(events))
    findings = [diagnose(booth, now) for booth in fleet.booths.values()]
    columns = [column for column in COLUMNS if size.width >= WIDE or not column.wide]
    if fleet.unlisted:
        heading = heading.copy().append(f"  {fleet.unlisted} messages of booths beyond the {len(findings)}")
    names = _table(columns)
    names.add_row("booth", *(column.name for column in columns), "what is wrong", style="dim")
    parts = [Text(), names, *_city_parts(findings, columns, now, rows), Text()]
    return Group(heading, *parts, *map(_event_line, events))


def _city_parts(
    findings: list[Finding], columns: list[Column], now: Now, rows: int
) -> Iterator[RenderableType]:
    """For each city a line of counts and a table of its booths that are shown."""
    cities, more = _cities(findings, rows // 2)
    room = rows - len(cities) - bool(more)
    shown = _worst([finding for city in cities.values() for finding in city], room)
    for city, booths in cities.items():
        drawn = [finding for finding in shown if finding.booth.city == city]
        yield _counts(city, booths, len(drawn))
        table = _table(columns)
        for finding in drawn:
            table.add_row(*_cells(finding, columns, now))
        if drawn:
            yield table
    if more:
        yield Text(f"and {more} more cities", "dim")


def _table(columns: list[Column]) -> Table:
    """Of fixed widths but for the last column, so that the tables of all cities stand in line."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=18, no_wrap=True)
    for column in columns:
        table.add_column(width=column.width, justify=column.justify, no_wrap=True)
    table.add_column(ratio=1, no_wrap=True)
    return table


def _cities(findings: list[Finding], most: int) -> tuple[dict[str, list[Finding]], int]:
    """Findings by city in order of the names; of more than `most` cities the worst, and how many not."""
    cities: dict[str, list[Finding]] = {}
    for finding in findings:
        cities.setdefault(finding.booth.city, []).append(finding)
    worst = heapq.nlargest(most, cities, key=lambda city: sum(found.level > 1 for found in cities[city]))
    return {city: cities[city] for city in sorted(worst)}, len(cities) - len(worst)


def _worst(findings: list[Finding], most: int) -> list[Finding]:
    """At most `most`, the most troubled first, then by name."""

    def rank(finding: Finding) -> tuple[int, str, str]:
        return -finding.level, finding.booth.city, finding.booth.booth

    return heapq.nsmallest(max(0, most), findings, rank)


def _counts(city: str, findings: list[Finding], drawn: int) -> Text:
    counts = Counter(finding.state for finding in findings)
    states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    hidden = f"; {len(findings) - drawn} of {len(findings)} not shown" if drawn < len(findings) else ""
    parts = ((city, "bold"), f": {states}", (hidden, "dim"))
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _cells(finding: Finding, columns: Iterable[Column], now: Now) -> Iterable[Text]:
    style = STYLES[finding.level]
    yield Text(f"  {finding.booth.booth}")
    for column in columns:
        text = column.text(finding, now)
        yield Text(text, style if column.name == "state" else "dim" if text in ("0", "?") else "")
    yield Text("; ".join(finding.troubles) or "all well", style)


def _state(finding: Finding, _: Now) -> str:
    return f"{finding.state} {finding.since}".strip()


def _heard(finding: Finding, now: Now) -> str:
    seen_s = finding.booth.seen_s
    return "never" if seen_s is None else duration(now.now_s - seen_s)


def _oldest(finding: Finding, _: Now) -> str:
    oldest_s = finding.booth.figures.get("outbox_oldest_s")
    return "" if oldest_s is None else duration(oldest_s)


def _certificate(finding: Finding, _: Now) -> str:
    days = finding.booth.figures.get("certificate_days")
    return finding.booth.words.get("certificate", "?")[:7] if days is None else f"{days:.0f} d"


def _figure(key: str) -> Callable[[Finding, Now], str]:
    def text(finding: Finding, _: Now) -> str:
        value = finding.booth.figures.get(key)
        return "?" if value is None else f"{value:.0f}"

    return text


COLUMNS = (
    Column("state", 15, _state, justify="left"),
    Column("heard", 7, _heard),
    Column("waits", 6, _figure("outbox_rows")),
    Column("oldest", 7, _oldest, wide=True),
    Column("refused", 7, _figure("refused"), wide=True),
    Column("dropped", 7, _figure("dropped"), wide=True),
    Column("unheard", 7, _figure("unheard"), wide=True),
    Column("gaps", 5, lambda finding, _: str(finding.booth.gaps), wide=True),
    Column("events", 6, lambda finding, _: str(finding.booth.events), wide=True),
    Column("cert", 7, _certificate, wide=True),
    Column("config", 6, _figure("config"), wide=True),
)


def _event_line(event: ExceptionEvent) -> Text:
    at = event.at[:16].replace("T", " ") + ("Z" if event.clock_synced else "?")
    where = f"{event.city}/{event.booth}"
    text = f"{at}  {where}  {event.rarity:.3f}  {' '.join(event.why)}  {event.zone}"
    return Text.assemble(text, (f"  {event.id}", "dim"), no_wrap=True, overflow="ellipsis")
