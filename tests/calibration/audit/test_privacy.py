"""A bank that leaks, that stores persons or holds what it should not, is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.artifacts import Bank, save_bank, tensors_of
from appliance.records import FloatArray
from calibration.audit.goals import Finding, Verdict
from calibration.audit.privacy import (
    Network,
    attack_findings,
    attack_on,
    bank_findings,
    facts_of,
    facts_of_file,
    mask_finding,
    network_findings,
    suspects,
)
from calibration.bank import learn_bank

METADATA = {"schema": "bank/2", "descriptor": "d", "passages": "200"}


@pytest.fixture(scope="module")
def people() -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    rng = np.random.default_rng(5)
    sides = [{"colour": rng.random((200, 12)).astype(np.float32)} for _ in range(2)]
    return sides[0], sides[1]


@pytest.fixture(scope="module")
def bank(people: tuple[dict[str, FloatArray], dict[str, FloatArray]]) -> Bank:
    return learn_bank(people[0], "descriptor/1")


def by_key(found: list[Finding]) -> dict[str, Finding]:
    return {one.key: one for one in found}


def test_a_learned_bank_keeps_nothing_but_aggregates(bank: Bank, tmp_path: Path) -> None:
    file = tmp_path / "street.bank"
    save_bank(bank, file)
    facts = facts_of_file(file)
    assert facts.unknown == ()
    assert facts.fewest >= 10
    assert facts.bytes == file.stat().st_size
    assert facts.prototypes == {"colour": len(bank.measures["colour"].prototypes)}
    assert {one.verdict for one in bank_findings(facts)} == {Verdict.MET}


def test_a_prototype_of_three_people_is_reported(bank: Bank) -> None:
    stored = {**tensors_of(bank), "colour.supporters": np.array([30, 3])}
    facts = facts_of(stored, METADATA, 1)
    assert facts.fewest == 3
    assert by_key(bank_findings(facts))["supporters"].verdict is Verdict.MISSED


def test_a_tensor_that_no_bank_has_is_reported(bank: Bank) -> None:
    facts = facts_of({**tensors_of(bank), "colour.vectors": np.zeros((5, 12))}, METADATA, 1)
    assert facts.unknown == ("colour.vectors",)
    assert by_key(bank_findings(facts))["aggregates"].verdict is Verdict.MISSED


def test_an_empty_file_has_nobody_behind_it() -> None:
    found = by_key(bank_findings(facts_of({}, {}, 0)))
    assert found["supporters"].verdict is Verdict.MISSED
    assert found["schema"].verdict is Verdict.MISSED


def test_a_bank_of_members_is_found_out(
    bank: Bank, people: tuple[dict[str, FloatArray], dict[str, FloatArray]]
) -> None:
    members, others = people
    measure = bank.measures["colour"]
    count = len(members["colour"])
    copied = replace(
        measure,
        prototypes=(members["colour"] - measure.centre) / measure.spread,
        supporters=np.full(count, 10),
        growth=None,
    )
    leaks = attack_on(replace(bank, measures={"colour": copied}), members, others)
    found = by_key(attack_findings(leaks, count, count))
    assert leaks["all"] > 0.99
    assert found["membership"].verdict is Verdict.MISSED
    assert found["membership_worst"].verdict is Verdict.MISSED


def test_a_mean_of_two_hundred_is_not_blamed(
    bank: Bank, people: tuple[dict[str, FloatArray], dict[str, FloatArray]]
) -> None:
    measure = bank.measures["colour"]
    mean = ((people[0]["colour"].mean(axis=0) - measure.centre) / measure.spread)[None]
    one = replace(measure, prototypes=mean, supporters=np.array([200]), growth=None)
    found = attack_findings(attack_on(replace(bank, measures={"colour": one}), *people), 200, 200)
    assert Verdict.MISSED not in {finding.verdict for finding in found}


def test_without_people_no_attack_is_claimed(bank: Bank) -> None:
    (finding,) = attack_findings(attack_on(bank, {}, {}), 0, 0)
    assert finding.verdict is Verdict.OPEN


@pytest.mark.parametrize("purpose", ["ArcFace embedding", "person re-identification", "FaceNet 128"])
def test_a_network_that_knows_faces_is_reported(purpose: str) -> None:
    network = Network("net", purpose, "MIT", "0" * 64, known=True)
    assert by_key(network_findings([network], []))["faces"].verdict is Verdict.MISSED


def test_a_package_that_knows_faces_is_reported() -> None:
    assert suspects(["numpy", "insightface", "opencv-python-headless"]) == ["insightface"]


def test_a_network_of_unknown_bytes_is_reported() -> None:
    network = Network("picodet-s", "finds people", "Apache-2.0", "0" * 64, known=False)
    assert by_key(network_findings([network], []))["hashes"].verdict is Verdict.MISSED


def test_one_bit_that_leaks_through_the_mask_is_missed() -> None:
    assert mask_finding([True, True, False]).verdict is Verdict.MISSED
    assert mask_finding([True, True]).verdict is Verdict.MET
    assert mask_finding([]).verdict is Verdict.OPEN
