"""The whole report: parts, JSON that stays as it is, and a page that needs nothing else."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from appliance.artifacts import Bank
from appliance.vision.descriptor import VERSION
from calibration.audit.goals import Goal
from calibration.audit.page import audit_page, goal_words, number
from calibration.audit.report import SCHEMA, Report, make_report, plain
from calibration.audit.rulings import Court
from calibration.audit.sight import vectors_of
from calibration.bank import learn_bank
from tests.calibration.audit.trialling import court, facts, trials
from tests.pages import read

TOP = {
    "schema", "day", "bank", "origin", "pictures", "wanted", "seed", "facts", "networks", "threshold", "parts", "own",
    "alone", "leaks", "verdict", "missed",
}  # fmt: skip
FINDING = {"key", "words", "figure", "unit", "goal", "verdict", "interval"}


@lru_cache(maxsize=1)
def street() -> Bank:
    return learn_bank(vectors_of(trials().sights["bank"]), VERSION)


@lru_cache(maxsize=8)
def report(skin: float = 0.0, everyday: int = 120, fewest: int = 10) -> Report:
    def court_of(_: Bank) -> Court:
        return court(skin)

    tried = trials(everyday=everyday, people=min(40, everyday))
    return make_report(street(), tried, facts(fewest), court_of, 0.05, "2026-11-22", 1)


def test_an_unfair_judge_is_reported_as_missed() -> None:
    part = {one.key: one for one in report(skin=0.5).parts}["own.fairness"]
    assert "missed: skin tone" in part.line
    assert report(skin=0.5).missed > report().missed


def test_a_bank_of_a_few_people_is_reported_as_missed() -> None:
    part = {one.key: one for one in report(fewest=4).parts}["privacy"]
    assert "fewest people behind anything stored" in part.line


def test_the_report_has_these_parts_in_this_order() -> None:
    assert [part.key for part in report().parts] == [
        "own.fairness", "own.detection", "privacy", "calibration", "models.fairness", "models.detection",
    ]  # fmt: skip


def test_without_enough_test_people_the_models_alone_are_left_out() -> None:
    young = report(everyday=12)
    assert young.alone is None
    assert [part.key for part in young.parts] == ["own.fairness", "own.detection", "privacy", "calibration"]
    audit_page(young)


def test_json_has_these_keys_and_no_nan() -> None:
    told = json.loads(json.dumps(plain(report()), allow_nan=False))
    assert told["schema"] == SCHEMA == "audit/1"
    assert set(told) == TOP
    assert {frozenset(one) for part in told["parts"] for one in part["findings"]} == {frozenset(FINDING)}
    assert {one["key"] for one in told["parts"][2]["findings"]} == {
        "schema", "supporters", "aggregates", "membership", "membership_worst", "mask", "faces", "hashes",
    }  # fmt: skip
    assert {one["key"] for one in told["parts"][3]["findings"]} == {"passages", "rate"}


def test_figures_in_json_are_those_of_the_report() -> None:
    made = report(skin=0.2)
    told = plain(made)
    assert told["own"]["fair"][0]["shift"]["mean"] == made.own.fair[0].shift.mean
    assert told["parts"][0]["findings"][0]["figure"] == made.parts[0].findings[0].figure
    assert told["verdict"] == made.line
    assert plain(report(skin=0.2)) == told


@pytest.mark.parametrize("skin", [0.0, 0.5])
def test_a_page_is_whole_and_fetches_and_runs_nothing(skin: float) -> None:
    page = audit_page(report(skin))
    reader = read(page)
    assert reader.open == []
    assert reader.fetched == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(reader.tags)
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_a_page_says_met_and_missed_in_words_with_goal_and_figure() -> None:
    page = audit_page(report(skin=0.5))
    assert '<td class="missed">missed</td>' in page
    assert '<td class="met">met</td>' in page
    assert "at most 0.050 sigma" in page
    assert "picodet-s" in page


def test_what_goes_into_a_page_is_escaped() -> None:
    made = report()
    page = audit_page(Report(**{**vars(made), "origin": "<script>alert(1)</script>"}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_numbers_and_goals_are_words() -> None:
    assert number(float("nan"), "sigma") == "not measured"
    assert number(1.0, "yes") == "yes"
    assert number(0.065, "share") == "6.5%"
    assert goal_words(Goal(0.04, 0.065), "share") == "4.0% to 6.5%"
    assert goal_words(Goal(least=300), "people") == "at least 300"
    assert goal_words(None, "sigma") == ""
