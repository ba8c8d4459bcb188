"""The booth's own eyes on painted people: seen as they are, through the mask only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.config import Settings
from appliance.verbs.audit import facts_of_networks, masks_held, network_of, packages
from appliance.verbs.witness import Witness
from appliance.vision.descriptor import MEASURES
from calibration.audit.goals import Verdict
from calibration.audit.painted import Cast, paint_scenes
from calibration.audit.privacy import network_findings
from calibration.audit.sight import NOBODY, Scene
from engines.cache import sha256_of


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    painted = paint_scenes(Cast(2, 7))
    return [next(painted) for _ in range(3)]


@pytest.fixture(scope="module")
def witness(eyes: Eyes) -> Witness:
    return Witness(eyes)


def test_painted_people_are_seen_where_they_stand_and_nowhere_else(
    witness: Witness, scenes: list[Scene]
) -> None:
    found = [witness.see(scene.photo, scene.box) for scene in scenes]
    shapes = [
        {name: vector.shape for name, vector in seen.measures.items()} for seen in found if seen.measures
    ]
    assert shapes
    assert all(one == {name: (length,) for name, length in MEASURES.items()} for one in shapes)
    assert all(seen.reason for seen in found if not seen.measures)
    assert witness.see(scenes[0].photo, (0, 0, 5, 5)).reason == NOBODY


def test_an_empty_picture_shows_nobody(witness: Witness) -> None:
    empty = np.full((200, 150, 3), 90, np.uint8)
    assert witness.see(empty, None).reason == NOBODY
    assert witness.mask_holds(empty, None, 0) is None


def test_noise_behind_the_mask_changes_no_bit(witness: Witness, scenes: list[Scene]) -> None:
    held = masks_held(witness, iter(scenes), 0)
    assert held
    assert all(held)


def test_the_networks_of_this_booth_know_nobody_and_are_those_of_the_manifest(eyes: Eyes) -> None:
    networks = facts_of_networks(Settings(), eyes.wing)
    assert {one.name for one in networks} >= {"picodet-s", "mobilenet-v2"}
    assert {one.verdict for one in network_findings(networks, packages())} == {Verdict.MET}


def test_a_file_that_is_no_network_of_the_manifest_is_unknown(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("net") / "picodet-s-1x1.onnx"
    file.write_bytes(b"other weights")
    assert not network_of(file).known


def test_a_plan_is_vouched_for_by_the_network_it_was_compared_with(
    eyes: Eyes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "any.plan"
    plan.write_bytes(b"made by TensorRT")
    monkeypatch.setattr("appliance.verbs.audit.network_files", lambda *_: (plan, plan, plan))
    networks = facts_of_networks(Settings(), eyes.wing)
    assert all(one.known for one in networks)
    assert {one.sha256 for one in networks} == {sha256_of(plan)}
