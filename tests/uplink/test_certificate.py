"""Certificates: days are counted to the end, words say what a person must do, and a chain hangs together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.health.clock import FLOOR_UNIX_S, Clock
from appliance.uplink.certificate import (
    DAY_S,
    Validity,
    check_chain,
    issuers_of,
    read_certificates,
    validity_of,
)
from tests.uplink.authority import Authority

BEGINS = FLOOR_UNIX_S + 100 * DAY_S
YEAR = Validity(BEGINS, BEGINS + 365 * DAY_S)


def at(day: float, synced: bool = True) -> Clock:
    """`day` days after the begin of YEAR."""
    return Clock(BEGINS + day * DAY_S, synced)


@pytest.mark.parametrize(
    ("day", "days_left", "words"),
    [
        (-0.01, 365, "not yet valid"),
        (0, 365, "ok"),
        (243, 122, "ok"),
        (243.01, 121, "expires in 121 days"),
        (355.5, 9, "expires in 9 days"),
        (363.5, 1, "expires in 1 day"),
        (364.5, 0, "expires in 0 days"),
        (365.01, -1, "expired"),
        (400, -35, "expired"),
    ],
)
def test_words_follow_the_days(day: float, days_left: int, words: str) -> None:
    assert (YEAR.days_left(at(day)), YEAR.words(at(day))) == (days_left, words)


@pytest.mark.parametrize(("life_days", "told_days"), [(30, 9), (365, 121), (3650, 121)])
def test_the_end_is_told_when_a_third_is_left_and_of_ten_years_no_sooner(
    life_days: int, told_days: int
) -> None:
    validity = Validity(BEGINS, BEGINS + life_days * DAY_S)
    told = [day for day in range(life_days) if validity.words(at(day + 0.5)) != "ok"]
    assert validity.days_left(at(told[0] + 0.5)) == told_days


def test_a_clock_that_nobody_set_knows_no_days() -> None:
    for unset in (Clock(0, synced=False), Clock(FLOOR_UNIX_S - 1, synced=False)):
        assert YEAR.days_left(unset) is None
        assert YEAR.words(unset) == "unknown: the clock is not set"
    assert YEAR.words(at(10, synced=False)) == "ok", "a saved or hand-set time is better than none"


@given(st.floats(-1000, 1000), st.floats(0, 1000))
def test_days_never_rise_as_time_goes_by(day: float, later: float) -> None:
    now, then = YEAR.days_left(at(day)), YEAR.days_left(at(day + later))
    assert now is not None
    assert then is not None
    assert then <= now
    assert (now < 0) == (YEAR.words(at(day)) == "expired")
    assert ("expires in" in YEAR.words(at(day))) == (0 <= now < 365 / 3)


def test_several_are_good_while_all_are(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    long = read_certificates(authority.sign("a", begins_days=-50, ends_days=50).cert, "cert_file")
    short = read_certificates(authority.sign("b", begins_days=-1, ends_days=60).cert, "cert_file")
    both = validity_of([*long, *short])
    assert both == Validity(validity_of(short).begins_unix_s, validity_of(long).ends_unix_s)


def test_a_file_without_certificates_is_named_and_not_quoted(tmp_path: Path) -> None:
    key = Authority(tmp_path).sign("booth").key
    for file in (key, tmp_path / "gone"):
        with pytest.raises(BoothError, match=r"no certificate in PEM; mend uplink\.cert_file") as refused:
            read_certificates(file, "cert_file")
        assert str(refused.value) == f"{file}: no certificate in PEM; mend uplink.cert_file"


def test_a_chain_runs_from_ours_to_its_authority(tmp_path: Path) -> None:
    root = Authority(tmp_path / "root", "root")
    middle = Authority(tmp_path / "middle", "middle", signed_by=root)
    own = read_certificates(middle.sign("booth").cert, "cert_file")
    between, top = read_certificates(middle.ca, "ca_file"), read_certificates(root.ca, "ca_file")
    check_chain((*own, *between), top)
    check_chain(own, between)
    check_chain((), top)
    assert issuers_of((*own, *between), top) == top
    assert issuers_of(own, top) == ()
    with pytest.raises(BoothError, match="no chain; put ours first"):
        check_chain((*between, *own), top)


def test_an_authority_of_the_same_name_is_not_the_same(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours", "one name"), Authority(tmp_path / "theirs", "one name")
    own = read_certificates(ours.sign("booth").cert, "cert_file")
    old, new = read_certificates(theirs.ca, "ca_file"), read_certificates(ours.ca, "ca_file")
    with pytest.raises(BoothError, match=r"not signed by the authority in uplink\.ca_file"):
        check_chain(own, old)
    check_chain(own, (*old, *new))
    assert issuers_of(own, (*old, *new)) == new


def test_the_brokers_authority_may_be_another_than_ours(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours", "for booths"), Authority(tmp_path / "theirs", "for brokers")
    own = read_certificates(ours.sign("booth").cert, "cert_file")
    check_chain(own, read_certificates(theirs.ca, "ca_file"))
    check_chain(own, ())
