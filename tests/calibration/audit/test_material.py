"""Test people: the same for the same seed, in parts that make up the whole, from a folder as it was built."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import BoothError
from calibration.audit.folder import open_album, part_of_album, read_scenes
from calibration.audit.painted import (
    EDITED,
    FAMILIES,
    REPAINTED,
    Cast,
    paint_scenes,
    painted_pairs,
    people_of,
)

SETS = {
    "bank": [f"bank/{n:04d}.jpg" for n in range(20)],
    "normal": [f"normal/{n:04d}.jpg" for n in range(20)],
    "fair_hair": [f"fair_hair/{n:04d}.jpg" for n in range(3, 0, -1)],
    "watch_vest": ["watch_vest/0001.jpg"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    manifest = {
        "sets": SETS,
        "pairs": {"hair": ["normal", "fair_hair"]},
        "boxes": {"normal/0001.jpg": [5, 6, 20, 40]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_every_comparison_has_both_its_sets() -> None:
    made = {f"fair_{name}" for name in (*REPAINTED, *EDITED)} | {"normal"}
    assert {name for pair in painted_pairs().values() for name in pair} == made


def test_all_ten_skin_tones_are_tried() -> None:
    tried = {name for pair in painted_pairs().values() for name in pair if "tone" in name}
    assert tried == {f"fair_tone{tone}" for tone in range(1, 11)}


def test_nobody_is_in_two_places() -> None:
    assert not set(people_of("bank", 100)) & set(people_of("normal", 100))
    assert not set(people_of("normal", 100)) & set(people_of("exceptions", 100))


def test_the_same_seed_paints_the_same_and_another_does_not() -> None:
    first, again, other = (next(paint_scenes(Cast(1, seed))) for seed in (1, 1, 2))
    assert (first.photo == again.photo).all()
    assert first.photo.shape != other.photo.shape or (first.photo != other.photo).any()


def test_exceptions_of_the_families_are_counted() -> None:
    assert "exc_none" in FAMILIES
    assert Cast(3, 0).scenes == 3 * Cast(1, 0).scenes > 100


def test_an_album_is_matched_by_file_name_and_holds_what_an_audit_uses(folder: Path) -> None:
    album = open_album(folder, None)
    assert set(album.sets) == {"bank", "normal", "fair_hair"}
    assert album.pairs == {"hair": ("normal", "fair_hair")}
    assert album.boxes == {"normal/0001.jpg": (5, 6, 25, 46)}
    scenes = list(read_scenes(album, lambda _: np.zeros((2, 2, 3), np.uint8)))
    assert len(scenes) == album.scenes == 43
    assert {scene.person for scene in scenes if scene.group == "fair_hair"} == {
        "0001.jpg",
        "0002.jpg",
        "0003.jpg",
    }


def test_fewer_people_are_the_same_ones_in_each_set(folder: Path) -> None:
    album = open_album(folder, 2)
    assert album.sets["fair_hair"] == ("fair_hair/0001.jpg", "fair_hair/0002.jpg")
    assert len(album.sets["bank"]) == 12


def test_parts_of_an_album_make_up_the_whole(folder: Path) -> None:
    album = open_album(folder, None)
    parts = [part_of_album(album, (place, 3)) for place in range(3)]
    for name, files in album.sets.items():
        assert sorted(file for part in parts for file in part.sets[name]) == list(files)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sets": {}}', '{"sets": 3, "pairs": {}}'])
def test_a_folder_without_sets_is_named_with_the_cure(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BoothError, match="evaluation build"):
        open_album(tmp_path, None)
    with pytest.raises(BoothError, match="nowhere"):
        open_album(tmp_path / "nowhere", None)
