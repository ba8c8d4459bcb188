"""Two streets that differ in one passage: what is released of each in; how far they can be told apart out.

Epsilon is a promise about every event: its probabilities on neighbours differ by a factor of e^epsilon at the most. An
event that OpenDP's noise makes as bad as it may be has exactly that factor, so half the noise cannot hide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from appliance.uplink.trends.noise import PASSAGES, Noisy, Questions, draw, queries
from appliance.uplink.trends.rules import LEAST_CELL, LEAST_PASSAGES, may_release, told_cells, widths
from appliance.uplink.trends.tables import all_tables, cells_of
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import JEANS, alike

Event = Callable[[Noisy], bool]
SURE = 4.0
"Standard deviations: a right release fails one in thirty thousand times."
EDGE = LEAST_PASSAGES + widths(1.0)[PASSAGES]
"As many passages are released every second time."
CELL = LEAST_CELL + widths(1.0)["style"]


def pair(passages: int) -> tuple[Tally, Tally]:
    """A street of so many, all dressed alike, and the same with one more."""
    return alike(JEANS, passages), alike(JEANS, passages + 1)


def draws(tally: Tally, times: int, questions: Questions) -> list[Noisy]:
    return [draw(tally, questions) for _ in range(times)]


def events(passages: int) -> Iterator[tuple[str, float, Event]]:
    """What could be looked for to find the one passage, as (name, epsilon that is claimed for it, event)."""
    cells = dict(zip((table.name for table in all_tables()), cells_of(JEANS), strict=True))

    def seen(noisy: Noisy, name: str) -> int:
        return noisy.passages if name == PASSAGES else noisy.counts[name][cells[name]]

    def high(name: str) -> Event:
        return lambda noisy: seen(noisy, name) > passages

    for query in queries(1.0):
        yield f"{query.name} is high", query.epsilon, high(query.name)
    yield "there is a release", 0.2, lambda noisy: may_release(noisy, 1.0)
    yield "the cells are told", 0.8, lambda noisy: set(cells.items()) <= set(told_cells(noisy, 1.0))
    yield (
        "there is a release, and all of it is high",
        1.0,
        lambda noisy: may_release(noisy, 1.0) and all(high(query.name)(noisy) for query in queries(1.0)),
    )


def least_epsilon(event: Event, one: list[Noisy], other: list[Noisy], sure: float = SURE) -> float:
    """The epsilon that the two must have at the least for this event, be it more frequent in one or the other."""
    hits, hits_other = sum(map(event, one)), sum(map(event, other))
    misses, misses_other = len(one) - hits, len(other) - hits_other
    return max(
        sure_ratio(hits, hits_other, len(one), sure),
        sure_ratio(hits_other, hits, len(one), sure),
        sure_ratio(misses, misses_other, len(one), sure),
        sure_ratio(misses_other, misses, len(one), sure),
    )


def sure_ratio(more: int, less: int, times: int, sure: float = SURE) -> float:
    """Lower end of the interval of the logarithm of a ratio of two shares of so many draws."""
    if more <= less:
        return 0.0
    few = max(less, 1)
    spread = math.sqrt(max(0.0, 1 / more + 1 / few - 2 / times))
    return math.log(more / few) - sure * spread


def doubled(tally: Tally) -> Tally:
    """The mutant: whoever passes counts twice, which is the same as half the noise."""
    twice = Tally(tally.day)
    twice.passages = 2 * tally.passages
    twice.counts = {name: [2 * count for count in counts] for name, counts in tally.counts.items()}
    return twice


def halved(noisy: Noisy) -> Noisy:
    """What the mutant would tell."""
    counts = {name: tuple(count // 2 for count in counts) for name, counts in noisy.counts.items()}
    return Noisy(noisy.passages // 2, counts)
