"""What is told: nothing under 200 passages, no cell under 20, by the contract and within its size, whatever comes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.uplink.gate import is_trend
from appliance.uplink.papers import read_schema
from appliance.uplink.trends import release
from appliance.uplink.trends.formulas import FORMULAS
from appliance.uplink.trends.history import Usual
from appliance.uplink.trends.indices import Index
from appliance.uplink.trends.noise import PASSAGES, Noisy, Questions, draw, queries
from appliance.uplink.trends.release import MOST_BYTES, Origin, payload_of
from appliance.uplink.trends.rules import LEAST_CELL, LEAST_PASSAGES, may_release, told_cells, widths
from appliance.uplink.trends.styles import read_codebook
from appliance.uplink.trends.tables import all_tables
from tests.uplink.trends.builders import DAY, at_least, noisy, street

ORIGIN = Origin(
    "desk-0badcafe-1", "new-york", "desk", DAY, "America/New_York", "abcdef012345", "3:0badcafe0bad", 1.0
)
SCHEMA = jsonschema.Draft202012Validator(read_schema("trend"))


@st.composite
def any_noisy(draw_from: st.DrawFn) -> Noisy:
    """Counts after the noise: near the limits, negative, enormous, and adding up to nothing sensible."""
    count = st.one_of(st.integers(-60, 80), st.integers(0, 5000), st.sampled_from([38, 39, 40, 10**6]))
    passages = draw_from(st.one_of(st.integers(-60, 260), st.integers(200, 10**6)))
    counts = {
        table.name: tuple(draw_from(st.lists(count, min_size=len(table.labels), max_size=len(table.labels))))
        for table in all_tables()
    }
    return Noisy(passages, counts)


def values_of(noisy: Noisy, usual: Usual | None = None, origin: Origin = ORIGIN) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(payload_of(noisy, usual, origin))
    return values


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the simulated days, which the rules do not touch."""
    monkeypatch.setattr(release, "diversity", lambda *_: Index(3.0, 2.0, 4.0))
    monkeypatch.setattr(release, "novelty", lambda *_: Index(0.1, 0.0, 0.2))


@given(any_noisy(), st.sampled_from([1.0, 0.5, 0.1]))
def test_no_release_and_no_cell_unless_the_lower_end_of_its_interval_passes(
    noisy: Noisy, epsilon: float
) -> None:
    width = widths(epsilon)
    assert may_release(noisy, epsilon) == (noisy.passages - width[PASSAGES] >= LEAST_PASSAGES)
    told = set(told_cells(noisy, epsilon))
    for table in all_tables():
        for cell, count in enumerate(noisy.counts[table.name]):
            assert ((table.name, cell) in told) == (count - width[table.name] >= LEAST_CELL)


@given(st.integers(0, 199), st.sampled_from([1.0, 0.5, 0.1]))
def test_fewer_than_200_slip_through_with_less_than_one_in_forty(passages: int, epsilon: float) -> None:
    scale = queries(epsilon)[0].scale
    assert at_least(scale, LEAST_PASSAGES + widths(epsilon)[PASSAGES] - passages) < 0.025


@given(st.integers(0, 19), st.sampled_from([1.0, 0.5, 0.1]))
def test_a_cell_under_20_slips_through_with_less_than_one_in_forty(count: int, epsilon: float) -> None:
    scale = queries(epsilon)[-1].scale
    assert at_least(scale, LEAST_CELL + widths(epsilon)["style"] - count) < 0.025


@pytest.mark.usefixtures("quick")
def test_every_release_that_may_be_is_by_the_contract_and_tells_of_no_cell_too_small() -> None:
    @settings(max_examples=60, deadline=None)
    @given(any_noisy(), any_noisy(), st.integers(7, 28))
    def check(noisy: Noisy, before: Noisy, days: int) -> None:
        if not may_release(noisy, 1.0):
            return
        usual = Usual(days, 200 * days + abs(before.passages), before.counts)
        payload = payload_of(noisy, usual, ORIGIN)
        assert len(payload) <= MOST_BYTES
        assert is_trend(payload), "or the uplink would not let it leave"
        values = json.loads(payload)
        SCHEMA.validate(values)
        for table in values["tables"]:
            labels = next(known.labels for known in all_tables() if known.name == table["name"])
            assert len(table["cells"]) + table["suppressed"] == len(labels)
            for cell in table["cells"]:
                assert cell["count"] >= LEAST_CELL + table["noise_half_width"]
                assert cell["low"] <= cell["share"] <= cell["high"]
        told = {(table["name"], cell["label"]) for table in values["tables"] for cell in table["cells"]}
        risers = [cell for cell in values["movers"]["cells"] if cell["change"] > 0]
        assert {(cell["table"], cell["label"]) for cell in risers} <= told

    check()


def test_a_real_day_is_by_the_contract() -> None:
    drawn = draw(street(3000), Questions(1.0))
    values = values_of(drawn)
    SCHEMA.validate(values)
    assert values["novelty"] is None is values["movers"]
    assert values["passages"]["count"] == drawn.passages
    assert sum(query["epsilon"] for query in (values["passages"], *values["tables"])) == pytest.approx(1.0)
    black = values["tables"][0]["cells"][0]
    assert black["label"] == "black"
    assert black["share"] == pytest.approx(street(3000).counts["upper-colour"][0] / 3000, abs=0.03)


def test_a_small_epsilon_still_makes_a_release() -> None:
    drawn = draw(street(3000), Questions(0.1))
    values = values_of(drawn, origin=replace(ORIGIN, epsilon=0.1))
    SCHEMA.validate(values)
    assert values["tables"][0]["noise_scale"] == 62.5


def test_a_release_of_every_cell_and_mover_there_can_be_has_room_to_spare() -> None:
    """With the longest names and numbers that the contract knows."""
    full = Noisy(10**6, {table.name: (10**6,) * len(table.labels) for table in all_tables()})
    rare = {table.name: (0,) * len(table.labels) for table in all_tables()}
    origin = replace(ORIGIN, id="b" * 32 + "-0badcafe-1234567890", city="c" * 32, booth="b" * 32)
    payload = payload_of(full, Usual(28, 28 * 10**6, rare), origin)
    assert len(json.loads(payload)["movers"]["cells"]) == 32
    assert len(payload) < MOST_BYTES / 2


def test_a_release_without_a_single_cell_is_one_too() -> None:
    SCHEMA.validate(values_of(noisy(400)))


def test_the_contracts_example_is_a_release_of_this_program() -> None:
    example = read_schema("trend")["examples"][0]
    assert example["formulas"] == FORMULAS
    assert example["codebook"] == read_codebook().id
    assert set(example) == set(values_of(noisy(400)))
    for table, known in zip(example["tables"], all_tables(), strict=True):
        labels = [cell["label"] for cell in table["cells"]]
        assert labels == [label for label in known.labels if label in labels]
        assert len(labels) + table["suppressed"] == len(known.labels)
