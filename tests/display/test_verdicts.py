"""What became of the cards: each counts once, for some minutes, and nothing grows without bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.display.verdicts import MOST_REMEMBERED, REMEMBERED_S, VERDICTS, Verdict, Verdicts

verdicts = st.sampled_from(VERDICTS)


@given(st.lists(st.tuples(st.integers(1, 5), verdicts), max_size=40))
def test_the_counters_never_exceed_the_cards(presses: list[tuple[int, Verdict]]) -> None:
    kept = Verdicts()
    for number in (1, 2, 3):
        kept.expect(number, 0)
    counted = sum(kept.count(number, verdict, 1) for number, verdict in presses)
    assert sum(kept.counts.values()) == counted <= 3


def test_a_card_has_one_word_and_that_is_counted() -> None:
    kept = Verdicts()
    kept.expect(7, 0)
    assert kept.count(7, "not-found", 1)
    assert not kept.count(7, "greeted", 2)
    assert kept.counts == {"greeted": 0, "not-found": 1, "disagree": 0}


def test_a_word_on_a_card_of_long_ago_counts_nothing() -> None:
    kept = Verdicts()
    kept.expect(7, 0)
    assert kept.waiting(REMEMBERED_S - 1) == (7,)
    assert not kept.count(7, "greeted", REMEMBERED_S)
    assert kept.waiting(REMEMBERED_S) == ()


def test_no_more_cards_are_remembered_than_there_is_room_for_and_the_newest_stand_first() -> None:
    kept = Verdicts()
    for number in range(1000):
        kept.expect(number, number / 1000)
    assert len(kept.waiting(1)) == MOST_REMEMBERED
    assert kept.waiting(1)[0] == 999
