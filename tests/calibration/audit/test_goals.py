"""When a goal is met, missed, or cannot be told."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as some

from calibration.audit.goals import Finding, Goal, Part, Verdict, judged, verdict_line

FIGURES = some.floats(-5, 5)


@given(FIGURES, FIGURES)
def test_a_figure_within_its_goal_is_met_and_one_beyond_is_missed(figure: float, most: float) -> None:
    finding = judged("x", "x", figure, "sigma", Goal(most=most))
    assert finding.verdict is (Verdict.MET if figure <= most else Verdict.MISSED)


@given(FIGURES, FIGURES, some.floats(0, 3))
def test_chance_excuses_only_what_its_interval_reaches(figure: float, most: float, aside: float) -> None:
    finding = judged(
        "x", "x", figure, "auroc", Goal(most=most), (figure - aside, figure + aside), by_chance=True
    )
    assert (finding.verdict is Verdict.MISSED) == (figure - aside > most)


def test_few_people_do_not_excuse_an_unfair_shift() -> None:
    assert judged("x", "x", 0.2, "sigma", Goal(most=0.05), (0.0, 0.5)).verdict is Verdict.MISSED


def test_what_was_not_measured_cannot_be_told() -> None:
    assert judged("x", "x", math.nan, "sigma", Goal(most=0.05)).verdict is Verdict.OPEN


def test_a_range_is_missed_on_both_sides() -> None:
    for figure in (0.01, 0.2):
        assert judged("x", "x", figure, "share", Goal(0.04, 0.065)).verdict is Verdict.MISSED


def test_a_line_counts_goals_and_names_what_missed() -> None:
    found: list[Finding] = [
        judged("a", "skin tone", 0.2, "sigma", Goal(most=0.05)),
        judged("b", "hair", 0.01, "sigma", Goal(most=0.05)),
        judged("c", "shadow", 0.3, "sigma", None),
    ]
    assert verdict_line(found) == "1 of 2 goals met; missed: skin tone"
    assert [one.key for one in Part("p", "P", tuple(found)).missed] == ["a"]
    unsure = judged("d", "skin tone, hidden", math.nan, "share", Goal(most=0.03))
    assert verdict_line([*found, unsure]) == "1 of 3 goals met; missed: skin tone"
    assert verdict_line([unsure]) == "0 of 1 goals met; cannot be told yet: skin tone"
    assert verdict_line([]) == "no goals here"
