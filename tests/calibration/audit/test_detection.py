"""Figures of made exceptions equal those computed anew, and miss their goals when nothing is seen."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.audit.detection import detection_findings, kinds_of
from calibration.audit.goals import Verdict
from calibration.audit.rulings import Ruling, rule_on
from calibration.trials.statistics import auroc
from tests.calibration.audit.trialling import OUTFIT, court, trials

THRESHOLD = 0.95


def test_auroc_and_shares_are_those_computed_anew() -> None:
    tried = trials()
    kinds = kinds_of(rule_on(tried.sights, court()), tried.families, THRESHOLD, np.random.default_rng(0))
    found = {kind.name: kind for kind in kinds}
    outfits = {
        name: [one.measures[OUTFIT][0] for one in people.values()] for name, people in tried.sights.items()
    }
    normal, same = (np.array(outfits[name], np.float64) for name in ("normal", "exc_none"))
    assert found["none"].auroc == pytest.approx(auroc(normal, same))
    assert found["none"].told == pytest.approx((same.astype(np.float32) >= THRESHOLD).mean())
    assert found["cape"].auroc == 1
    assert found["cape"].recall == 1
    assert found["cape"].family == "quiet shape"
    assert set(found) == {"none", "hue90", "cape"}


def test_what_is_seen_meets_its_goal_and_the_control_is_at_a_half() -> None:
    tried = trials()
    kinds = kinds_of(rule_on(tried.sights, court()), tried.families, THRESHOLD, np.random.default_rng(0))
    found = {one.key: one for one in detection_findings(kinds)}
    assert found["loud.auroc"].verdict is Verdict.MET
    assert found["quiet.auroc"].verdict is Verdict.MET
    assert found["none.auroc"].verdict in (Verdict.MET, Verdict.OPEN)


def test_a_blind_booth_misses_them() -> None:
    rng = np.random.default_rng(1)
    names = ("normal", "exc_vivid", "exc_cape", "exc_none")
    blind = {name: {str(n): Ruling(float(rng.random()), 0.5) for n in range(200)} for name in names}
    found = {one.key: one for one in detection_findings(kinds_of(blind, {}, THRESHOLD, rng))}
    for key in ("loud.auroc", "loud.recall", "quiet.auroc"):
        assert found[key].verdict is Verdict.MISSED, key


def test_who_is_not_judged_counts_as_missed() -> None:
    everyday = {str(n): Ruling(n / 100, 0.5) for n in range(100)}
    half = {"a": Ruling(5.0, 1.0), "b": None}
    (kind,) = kinds_of({"normal": everyday, "exc_vivid": half}, {}, THRESHOLD, np.random.default_rng(0))
    assert (kind.recall, kind.judged, kind.told, kind.people) == (0.5, 0.5, 1.0, 2)


def test_nobody_gives_no_figures() -> None:
    (kind,) = kinds_of({"exc_vivid": {}}, {}, THRESHOLD, np.random.default_rng(0))
    assert np.isnan([kind.auroc, kind.told]).all()
    assert detection_findings([]) == []
