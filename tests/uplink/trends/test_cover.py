"""What is told holds, given that it was told: on thin streets and under much noise it is chance that chooses cells."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.uplink.trends.history import Day, Usual, usual_before
from appliance.uplink.trends.indices import ENOUGH, diversity, effective, noise
from appliance.uplink.trends.movers import movers_of
from appliance.uplink.trends.noise import PASSAGES, Noisy, queries
from appliance.uplink.trends.release import cell_values
from appliance.uplink.trends.rules import LEAST_CELL, may_be_small, may_release, told_cells, widths
from appliance.uplink.trends.tables import all_tables
from tests.uplink.trends.builders import DAY, street

BAND = 10
"Passages in a cell: those of one band are held to the interval together."
FEW = 100
"Cells told of a band at the least, for the band to say anything."


@lru_cache(maxsize=1)
def shares() -> dict[str, NDArray[np.float64]]:
    """What the street wears, by table."""
    tally = street(20_000)
    return {name: np.array(counts) / tally.passages for name, counts in tally.counts.items()}


def day_of(rng: np.random.Generator, passages: int, epsilon: float) -> Noisy:
    """A day of that street as it comes out of the noise."""
    scales = {query.name: query.scale for query in queries(epsilon)}
    counts = {
        name: tuple(
            map(int, rng.multinomial(passages, worn) + noise(rng, scales[name], 1, worn.shape).astype(int))
        )
        for name, worn in shares().items()
    }
    return Noisy(passages + int(noise(rng, scales[PASSAGES], 1, (1,))[0]), counts)


def released(rng: np.random.Generator, passages: int, epsilon: float, days: int) -> list[Noisy]:
    """Of so many days those of which there is a release."""
    every = [day_of(rng, passages, epsilon) for _ in range(days)]
    return [day for day in every if may_release(day, epsilon)]


@pytest.mark.parametrize(
    ("passages", "epsilon", "days"),
    [(230, 1.0, 500), (300, 1.0, 400), (3000, 1.0, 800), (300, 0.3, 800), (1000, 0.3, 500), (3000, 0.3, 800)],
)
def test_a_cell_that_is_told_holds_the_street_however_small_it_is(
    passages: int, epsilon: float, days: int
) -> None:
    scales = {query.name: query.scale for query in queries(epsilon)}
    hits: dict[int, list[bool]] = defaultdict(list)
    for day in released(np.random.default_rng(21), passages, epsilon, days):
        for name, cell in told_cells(day, epsilon):
            known = (scales[name], scales[PASSAGES])
            told = cell_values("any", day.counts[name][cell], day.passages, known)
            real = shares()[name][cell]
            hits[min(LEAST_CELL * 5, int(real * passages) // BAND * BAND)].append(
                told["low"] <= real <= told["high"]
            )
    bands = {band: np.mean(held) for band, held in hits.items() if len(held) >= FEW}
    assert min(bands) < LEAST_CELL + BAND, "or nothing is put to the test"
    assert min(bands.values()) >= 0.93, bands


def test_a_told_cell_may_be_of_any_size_up_to_62_at_epsilon_one() -> None:
    scale = queries(1.0)[-1].scale
    assert (may_be_small(62, scale), may_be_small(63, scale)) == (True, False)
    assert cell_values("any", 62, 3000, (scale, 5.0))["low"] == 0
    assert cell_values("any", 63, 3000, (scale, 5.0))["low"] > 0.01


@pytest.mark.parametrize(
    ("passages", "epsilon"), [(250, 1.0), (700, 1.0), (400, 0.3), (2200, 0.3), (1000, 0.1)]
)
def test_the_interval_of_diversity_holds_on_thin_streets_and_under_much_noise(
    passages: int, epsilon: float
) -> None:
    rng, scale = np.random.default_rng(22), queries(epsilon)[-1].scale
    truth = float(effective(shares()["style"]))
    found = [
        diversity(day.counts["style"], scale, day.passages)
        for day in (day_of(rng, passages, epsilon) for _ in range(100))
    ]
    assert np.mean([index.low <= truth <= index.high for index in found]) >= 0.9
    told = [(index.low, index.high) != (1, len(shares()["style"])) for index in found]
    assert np.mean(told) == (passages > ENOUGH * scale)


def usual_of(rng: np.random.Generator, passages: int, epsilon: float, days: int = 14) -> Usual:
    known = [Day(DAY - timedelta(n + 1), "basis", day_of(rng, passages, epsilon)) for n in range(days)]
    usual = usual_before(known, DAY, "basis")
    assert usual is not None
    return usual


@pytest.mark.parametrize(("passages", "epsilon"), [(250, 1.0), (400, 0.3), (1000, 0.3), (1000, 0.1)])
def test_a_quiet_thin_street_has_movers_on_one_day_of_twenty_at_the_most(
    passages: int, epsilon: float
) -> None:
    rng = np.random.default_rng(23)
    days = released(rng, passages, epsilon, 200)
    usual = [usual_of(rng, passages, epsilon) for _ in range(20)]
    moved = [bool(movers_of(day, usual[n % 20], epsilon)) for n, day in enumerate(days)]
    assert np.mean(moved) <= 0.05


def test_a_cell_that_falls_below_what_may_be_told_is_a_faller() -> None:
    """And tells no more of today than that it is not told."""
    rng = np.random.default_rng(24)
    usual, today = usual_of(rng, 3000, 1.0), day_of(rng, 3000, 1.0)
    cell = next(table for table in all_tables() if table.name == "upper-colour").labels.index("blue")
    changes = []
    for left in (-5, 3, 30):
        colours = [*today.counts["upper-colour"]]
        colours[cell] = left
        fallen = Noisy(today.passages, {**today.counts, "upper-colour": tuple(colours)})
        assert ("upper-colour", cell) not in told_cells(fallen, 1.0)
        mover = movers_of(fallen, usual, 1.0)[0]
        assert (mover.table, mover.label) == ("upper-colour", "blue")
        assert mover.low < -shares()["upper-colour"][cell] < mover.change < mover.high < 0
        changes.append((mover.change, mover.low, mover.high))
    assert len(set(changes)) == 1
    most = (LEAST_CELL + widths(1.0)["upper-colour"]) / today.passages
    usually = usual.counts["upper-colour"][cell] / usual.passages
    assert changes[0][0] == pytest.approx(most - usually)


def test_a_cell_that_is_not_told_never_rises() -> None:
    rng = np.random.default_rng(25)
    today = day_of(rng, 250, 1.0)
    rare = Usual(14, 100_000, {table.name: (0,) * len(table.labels) for table in all_tables()})
    told = {(name, labels_of(name)[cell]) for name, cell in told_cells(today, 1.0)}
    assert {(mover.table, mover.label) for mover in movers_of(today, rare, 1.0)} <= told


def labels_of(name: str) -> tuple[str, ...]:
    return next(table.labels for table in all_tables() if table.name == name)
