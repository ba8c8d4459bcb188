"""Whether one passage can be found in a release: neighbours, drawn often, differ by no more than epsilon says.

`make test-privacy` draws whole releases 10,000 times, thresholds and all; here are the single questions.
"""

from __future__ import annotations

import os

import pytest

from appliance.uplink.trends import noise
from appliance.uplink.trends.noise import Query, Questions, queries
from appliance.uplink.trends.tables import all_tables, cells_of
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import JEANS
from tests.uplink.trends.neighbours import (
    CELL,
    EDGE,
    doubled,
    draws,
    events,
    halved,
    least_epsilon,
    pair,
    sure_ratio,
)

DRAWS = 2500
SIGN = 2.0
"Standard deviations that tell a mutant: it is far enough beyond that it is missed once in a thousand runs at most."
WHOLE = int(os.environ.get("BOOTH_PRIVACY_DRAWS", "0"))
whole = pytest.mark.skipif(not WHOLE, reason="whole releases are drawn by make test-privacy, for minutes")


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(1.0)


def high(tally: Tally, questions: Questions, query: Query, limit: int, times: int = DRAWS) -> int:
    """How often, of so many times, the one question is answered above the limit."""
    name = query.name
    cell = dict(zip((table.name for table in all_tables()), cells_of(JEANS), strict=True)).get(name, 0)
    return sum(questions.answer(questions.open(tally), query)[cell] > limit for _ in range(times))


@pytest.mark.parametrize("query", [queries(1.0)[0], queries(1.0)[-1]], ids=lambda query: query.name)
def test_one_question_tells_neighbours_apart_by_its_epsilon_at_most(
    questions: Questions, query: Query
) -> None:
    without, with_one = (high(tally, questions, query, 300) for tally in pair(300))
    assert sure_ratio(with_one, without, DRAWS) <= query.epsilon


def test_half_the_noise_would_be_found_out(questions: Questions) -> None:
    query = queries(1.0)[0]
    times = 2 * DRAWS
    without, with_one = (high(doubled(tally), questions, query, 601, times) for tally in pair(300))
    assert sure_ratio(with_one, without, times, SIGN) > query.epsilon


def test_half_the_noise_is_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise.Query, "scale", property(lambda query: 0.5 / query.epsilon))
    with pytest.raises(ValueError, match="would cost 2"):
        Questions(1.0)


@whole
@pytest.mark.parametrize("passages", [3000, EDGE, CELL])
def test_whole_releases_tell_neighbours_apart_by_epsilon_at_most(questions: Questions, passages: int) -> None:
    """Of a busy street, one that is released every second time, and one whose cells are told every second time."""
    one, other = (draws(tally, WHOLE, questions) for tally in pair(passages))
    for name, epsilon, event in events(passages):
        found = least_epsilon(event, one, other)
        print(f"{passages} passages, {WHOLE} draws: {name}: at least {found:.3f}, claimed {epsilon:g}")
        assert found <= epsilon, name


@whole
def test_whole_releases_with_half_the_noise_are_found_out(questions: Questions) -> None:
    one, other = (
        [halved(noisy) for noisy in draws(doubled(tally), WHOLE, questions)] for tally in pair(3000)
    )
    found = {name: (least_epsilon(event, one, other, SIGN), epsilon) for name, epsilon, event in events(3000)}
    print(found)
    assert found["there is a release, and all of it is high"][0] > 1.0
    assert sum(seen > epsilon for seen, epsilon in found.values()) >= 6
