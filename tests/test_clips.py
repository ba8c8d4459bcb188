"""Real clips through the real command: who passes is counted once, nobody is nobody, and the odd one out is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.app import Eyes
from appliance.config import Camera, Settings
from appliance.runtime.cpu.camera import CpuCamera
from tests.command import booth, loaded, remembering

OTHERS = (
    "one-by-one-person-detection.mp4",
    "store-aisle-detection.mp4",
    "face-demographics-walking.mp4",
    "people-detection.mp4",
    "person-bicycle-car-detection.mp4",
)
EVERY = {OTHERS[0]: 3}
"Of this clip only every third picture is seen, so that the tests are quick."


class SparseCamera(CpuCamera):
    """A recording of which some pictures are left out; times stay as they are."""

    def __init__(self, settings: Camera, every: int) -> None:
        super().__init__(settings, live=False)
        self._every = every

    def take(self, timeout_s: float) -> Any:
        taken = super().take(timeout_s)
        while taken is not None and taken.index % self._every:
            taken = super().take(timeout_s)
        return taken


def open_sparse(settings: Settings, _eyes: Eyes, *, live: bool) -> CpuCamera:
    return SparseCamera(settings.camera, EVERY.get(Path(settings.camera.source).name, 1))


@pytest.fixture(scope="module", autouse=True)
def quick_eyes(small_eyes: Eyes) -> Iterator[None]:
    with loaded(remembering(small_eyes)) as patch:
        patch.setattr("appliance.verbs.playback.open_camera", open_sparse)
        yield


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> Path:
    return shared_data / "clips"


@pytest.fixture(scope="module")
def others_bank(clips: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What everybody but the worker wears, and some people of photos: the clips alone are too few for a bank."""
    file = tmp_path_factory.mktemp("bank") / "others.bank"
    photos = sorted((shared_data / "outfits/photos").glob("*.jpg"))[20:44]
    done = booth("learn", *(clips / name for name in OTHERS), *photos, "--bank", file)
    assert done.code == 0, done.err
    return file


def test_six_people_one_after_the_other_are_six_passages_all_judged(clips: Path, others_bank: Path) -> None:
    done = booth("replay", clips / OTHERS[0], "--bank", others_bank, "--json")
    tally = json.loads(done.out)
    assert (tally["passages"], tally["scored"]) == (6, 6)


def test_a_skyline_has_nobody_in_it(clips: Path, others_bank: Path) -> None:
    done = booth("replay", clips / "nobody-city.mpg", "--bank", others_bank, "--json")
    tally = json.loads(done.out)
    assert (tally["passages"], tally["events"]) == (0, [])
    assert tally["frames"] > 180


def test_the_worker_is_the_exception_among_the_others(clips: Path, others_bank: Path, tmp_path: Path) -> None:
    wish = tmp_path / "wish.yaml"
    wish.write_text("decision: {wanted_share: 0.25}\n")
    worker = clips / "worker-zone-detection.mp4"
    done = booth("replay", worker, "--bank", others_bank, "--json", "--config", wish)
    tally = json.loads(done.out)
    assert tally["exceptions"] >= 1
    assert all(event["rarity"] >= 0.75 for event in tally["events"])


def test_a_bank_of_a_few_people_is_too_young_for_the_usual_share(clips: Path, others_bank: Path) -> None:
    done = booth("replay", clips / "worker-zone-detection.mp4", "--bank", others_bank, "--json")
    tally = json.loads(done.out)
    assert tally["events"] == []
    assert "of 66 passages" in tally["calibrated"]


def test_the_same_clip_scores_the_same_twice(clips: Path, others_bank: Path) -> None:
    first, again = (
        booth("score", "--bank", others_bank, clips / "store-aisle-detection.mp4", "--jsonl")
        for _ in range(2)
    )
    assert first.out
    assert first.out == again.out


def test_each_person_of_a_photo_has_a_line_of_the_contract(others_bank: Path, shared_data: Path) -> None:
    photos = sorted((shared_data / "outfits/photos").glob("*.jpg"))[:4]
    done = booth("score", "--bank", others_bank, *photos, *photos, "--jsonl")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert lines
    for line in lines:
        assert set(line) >= {"source", "box", "rarity", "distance", "abstained"}
        assert len(line["box"]) == 4
        assert (line["rarity"] is None) == line["abstained"]
    half = len(lines) // 2
    assert lines[:half] == lines[half:]
