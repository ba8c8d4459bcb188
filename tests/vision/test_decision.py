"""One decision per passage: an exception exactly above the wanted rarity, an abstention never."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.artifacts import Bank
from appliance.config import Rule
from appliance.records import Passage
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.decision import Decider, abstention, asked
from appliance.vision.novelty import Judge, Novelty
from appliance.vocabulary import WORDS
from calibration.bank import learn_bank
from tests.streets import BLUE, GREY, RED, cloth, describe, passage, tail

PATTERN = ("plain", "stripes", "checks")


@pytest.fixture(scope="module")
def bank() -> Bank:
    """A street in greys and blues that bears a wanted share of 5 %."""
    return grey_street(120)


def grey_street(people: int) -> Bank:
    rng = np.random.default_rng(3)
    uppers = [tuple(int(c) for c in rng.integers(60, 150, 3)) for _ in range(people)]
    return learn_bank(
        describe(*[cloth((c[0], c[0], c[0]), (40, 40, c[2])) for c in uppers]), "descriptor/1", 3
    )


def decider(bank: Bank, wanted_share: float = 0.05) -> Decider:
    return Decider(Rule(wanted_share=wanted_share), Judge(bank, 3, CpuNeighbours))


def wearing(
    track: int, upper: tuple[int, int, int], lower: tuple[int, int, int], pattern: str = "plain"
) -> Passage:
    return passage(track, {name: rows[0] for name, rows in describe(cloth(upper, lower, pattern)).items()})


def test_a_red_coat_is_an_exception_in_a_grey_street(bank: Bank) -> None:
    usual, red = decider(bank).decide([wearing(1, GREY, (40, 40, 100)), wearing(2, RED, RED)])
    assert (usual.track, usual.exception) == (1, False)
    assert (red.track, red.exception) == (2, True)
    assert red.rarity > 0.95 > usual.rarity
    assert red.distance > usual.distance >= 0
    assert "red" in red.why


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([RED, BLUE, GREY]), st.sampled_from(PATTERN)), max_size=5
    )
)
def test_each_passage_has_one_decision_in_its_place(
    bank: Bank, people: list[tuple[bool, tuple[int, int, int], str]]
) -> None:
    given_passages = [
        passage(row, None) if abstains else wearing(row, colour, GREY, pattern)
        for row, (abstains, colour, pattern) in enumerate(people)
    ]
    decided = decider(bank).decide(given_passages)
    assert [one.track for one in decided] == list(range(len(people)))
    for one, (abstains, _, _) in zip(decided, people, strict=True):
        assert bool(one.abstained) == abstains
        assert set(one.why) <= set(WORDS)
        assert len(one.why) <= 3
        if abstains:
            assert (one.exception, one.rarity, one.distance, one.why) == (False, 0, 0, ())


@pytest.mark.parametrize("wanted_share", [0.05, 0.2, 0.5])
def test_an_exception_is_whose_rarity_reaches_the_threshold(bank: Bank, wanted_share: float) -> None:
    colours = [RED, BLUE, GREY, (60, 60, 60), (150, 150, 150), (90, 140, 90)]
    decided = decider(bank, wanted_share).decide([wearing(i, c, c) for i, c in enumerate(colours)])
    assert [one.exception for one in decided] == [one.rarity >= 1 - wanted_share for one in decided]


@pytest.mark.parametrize(("people", "wanted_share"), [(24, 0.05), (11, 0.2), (24, 0.01)])
def test_a_bank_too_young_for_the_share_tells_rarity_but_no_exception(
    people: int, wanted_share: float
) -> None:
    young = decider(grey_street(people), wanted_share)
    (red,) = young.decide([wearing(1, RED, RED)])
    assert (red.exception, red.abstained, red.settled) == (False, "", True)
    assert red.rarity > 0.8
    assert red.distance > 0
    assert young.readiness(0.0).startswith("too early to tell: ")


def test_a_bank_that_is_old_enough_is_ready(bank: Bank) -> None:
    assert decider(bank).readiness(0.0) == "ok"


def test_a_rarity_has_an_interval_that_narrows_with_the_street(bank: Bank) -> None:
    old, young = (decider(one).interval(0.9) for one in (bank, grey_street(24)))
    assert young[0] < old[0] < 0.9 < old[1] < young[1] <= 1


def test_a_newer_bank_ends_the_wait(bank: Bank) -> None:
    growing = decider(grey_street(24))
    assert not growing.decide([wearing(1, RED, RED)])[0].exception
    growing.adopt(Judge(bank, 3, CpuNeighbours))
    assert growing.decide([wearing(2, RED, RED)])[0].exception


def test_who_is_near_the_threshold_waits_for_another_view_and_who_is_not_is_settled(bank: Bank) -> None:
    red, grey = (replace(wearing(1, colour, (40, 40, 100)), final=False) for colour in (RED, GREY))
    near, usual = decider(bank).decide([red, grey])
    assert (near.settled, near.exception) == (False, False)
    assert (usual.settled, usual.exception) == (True, False)
    (last,) = decider(bank).decide([replace(red, final=True)])
    assert (last.settled, last.exception) == (True, True)


def test_one_view_alone_makes_no_exception_where_two_are_asked_for(bank: Bank) -> None:
    careful = Decider(Rule(), Judge(bank, 3, CpuNeighbours), least_views=2)
    once, twice = (replace(wearing(1, RED, RED), views=views) for views in (1, 2))
    assert [one.exception for one in careful.decide([once, twice])] == [False, True]
    assert careful.decide([once])[0].settled


def test_an_abstention_is_settled_when_no_view_will_come() -> None:
    for final in (True, False):
        assert abstention(passage(1, None, final=final)).settled == final


def test_a_decision_keeps_time_place_and_zone_of_its_passage(bank: Bank) -> None:
    seen = passage(5, wearing(5, RED, RED).measures, zone="door", at_s=7.5, box=(1.0, 2.0, 3.0, 4.0))
    (one,) = decider(bank).decide([seen])
    assert (one.zone, one.at_s, one.box) == ("door", 7.5, (1.0, 2.0, 3.0, 4.0))
    (none,) = decider(bank).decide([passage(6, None, zone="door", abstained="too dark")])
    assert (none.zone, none.abstained) == ("door", "too dark")


class EvenJudge:
    """A judge of an old bank to whom every rarity is as likely as any other."""

    def __init__(self) -> None:
        self.bank = Bank("any", 10_000, {}, tail(count=1000))
        self.references = 10_000
        self._rng = np.random.default_rng(4)

    def judge(self, _: object) -> Novelty:
        return Novelty(np.ones(1), self._rng.random(1), {}, {})


@pytest.mark.parametrize(("passages_per_hour", "wanted"), [(60, 6), (400, 6), (400, 40), (2000, 20)])
def test_a_wish_by_the_hour_is_given_whatever_the_pace_of_the_street(
    passages_per_hour: int, wanted: int
) -> None:
    busy = Decider(Rule(wanted_per_hour=wanted), cast(Judge, EvenJudge()))
    told = []
    for at_s in np.arange(0, 12 * 3600, 3600 / passages_per_hour):
        (one,) = busy.decide([passage(1, {"m": np.ones(1, np.float32)}, at_s=float(at_s))])
        told += [one.at_s] * one.exception
    later = sum(at_s > 2 * 3600 for at_s in told)
    assert later / 10 == pytest.approx(wanted, abs=3 * np.sqrt(wanted / 10) + 0.05 * wanted)


def test_no_passages_have_no_decisions(bank: Bank) -> None:
    assert decider(bank).decide([]) == []


def test_company_does_not_change_a_decision(bank: Bank) -> None:
    one, other = wearing(1, RED, BLUE), wearing(2, GREY, GREY, "checks")
    alone = decider(bank).decide([one])[0]
    together = decider(bank).decide([passage(9, None), other, one])[2]
    assert together.rarity == pytest.approx(alone.rarity, abs=1e-9)
    assert together.why == alone.why


def test_who_asks_is_judged_as_the_street_is_but_never_an_exception_and_counts_in_no_pace(bank: Bank) -> None:
    judge, red = decider(bank), wearing(2, RED, RED)
    judge.wish(Rule(wanted_per_hour=20))
    before = judge.readiness(100.0), judge._pace.share(100.0)
    answers = [judge.answer([wearing(1, GREY, (40, 40, 100)), red]) for _ in range(200)][-1]
    assert (judge.readiness(100.0), judge._pace.share(100.0)) == before
    (told,) = judge.decide([red])
    assert [(one.asked, one.judged, one.exception) for one in answers] == [(True, True, False)] * 2
    assert (answers[1].rarity, answers[1].why) == (told.rarity, told.why)
    assert answers[1].outfit.upper == "red"
    assert not told.asked


def test_who_asks_before_there_is_a_bank_has_an_outfit_and_no_rarity() -> None:
    answer = asked(wearing(2, RED, RED))
    assert (answer.judged, answer.rarity, answer.why, answer.exception) == (False, 0.0, (), False)
    assert (answer.outfit.upper, answer.asked) == ("red", True)
