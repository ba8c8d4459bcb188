"""The whole kit on painted people: build, score with a booth that follows orders, report."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from appliance.errors import BoothError
from calibration.trials.labels import Label
from calibration.trials.people import random_person
from tests.evaluation import booth
from tests.evaluation.__main__ import app, read_manifest, wanted
from tests.evaluation.photos import Album, labels_from_ccp, open_album, read_mask, shrink
from tests.evaluation.report import report_of, tables_of
from tests.evaluation.sets import CONTROL_FAMILY, QUIET_FAMILY, Manifest, Plan, build_sets

PLAN = Plan(bank=20, normal=12, calib=6, per_kind=3, seed=1)

OBEDIENT = """
import json, pathlib, sys
if sys.argv[1] == "learn":
    pathlib.Path(sys.argv[sys.argv.index("--bank") + 1]).write_text("learned")
for photo in sorted(pathlib.Path(sys.argv[-2]).glob("*.jpg")) if sys.argv[1] == "score" else []:
    kind, number = photo.parent.name, int(photo.stem)
    distance = number + 1000 * kind.startswith("exc_") * (kind != "exc_none") + 0.5 * (kind == "fair_monk9")
    boxes = json.loads((photo.parents[1] / "manifest.json").read_text())["boxes"]
    print(json.dumps({"source": str(photo), "box": boxes[f"{kind}/{photo.name}"], "distance": distance,
                      "rarity": number / 50, "abstained": False}))
