"""The board: few cards, never for long, whatever comes in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.display.board import MOST_CARDS, Board
from appliance.display.card import Card

CARD_S = 20.0
times = st.floats(0, 1e6)


def card(at_s: float, rarity: float = 0.95) -> Card:
    return Card(rarity, ("red", "striped", "upper"), "street", at_s)


@given(st.lists(st.tuples(times, times)), times)
def test_no_more_than_two_cards_live_and_none_beyond_its_time(
    arrivals: list[tuple[float, float]], now_s: float
) -> None:
    board = Board(CARD_S)
    for at_s, shown_s in sorted(arrivals, key=lambda arrival: arrival[1]):
        board.show(card(at_s), shown_s)
    live = board.live(now_s)
    assert len(live) <= MOST_CARDS
    assert all(shown.until_s > now_s for shown in live)


@given(times, times)
def test_a_card_is_gone_card_s_after_it_was_shown_at_the_latest(at_s: float, shown_s: float) -> None:
    board = Board(CARD_S)
    board.show(card(at_s), shown_s)
    assert all(shown.until_s <= shown_s + CARD_S for shown in board.live(shown_s))
    assert board.live(shown_s + CARD_S) == ()


@given(times, st.floats(0, CARD_S - 0.01))
def test_a_fresh_card_is_seen_until_its_time_is_over(at_s: float, age_s: float) -> None:
    board = Board(CARD_S)
    assert board.show(card(at_s), at_s)
    assert len(board.live(at_s + age_s)) == 1


def test_a_card_that_comes_too_late_is_not_shown() -> None:
    assert not Board(CARD_S).show(card(at_s=100), now_s=120)


def test_the_newest_cards_stand_first_and_push_the_oldest_out() -> None:
    board = Board(CARD_S)
    for rarity in (0.91, 0.92, 0.93):
        board.show(card(100, rarity), 100)
    assert [shown.card.rarity for shown in board.live(100)] == [0.93, 0.92]


def test_each_card_has_a_number_of_its_own() -> None:
    boards = [Board(CARD_S), Board(CARD_S)]
    numbers = [
        shown.number for board in boards for shown in (board.show(card(100), 100) for _ in range(9)) if shown
    ]
    assert len(set(numbers)) == 18
    assert max(numbers) < 2**53  # a page keeps numbers as floats


def test_an_empty_board_shows_nothing() -> None:
    assert Board(CARD_S).live(0) == ()


@given(times, times, times)
def test_after_a_wipe_only_what_was_seen_later_is_shown(before_s: float, wiped_s: float, at_s: float) -> None:
    board = Board(CARD_S)
    board.show(card(before_s), before_s)
    board.wipe(wiped_s)
    assert board.live(before_s) == ()
    assert (board.show(card(at_s), at_s) is not None) == (at_s > wiped_s)


def test_nothing_of_a_card_stays_in_memory_after_its_time() -> None:
    board = Board(CARD_S)
    board.show(card(100), 100)
    board.forget(120)
    assert board._cards == ()
