"""Tallies: the sum of two crowds is that of one large one, and percentiles are at most a step too large."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.simulation.tally import (
    FINEST_S,
    STEP,
    Tally,
    latency_class,
    line_from_tally,
    percentile_s,
    values_from_tally,
)

latencies = st.lists(st.floats(min_value=FINEST_S, max_value=1000), min_size=1, max_size=50)


@given(latencies, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_at_most_a_step_above_the_true_one(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[max(0, -int(-share * len(seconds) // 1) - 1)]
    told = percentile_s(Counter(map(latency_class, seconds)), share)
    assert told is not None
    assert exact * (1 - 1e-9) <= told <= exact * STEP * (1 + 1e-9)


def test_no_events_have_no_percentile() -> None:
    assert percentile_s(Counter(), 0.5) is None


def test_a_sum_counts_all() -> None:
    one = Tally(booths=2, met=2, made=5, gone=4, latencies=Counter({3: 4}), troubles=Counter({"cut": 1}))
    both = one + Tally(booths=1, made=1, gone=1, cpu_s=0.5, latencies=Counter({3: 1}))
    assert (both.booths, both.made, both.waiting, both.cpu_s) == (3, 6, 1, 0.5)
    assert both.latencies == Counter({3: 5})


@pytest.mark.parametrize(
    ("tally", "complete"),
    [
        (Tally(booths=2, met=2, made=3, gone=3), True),
        (Tally(booths=2, met=2, made=3, gone=2), False),
        (Tally(booths=2, met=1), False),
        (Tally(booths=2, met=2, made=3, found=1, gone=3), False),
    ],
)
def test_complete_means_all_let_in_and_nothing_waiting(tally: Tally, complete: bool) -> None:
    assert tally.complete == complete


def test_it_is_told_to_people_and_programs() -> None:
    tally = Tally(booths=2, met=1, connected=1, made=3, gone=2, refused=1, troubles=Counter({"cut off": 1}))
    assert "1 of 2 connected" in line_from_tally(tally)
    assert "cut off" in line_from_tally(tally)
    values = json.loads(json.dumps(values_from_tally(tally, 0.0), allow_nan=False))
    assert (values["waiting"], values["trouble"], values["acknowledged_s"]["p99"]) == (1, "cut off", None)
