"""One-time codes: good once, for ten minutes; who guesses is locked out, and nobody else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.display.field.codes import CROWDED, DIGITS, LIFE_S, SPOILED, Codes
from appliance.display.field.locks import (
    FIRST_LOCK_S,
    LONGEST_LOCK_S,
    MOST_ADDRESSES,
    MOST_WRONG,
    PEACE_S,
    Locks,
)

PHONE = "192.168.77.20"
STRANGER = "192.168.77.66"
NEIGHBOURS = [f"192.168.77.{last}" for last in range(1, 255) if f"192.168.77.{last}" != PHONE]


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
    assert codes.redeem(code.digits, PHONE, 1.0) == "right"
    assert codes.redeem(code.digits, PHONE, 2.0) == "wrong"


@given(st.floats(0, 3 * LIFE_S))
def test_a_code_lives_ten_minutes(age_s: float) -> None:
    codes = Codes()
    code = codes.issue(0.0)
    assert codes.is_waiting(age_s) == (age_s < LIFE_S)
    assert codes.redeem(code.digits, PHONE, age_s) == ("right" if age_s < LIFE_S else "wrong")


def test_a_new_code_takes_the_place_of_the_old_one() -> None:
    codes = Codes()
    old, new = codes.issue(0.0), codes.issue(1.0)
    assert codes.redeem(old.digits, PHONE, 2.0) == "wrong"
    assert codes.redeem(new.digits, PHONE, 3.0) == "right"


@pytest.mark.parametrize("given_text", ["", "1", "١٢٣٤٥٦٧٨", "\ud800", "12345678" * 1000, "None", "\0"])
def test_whatever_is_no_code_is_wrong(given_text: str) -> None:
    codes = Codes()
    codes.issue(0.0)
    assert codes.redeem(given_text, PHONE, 1.0) == "wrong"


def test_nothing_is_right_while_no_code_is_shown() -> None:
    assert Codes().redeem("00000000", PHONE, 0.0) == "wrong"


def test_five_wrong_tries_lock_their_own_address_out_and_no_other() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    for _ in range(MOST_WRONG):
        assert codes.redeem(wrong_for(code.digits), STRANGER, 1.0) == "wrong"
    assert codes.redeem(code.digits, STRANGER, 2.0) == "locked"
    assert codes.locked_s(PHONE, 2.0) == 0
    assert codes.redeem(code.digits, PHONE, 2.0) == "right"


def test_a_new_code_does_not_lift_the_lock() -> None:
    codes = Codes()
    for _ in range(MOST_WRONG):
        codes.redeem("x", PHONE, 0.0)
    assert codes.redeem(codes.issue(1.0).digits, PHONE, 2.0) == "locked"
    assert codes.redeem(codes.issue(3.0).digits, PHONE, FIRST_LOCK_S) == "right"


def test_each_lock_lasts_twice_as_long_up_to_an_hour() -> None:
    codes, now_s, locks = Codes(), 0.0, []
    for _ in range(30):
        for _ in range(MOST_WRONG):
            codes.redeem("x", PHONE, now_s)
        locks.append(codes.locked_s(PHONE, now_s))
        now_s += locks[-1]
    assert locks[:4] == [FIRST_LOCK_S * 2**number for number in range(4)]
    assert set(locks[7:]) == {LONGEST_LOCK_S}


def test_a_right_code_forgets_the_wrong_ones() -> None:
    codes = Codes()
    for now_s in range(20):
        assert codes.redeem("x", PHONE, now_s) == "wrong"
        assert codes.redeem(codes.issue(now_s).digits, PHONE, now_s) == "right"


def test_a_day_of_peace_forgets_what_was_wrong() -> None:
    locks = Locks()
    for _ in range(MOST_WRONG):
        locks.miss(PHONE, 0.0)
    assert locks.has_failed(PHONE, PEACE_S - 1)
    assert not locks.has_failed(PHONE, PEACE_S)
    locks.miss(PHONE, PEACE_S)
    assert locks.locked_s(PHONE, PEACE_S) == 0


def attack(codes: Codes, digits: str, addresses: list[str], start_s: float, seconds: int) -> int:
    """Guesses that are heard when each of the addresses tries every second."""
    heard = 0
    for second in range(seconds):
        for address in addresses:
            heard += codes.redeem(wrong_for(digits), address, start_s + second) == "wrong"
    return heard


def test_a_whole_neighbourhood_of_attackers_neither_keeps_the_technician_out_nor_guesses_much() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    assert attack(codes, code.digits, NEIGHBOURS, 0.0, int(LIFE_S) - 1) <= CROWDED + len(NEIGHBOURS) < SPOILED
    assert codes.redeem(code.digits, PHONE, LIFE_S - 1) == "right"


def test_one_address_has_twenty_tries_at_a_code_and_fewer_than_160_a_day() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    assert attack(codes, code.digits, [STRANGER], 0.0, int(LIFE_S)) == 20
    assert 20 + attack(codes, code.digits, [STRANGER], LIFE_S, 86_400 - int(LIFE_S)) < 160


def test_somebody_who_makes_up_addresses_spoils_a_code_before_guessing_pays() -> None:
    codes = Codes()
    code = codes.issue(0.0)
    for number in range(SPOILED - 1):
        assert codes.redeem(wrong_for(code.digits), f"fe80::{number:x}", 1.0) == "wrong"
    assert codes.is_waiting(1.0)
    codes.redeem(wrong_for(code.digits), "fe80::ffff", 1.0)
    assert not codes.is_waiting(1.0)
    assert codes.redeem(codes.issue(2.0).digits, PHONE, 3.0) == "right"


def test_no_more_addresses_are_remembered_than_the_memory_has_room_for() -> None:
    locks = Locks()
    for number in range(3 * MOST_ADDRESSES):
        locks.miss(f"fd00::{number:x}", float(number))
    assert len(locks) == MOST_ADDRESSES
    assert locks.has_failed(f"fd00::{3 * MOST_ADDRESSES - 1:x}", 3.0 * MOST_ADDRESSES)
    assert not locks.has_failed("fd00::0", 3.0 * MOST_ADDRESSES)


class Guessing(RuleBasedStateMachine):
    """Strangers who guess, wait and let new codes be shown are bounded, and the technician's phone is always heard."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = Codes()
        self.now_s = 0.0
        self.digits = ""
        self.heard: dict[str, int] = {}

    @rule(seconds=st.floats(0, 4000))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def show(self) -> None:
        self.digits, self.heard = self.codes.issue(self.now_s).digits, {}

    @precondition(lambda self: self.digits)
    @rule(last=st.integers(0, 3), tries=st.integers(1, 12))
    def guess(self, last: int, tries: int) -> None:
        address = f"10.0.0.{last}"
        for _ in range(tries):
            waiting = self.codes.is_waiting(self.now_s)
            answer = self.codes.redeem(wrong_for(self.digits), address, self.now_s)
            assert answer in ("wrong", "locked")
            self.heard[address] = self.heard.get(address, 0) + (answer == "wrong" and waiting)

    @invariant()
    def each_address_is_bounded(self) -> None:
        assert all(heard <= 20 for heard in self.heard.values())

    @invariant()
    def the_phone_is_heard(self) -> None:
        assert self.codes.locked_s(PHONE, self.now_s) == 0


TestGuessing = Guessing.TestCase
