"""One-time codes: good once, for ten minutes, for five tries; guessing does not pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.display.field.codes import (
    DIGITS,
    FIRST_LOCK_S,
    LIFE_S,
    LONGEST_LOCK_S,
    MOST_WRONG,
    Codes,
)


def wrong_for(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**DIGITS:0{DIGITS}d}"


def test_a_code_has_eight_digits_and_is_another_each_time() -> None:
    codes = Codes()
    issued = {codes.issue(0.0).digits for _ in range(200)}
    assert all(len(digits) == DIGITS and digits.isdecimal() for digits in issued)
    assert len(issued) > 195


def test_a_code_opens_once() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    assert codes.redeem(code.digits, 1.0) == "right"
    assert codes.redeem(code.digits, 2.0) == "wrong"


@given(st.floats(0, 3 * LIFE_S))
def test_a_code_lives_ten_minutes(age_s: float) -> None:
    codes = Codes()
    code = codes.issue(0.0)
    assert codes.is_waiting(age_s) == (age_s < LIFE_S)
    assert codes.redeem(code.digits, age_s) == ("right" if age_s < LIFE_S else "wrong")


def test_a_new_code_takes_the_place_of_the_old_one() -> None:
    codes = Codes()
    old, new = codes.issue(0.0), codes.issue(1.0)
    assert codes.redeem(old.digits, 2.0) == "wrong"
    assert codes.redeem(new.digits, 3.0) == "right"


@pytest.mark.parametrize("given_text", ["", "1", "١٢٣٤٥٦٧٨", "\ud800", "12345678" * 1000, "None", "\0"])
def test_whatever_is_no_code_is_wrong(given_text: str) -> None:
    codes = Codes()
    codes.issue(0.0)
    assert codes.redeem(given_text, 1.0) == "wrong"


def test_nothing_is_right_while_no_code_is_shown() -> None:
    assert Codes().redeem("00000000", 0.0) == "wrong"


def test_five_wrong_tries_lock_the_door_and_spoil_the_code() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    for _ in range(MOST_WRONG):
        assert codes.redeem(wrong_for(code.digits), 1.0) == "wrong"
    assert codes.redeem(code.digits, 2.0) == "locked"
    assert codes.redeem(code.digits, 1.0 + FIRST_LOCK_S) == "wrong"


def test_a_new_code_does_not_lift_the_lock() -> None:
    codes = Codes()
    for _ in range(MOST_WRONG):
        codes.redeem("x", 0.0)
    assert codes.redeem(codes.issue(1.0).digits, 2.0) == "locked"


def test_each_lock_lasts_twice_as_long_up_to_an_hour() -> None:
    codes, now_s, locks = Codes(), 0.0, []
    for _ in range(30):
        for _ in range(MOST_WRONG):
            codes.redeem("x", now_s)
        locks.append(codes.locked_s(now_s))
        now_s += locks[-1]
    assert locks[:4] == [FIRST_LOCK_S * 2**number for number in range(4)]
    assert set(locks[7:]) == {LONGEST_LOCK_S}


def test_a_right_code_forgets_the_wrong_ones() -> None:
    codes = Codes()
    for now_s in range(20):
        assert codes.redeem("x", now_s) == "wrong"
        assert codes.redeem(codes.issue(now_s).digits, now_s) == "right"


class Guessing(RuleBasedStateMachine):
    """Somebody who guesses, waits and lets new codes be shown never has more than five tries at one code."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = Codes()
        self.now_s = 0.0
        self.digits = ""
        self.heard = 0

    @rule(seconds=st.floats(0, 4000))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def show(self) -> None:
        self.digits, self.heard = self.codes.issue(self.now_s).digits, 0

    @precondition(lambda self: self.digits)
    @rule()
    def guess(self) -> None:
        waiting = self.codes.is_waiting(self.now_s)
        answer = self.codes.redeem(wrong_for(self.digits), self.now_s)
        assert answer in ("wrong", "locked")
        self.heard += answer == "wrong" and waiting

    @invariant()
    def at_most_five(self) -> None:
        assert self.heard <= MOST_WRONG


TestGuessing = Guessing.TestCase
