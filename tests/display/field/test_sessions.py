"""Sessions: one phone at a time, out after a quarter of an hour without a touch, and nothing to steal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.field.sessions import GONE_S, IDLE_S, LONGEST_S, Sessions


def test_a_token_is_of_32_random_bytes() -> None:
    tokens = {Sessions().open(0.0) for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(bytes.fromhex(token)) == 32 for token in tokens)


def test_the_token_opens_and_no_other_does() -> None:
    sessions = Sessions()
    token = sessions.open(0.0)
    assert sessions.admit(token, 1.0, touched=False)
    for other in ("", token[:-1], token + "0", token.upper() if token.upper() != token else "x", "é"):
        assert not sessions.admit(other, 1.0, touched=False)


def test_the_memory_holds_no_token() -> None:
    sessions = Sessions()
    token = sessions.open(0.0)
    assert token not in repr(sessions.live(0.0))
    assert bytes.fromhex(token).hex() not in str(vars(sessions))


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_asking_alone_keeps_no_session_open(pauses_s: list[float]) -> None:
    sessions, now_s = Sessions(), 0.0
    token = sessions.open(now_s)
    for pause_s in pauses_s:
        now_s += pause_s
        assert sessions.admit(token, now_s, touched=False) == (now_s < IDLE_S)


def test_a_touch_gives_another_quarter_of_an_hour() -> None:
    sessions = Sessions()
    token = sessions.open(0.0)
    assert sessions.admit(token, IDLE_S - 1, touched=True)
    assert sessions.admit(token, 2 * IDLE_S - 2, touched=False)
    assert not sessions.admit(token, 2 * IDLE_S - 1, touched=True)


def test_nobody_takes_the_place_of_a_phone_that_asks() -> None:
    sessions = Sessions()
    token = sessions.open(0.0)
    for second in range(0, 600, 10):
        assert sessions.is_taken(second)
        assert sessions.admit(token, second, touched=False)


def test_a_phone_that_is_silent_for_a_minute_can_be_replaced_and_is_out_then() -> None:
    sessions = Sessions()
    first = sessions.open(0.0)
    assert sessions.is_taken(GONE_S - 1)
    assert not sessions.is_taken(GONE_S)
    second = sessions.open(GONE_S)
    assert not sessions.admit(first, GONE_S + 1, touched=True)
    assert sessions.admit(second, GONE_S + 1, touched=True)


@pytest.mark.parametrize("end", ["end", "idle"])
def test_after_the_end_nobody_is_in(end: str) -> None:
    sessions = Sessions()
    token = sessions.open(0.0)
    if end == "end":
        sessions.end()
    now_s = 1.0 if end == "end" else IDLE_S
    assert not sessions.is_taken(now_s)
    assert not sessions.admit(token, now_s, touched=True)


def test_no_phone_keeps_the_door_for_ever() -> None:
    sessions, now_s = Sessions(), 0.0
    token = sessions.open(now_s)
    while sessions.admit(token, now_s, touched=True):
        now_s += 30.0
        assert now_s <= LONGEST_S
    assert now_s == LONGEST_S
    assert sessions.live(now_s) is None