"""


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    folder = tmp_path_factory.mktemp("people")
    for number in range(41):
        shot = random_person(np.random.default_rng([9, number]), 100)
        write(folder / "photos" / f"{number}.png", shot.photo[..., ::-1])
        write(folder / "masks" / f"{number}.png", shot.labels)
    return open_album(folder, folder / "masks", None)


@pytest.fixture(scope="module")
def sets(album: Album, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sets")
    build_sets(album, out, PLAN)
    return out


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("booth") / "obedient.py"
    file.write_text(OBEDIENT, encoding="utf-8")
    return f"{sys.executable} {file}"


def write(file: Path, picture: NDArray[np.uint8]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def test_sets_have_the_people_that_the_plan_wants(sets: Path) -> None:
    manifest = read_manifest(sets)
    sizes = {name: len(files) for name, files in manifest.sets.items()}
    assert (sizes["bank"], sizes["normal"], sizes["calib"]) == (20, 12, 6)
    assert {size for name, size in sizes.items() if name.startswith(("exc_", "fair_"))} == {3}
    everybody = [
        Path(file).name for name in ("bank", "normal", "calib", "exc_none") for file in manifest.sets[name]
    ]
    assert len(everybody) == len(set(everybody)), "somebody is in two sets"


def test_every_file_of_the_manifest_is_there_with_its_box(sets: Path) -> None:
    manifest = read_manifest(sets)
    files = [file for of_set in manifest.sets.values() for file in of_set]
    assert all((sets / file).is_file() and manifest.boxes[file][3] > 30 for file in files)
    assert {name for pair in manifest.pairs.values() for name in pair} <= set(manifest.sets)
    assert "skin tone Monk 2/9" in manifest.pairs


def test_the_same_seed_builds_the_same_files(album: Album, sets: Path, tmp_path: Path) -> None:
    build_sets(album, tmp_path, PLAN)
    one, other = (
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")}
        for folder in (sets, tmp_path)
    )
    assert one == other


def test_a_booth_is_scored_as_it_answers(sets: Path, command: str, tmp_path: Path) -> None:
    manifest = read_manifest(sets)
    booth.learn(command, sets / "bank", tmp_path / "bank")
    assert (tmp_path / "bank").read_text() == "learned"
    records = {
        name: booth.known_people(booth.score(command, tmp_path / "bank", sets / name), files, manifest.boxes)
        for name, files in manifest.sets.items()
    }
    report = report_of(records, manifest)
    assert report.exceptions["exc_cape"].auroc == 1
    assert report.exceptions["exc_cape"].recall == 1
    assert report.families[QUIET_FAMILY].scored == 1
    assert CONTROL_FAMILY not in report.families
    assert report.pairs["hair"].mean == 0
    assert report.pairs["skin tone Monk 2/9"].bias > 0
    assert report.rates["calib"].unfound == 0
    assert len(tables_of(report)) == 3


def test_a_booth_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="ended with 3"):
        booth.learn(f"{sys.executable} -c 'raise SystemExit(3)'", tmp_path, tmp_path / "bank")
    with pytest.raises(BoothError, match="name the command"):
        booth.learn(str(tmp_path / "absent"), tmp_path, tmp_path / "bank")


def test_nobody_judged_is_no_report() -> None:
    with pytest.raises(BoothError, match="only 0 people"):
        report_of({"normal": {"0.jpg": None}}, Manifest(0))


def test_sets_of_another_tool_can_be_scored(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps({"seed": 7, "sets": {}, "pairs": {}, "boxes": {}, "more": 1})
    )
    assert read_manifest(tmp_path).families == {}
    with pytest.raises(BoothError, match="no sets"):
        read_manifest(tmp_path / "absent")


def test_the_person_that_fits_the_known_box_is_taken() -> None:
    said = [{"source": "a/1.jpg", "box": box, "distance": 1.0 * at, "rarity": 0.5, "abstained": False}
            for at, box in enumerate([(0, 0, 99, 99), (50, 10, 20, 60)])]  # fmt: skip
    fits = booth.known_people(said, ["a/1.jpg", "a/2.jpg"], {"a/1.jpg": (51, 11, 20, 60)})
    assert fits["1.jpg"] is not None
    assert fits["1.jpg"].distance == 1
    assert fits["2.jpg"] is None
    largest = booth.known_people(said, ["a/1.jpg"], {})["1.jpg"]
    assert largest is not None
    assert largest.distance == 0
    assert booth.known_people(said, ["a/1.jpg"], {"a/1.jpg": (200, 200, 20, 60)})["1.jpg"] is None


def test_few_photos_are_shared_out_and_too_few_refused(album: Album, tmp_path: Path) -> None:
    assert Plan(60, 20, 10, 10).shared_out(50) == Plan(30, 10, 5, 5)
    with pytest.raises(BoothError, match="too few"):
        build_sets(Album(album.photos[:5], album.masks, None), tmp_path, PLAN)


def test_sets_are_not_written_over(album: Album, sets: Path) -> None:
    with pytest.raises(BoothError, match="holds sets already"):
        build_sets(album, sets, PLAN)


def test_without_maps_the_guess_is_used_and_some_kinds_are_left_out(album: Album, tmp_path: Path) -> None:
    shots = [shot for shot in map(album.read, album.photos) if shot is not None]
    maps = {shot.photo.tobytes(): shot.labels for shot in shots}
    guessing = Album(album.photos, None, lambda photo: maps[photo.tobytes()])
    manifest = build_sets(guessing, tmp_path, PLAN)
    assert manifest.labels == "estimated"
    assert "exc_clash" not in manifest.sets
    assert manifest.left_out == ["clash: needs true label maps (--masks)"]


def test_folders_without_photos_or_maps_are_told(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="no photo"):
        open_album(tmp_path, None, None)
    with pytest.raises(BoothError, match="no such folder"):
        open_album(tmp_path, tmp_path / "absent", None)


def test_a_map_with_unknown_values_is_told(tmp_path: Path) -> None:
    write(tmp_path / "1.png", np.full((4, 4), 200, np.uint8))
    (tmp_path / "2.png").write_bytes(b"no picture")
    for stem in ("1", "2"):
        with pytest.raises(BoothError, match=r"no label map; .* 4 upper"):
            read_mask(tmp_path, stem)
    assert read_mask(tmp_path, "3") is None


def test_ccp_numbers_become_our_classes() -> None:
    classes = np.array([[0, 19, 41, 20, 51, 25, 14, 39, 2]], np.uint8)
    expected = [Label.BACKGROUND, Label.HAIR, Label.SKIN, Label.HEADWEAR, Label.UPPER, Label.LOWER, Label.FULL,
                Label.SHOES, Label.ACCESSORY]  # fmt: skip
    assert labels_from_ccp(classes)[0].tolist() == expected


@pytest.mark.parametrize(("shape", "shrunk"), [((2000, 500), (1000, 250)), ((30, 20), (30, 20))])
def test_large_pictures_shrink(shape: tuple[int, int], shrunk: tuple[int, int]) -> None:
    assert shrink(np.zeros(shape, np.uint8)).shape == shrunk


def test_only_the_sets_asked_for_are_scored() -> None:
    names = ("bank", "normal", "exc_cape", "fair_hair")
    assert [name for name in names if wanted(name, ["exc_"])] == ["normal", "exc_cape"]
    assert wanted("fair_hair", None)


def test_the_command_scores_sets_and_writes_all_figures(sets: Path, command: str, tmp_path: Path) -> None:
    words = [
        "score",
        str(sets),
        "--booth",
        command,
        "--only",
        "exc_cape",
        "--json",
        str(tmp_path / "figures.json"),
    ]
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.output
    assert "cape" in run.output
    assert "must not matter" not in run.output, "no pair was scored"
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["exceptions"]["exc_cape"]["auroc"] == 1


def test_painted_people_make_an_album(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["paint", str(tmp_path), "--count", "2", "--height", "100"])
    assert run.exit_code == 0, run.output
    album = open_album(tmp_path / "photos", tmp_path / "masks", None)
    assert [album.read(photo) is not None for photo in album.photos] == [True, True]
