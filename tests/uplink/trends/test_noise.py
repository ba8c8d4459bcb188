"""OpenDP's gate: six questions cost one whole, in their order and once, and whatever is over it refuses itself."""

from __future__ import annotations

from collections import Counter

import pytest

from appliance.outfit import Outfit
from appliance.uplink.trends.noise import PASSAGES, Query, Questions, draw, queries
from appliance.uplink.trends.tables import all_tables
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import DAY, JEANS, alike, at_least, street


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(1.0)


def test_all_questions_of_a_day_cost_one_whole(questions: Questions) -> None:
    assert 0.999999 < questions.cost <= 1.0
    assert [query.name for query in queries(1.0)] == [PASSAGES, *(table.name for table in all_tables())]
    assert [round(query.epsilon, 9) for query in queries(1.0)] == [0.2, *[0.16] * 5]


def test_what_somebody_wore_costs_up_to_twice_what_the_tables_cost() -> None:
    """Of one whom everybody knows to have passed: the README, the report and the contract say so."""
    epsilons = {query.name: query.epsilon for query in queries(1.0)}

    def cost(outfit: Outfit, other: Outfit) -> float:
        ours, theirs = alike(outfit, 1), alike(other, 1)
        assert ours.passages == theirs.passages
        pairs = {name: zip(counts, theirs.counts[name], strict=True) for name, counts in ours.counts.items()}
        return sum(epsilons[name] * sum(abs(a - b) for a, b in pair) for name, pair in pairs.items())

    other = Outfit("red", "green", ("red", "red", "green", "white"), "striped")
    assert cost(JEANS, JEANS) == 0
    assert cost(JEANS, other) == pytest.approx(1.6)


@pytest.mark.parametrize("epsilon", [0.01, 0.1, 0.3, 0.7, 1.0])
def test_no_setting_costs_more_than_it_says(epsilon: float) -> None:
    assert 0.999999 * epsilon < Questions(epsilon).cost <= epsilon


def test_a_question_over_the_budget_is_refused_by_opendp(questions: Questions) -> None:
    from opendp.mod import OpenDPException

    asked = list(queries(1.0))
    left = questions.open(street(300))
    for query in asked:
        questions.answer(left, query)
    with pytest.raises(OpenDPException, match="out of queries"):
        questions.answer(left, asked[0])


def test_a_dearer_question_than_was_planned_is_refused_by_opendp(questions: Questions) -> None:
    from opendp.mod import OpenDPException

    left = questions.open(street(300))
    with pytest.raises(OpenDPException, match="insufficient budget"):
        questions.answer(left, Query(PASSAGES, 0.21))


def test_a_street_without_anybody_is_noise_alone(questions: Questions) -> None:
    drawn = draw(Tally(DAY), questions)
    assert all(abs(count) < 200 for counts in drawn.counts.values() for count in counts)
    assert {name: len(counts) for name, counts in drawn.counts.items()} == {
        table.name: len(table.labels) for table in all_tables()
    }


def test_the_noise_is_of_the_scale_that_the_release_says(questions: Questions) -> None:
    """By its tails: 2,400 draws of each of two questions, within four standard deviations."""
    tally, asked = Tally(DAY), queries(1.0)
    seen = Counter[tuple[str, int]]()
    drawn = [draw(tally, questions) for _ in range(70)]
    cells = [count for one in drawn for counts in one.counts.values() for count in counts]
    scale = asked[1].scale
    for k in (1, 7, 15):
        share = sum(count >= k for count in cells) / len(cells)
        expected = at_least(scale, k)
        assert abs(share - expected) < 4 * (expected * (1 - expected) / len(cells)) ** 0.5, k
    assert not seen
