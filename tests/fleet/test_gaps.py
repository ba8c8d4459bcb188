"""Sequence numbers: what is missing does not depend on the order, on repetitions, or on who tells it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.fleet.gaps import MOST_PIECES, Sequence

numbers = st.integers(min_value=1, max_value=40)
words = st.lists(st.tuples(st.sampled_from(["hear", "tell"]), numbers), max_size=60)


def sequence_of(said: list[tuple[str, int]]) -> Sequence:
    sequence = Sequence()
    for word, number in said:
        getattr(sequence, word)(number)
    return sequence


def missing_by_sets(said: list[tuple[str, int]]) -> set[int]:
    """The living definition: all from the least to the greatest known number that were not heard."""
    heard = {number for word, number in said if word == "hear"}
    told = {number for word, number in said if word == "tell"}
    if not heard | told:
        return set()
    base = min(heard | {number + 1 for number in told})
    return set(range(base, max(heard | told) + 1)) - heard


@given(words)
def test_what_is_missing_is_what_a_set_would_say(said: list[tuple[str, int]]) -> None:
    sequence = sequence_of(said)
    expected = missing_by_sets(said)
    named = {number for first, last in sequence.holes() for number in range(first, last + 1)}
    assert named == expected
    assert sequence.missing == len(expected)


@given(words, st.randoms(use_true_random=False))
def test_order_and_repetitions_change_nothing(said: list[tuple[str, int]], chance: random.Random) -> None:
    again = [*said, *chance.sample(said, len(said) // 2)]
    chance.shuffle(again)
    one, other = sequence_of(said), sequence_of(again)
    assert (one.missing, one.lead, [*one.holes()]) == (other.missing, other.lead, [*other.holes()])


@given(st.lists(numbers))
def test_a_number_is_new_once(heard: list[int]) -> None:
    sequence = Sequence()
    assert sum(sequence.hear(number) for number in heard) == len(set(heard))


def test_a_sequence_of_which_nothing_is_known_lacks_nothing() -> None:
    sequence = Sequence()
    assert (sequence.missing, sequence.lead, [*sequence.holes()]) == (0, 0, [])


def test_the_end_is_missing_when_the_booth_says_that_it_has_left() -> None:
    sequence = sequence_of([("hear", 4), ("hear", 5)])
    sequence.tell(8)
    assert (sequence.missing, [*sequence.holes()]) == (3, [(6, 8)])
    assert sequence.hear(7)
    assert [*sequence.holes()] == [(6, 6), (8, 8)]


def test_the_beginning_is_unknown_not_missing() -> None:
    assert sequence_of([("hear", 7)]).lead == 6
    assert sequence_of([("tell", 6), ("hear", 8)]).lead == 6
    assert sequence_of([("tell", 6), ("hear", 8)]).missing == 1


@pytest.mark.parametrize("word", ["hear", "tell"])
def test_what_passed_while_nobody_listened_is_not_missing(word: str) -> None:
    sequence = sequence_of([("hear", 1), ("hear", 3)])
    sequence.pause()
    assert not sequence.hear(3), "a repetition does not end the pause"
    getattr(sequence, word)(9)
    assert sequence.missing == 1
    sequence.hear(11)
    assert [*sequence.holes()] == [(2, 2), (10, 10)]


@given(words, words)
def test_a_pause_never_makes_more_missing(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    paused = sequence_of(before)
    paused.pause()
    for word, number in after:
        getattr(paused, word)(number)
    assert 0 <= paused.missing <= sequence_of(before + after).missing


def test_many_holes_are_still_counted_but_only_the_last_named() -> None:
    sequence = Sequence()
    holes = 3 * MOST_PIECES
    for number in range(1, 2 * holes + 2, 2):
        sequence.hear(number)
    assert sequence.missing == holes
    assert len([*sequence.holes()]) == MOST_PIECES - 1
    assert [*sequence.holes()][-1] == (2 * holes, 2 * holes)
