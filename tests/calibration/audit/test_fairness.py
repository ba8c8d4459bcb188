"""An unfair judge is found out; a fair one is not blamed."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.audit.changes import GROUPS, group_of
from calibration.audit.fairness import everyday_of, fairness_findings, garment_control, silence_finding
from calibration.audit.goals import Finding, Verdict
from calibration.audit.pairs import Row, compare, pairs_of, row_of
from calibration.audit.rulings import Ruling, rule_on
from tests.calibration.audit.trialling import court, trials

THRESHOLD = 0.95


def audited(skin: float, lost: int = 0) -> tuple[dict[str, Finding], Row]:
    tried = trials(lost=lost)
    rulings = rule_on(tried.sights, court(skin))
    everyday = everyday_of(rulings)
    compared = compare(tried.pairs, rulings, THRESHOLD)
    rows = [row_of(one, everyday, np.random.default_rng(0)) for one in compared]
    found = [
        *fairness_findings(compared, rows, everyday),
        garment_control(rulings, rows, THRESHOLD, everyday),
    ]
    return {one.key: one for one in found}, rows[0]


def test_a_judge_who_looks_at_the_skin_misses_every_goal_of_skin_tone() -> None:
    found, _ = audited(skin=0.5)
    for key in ("skin_tone.mean", "skin_tone.p95", "skin_tone.flips", "garment_control"):
        assert found[key].verdict is Verdict.MISSED, key


def test_a_judge_of_outfits_only_meets_them() -> None:
    found, _ = audited(skin=0.0)
    for key in ("skin_tone.mean", "skin_tone.p95", "skin_tone.flips", "skin_tone.gap"):
        assert found[key].verdict is Verdict.MET, key


def test_the_shift_is_in_standard_deviations_across_outfits() -> None:
    found, row = audited(skin=0.3)
    outfits = trials().sights["normal"].values()
    sigma = float(np.std([one.measures["texture"][0] for one in outfits]))
    assert found["skin_tone.mean"].figure == pytest.approx(0.3 / sigma, rel=1e-5)
    assert row.shift.bias == pytest.approx(row.shift.mean)
    assert row.low <= row.shift.mean <= row.high


def test_to_be_silent_about_one_skin_only_is_unfair_too() -> None:
    found, row = audited(skin=0.0, lost=20)
    assert found["skin_tone.gap"].verdict is Verdict.MISSED
    assert found["skin_tone.gap"].figure == pytest.approx(0.5)
    assert row.unjudged == (0.0, 0.5)
    assert row.people == 20


def test_to_be_silent_about_everybody_is_no_way_to_be_fair() -> None:
    judged_one, nobody = Ruling(1.0, 0.5), None
    found = [
        silence_finding({str(n): nobody if n < lost else judged_one for n in range(100)})
        for lost in (0, 5, 30)
    ]
    assert [one.verdict for one in found] == [Verdict.MET, Verdict.OPEN, Verdict.MISSED]
    assert silence_finding({}).verdict is Verdict.OPEN


def test_pairs_are_matched_by_person_and_turn_only_across_the_threshold() -> None:
    first = {"a": Ruling(1.0, 0.96), "b": Ruling(2.0, 0.5), "c": None}
    second = {"c": Ruling(1.0, 0.5), "b": Ruling(2.5, 0.6), "a": Ruling(1.5, 0.94), "d": Ruling(0.0, 0.0)}
    pairs = pairs_of("hair", first, second, THRESHOLD)
    assert pairs.first.tolist() == [1.0, 2.0]
    assert pairs.second.tolist() == [1.5, 2.5]
    assert pairs.turned.tolist() == [1.0, 0.0]
    assert pairs.unjudged.tolist() == [[0, 0], [0, 0], [1, 0]]


def test_nobody_to_compare_gives_no_figure_and_no_finding() -> None:
    assert compare({"hair": ("normal", "fair_hair")}, {"normal": {}}, THRESHOLD) == []
    assert compare({"hair": ("normal", "fair_hair")}, {"normal": {}, "fair_hair": {}}, THRESHOLD) == []
    nobody = pairs_of("hair", {"a": None}, {"a": None}, THRESHOLD)
    row = row_of(nobody, np.zeros(0), np.random.default_rng(0))
    assert np.isnan([row.shift.mean, row.low, row.turned]).all()
    (mean, gap) = fairness_findings([nobody], [row], np.zeros(0))
    assert mean.verdict is Verdict.OPEN
    assert gap.verdict is Verdict.MET


@pytest.mark.parametrize(
    ("change", "group"),
    [
        ("skin tone Monk 2/9", "skin_tone"), ("monk5", "skin_tone"), ("skinred", "skin_hue"), ("hair", "hair"),
        ("headscarf", "head_covering"), ("wig", "head_covering"), ("wheelchair-front", "wheelchair"),
        ("seated", "wheelchair"), ("cane", "aid"), ("width -12/+12", "width"), ("background", "background"),
        ("dark", "light"), ("white balance", "light"), ("half", "view"), ("shade", "shadow"), ("tail", "other"),
    ],
)  # fmt: skip
def test_a_change_has_the_goals_of_its_group(change: str, group: str) -> None:
    assert group_of(change).key == group


def test_all_changes_but_shadow_have_a_goal() -> None:
    assert [group.key for group in GROUPS if group.mean is None] == ["shadow"]
