"""Broken, odd and hostile recordings: what is readable is used, the rest is told in a line, and nothing hangs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.app import Eyes
from appliance.artifacts import save_bank
from appliance.verbs import playback
from tests.command import Done, booth, loaded, remembering
from tests.streets import random_bank
from tests.videos import launch, numbered, write_video

IN_EARNEST_S = playback.SILENCE_S
PATIENCE_S = 10.0
"What people are asked to wait at the most before a broken file is given up."
SILENCE_S = 1.5
"In place of five seconds, so that the tests are quick."
NAMES = (
    *(
        "Megamind_bugy.avi",
        "all_black.mp4",
        "audio_only.mp4",
        "av1_shibuya.mp4",
        "bitflips_mdat.mp4",
        "empty.mp4",
    ),
    *("gray_only.mkv", "h264_422_10bit.mp4", "h264_444.mp4", "hevc.mp4", "mjpeg.avi", "odd_321x181.mp4"),
    *(
        "overexposed.mp4",
        "portrait_432x768.mp4",
        "resolution_change_midstream.ts",
        "rotation_metadata_90.mp4",
    ),
    *(
        "single_frame.mp4",
        "text_named.mp4",
        "tiny_48x27.mp4",
        "truncated_faststart.mp4",
        "truncated_no_moov.mp4",
    ),
    *("variable_fps.mp4", "very_low_light_noisy.mp4", "vtest_truncated_no_index.avi"),
)
UNREADABLE = {"audio_only.mp4", "empty.mp4", "text_named.mp4", "truncated_no_moov.mp4"}
LEAST_FRAMES = {"truncated_faststart.mp4": 30, "vtest_truncated_no_index.avi": 140, "single_frame.mp4": 1}


@pytest.fixture(scope="module", autouse=True)
def quick_eyes(small_eyes: Eyes) -> Iterator[None]:
    """Real networks that look at every twentieth picture; a silent file is given up sooner than in earnest."""
    with loaded(remembering(small_eyes, every=20)) as patch:
        patch.setattr("appliance.verbs.playback.SILENCE_S", SILENCE_S)
        yield


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bank") / "noise.bank"
    save_bank(random_bank(), path)
    return path


@pytest.fixture(scope="module")
def bad_input(shared_data: Path) -> Path:
    return shared_data / "bad_input"


def check_manners(done: Done, file: Path) -> None:
    """0 or 1; a failure is one line that names the file; never a word of Python's."""
    assert done.code in (0, 1)
    assert "Traceback" not in done.err + done.out
    if done.code:
        assert len(done.err.splitlines()) == 1, done.err
        assert file.name in done.err
        assert len(done.err) > len(str(file)) + 20


def test_the_silence_that_is_waited_for_in_earnest_is_within_patience() -> None:
    assert playback.SILENCE_S == SILENCE_S < IN_EARNEST_S < PATIENCE_S / 1.5


@pytest.mark.parametrize("name", NAMES)
def test_a_replay_uses_what_is_readable_and_tells_the_rest(name: str, bad_input: Path, bank: Path) -> None:
    done = booth("replay", bad_input / name, "--bank", bank, "--json")
    check_manners(done, bad_input / name)
    if name in UNREADABLE:
        assert done.code == 1
    elif name == "av1_shibuya.mp4" and done.code:
        assert "no plugin for" in done.err
        assert "apt-get install" in done.err
    else:
        assert done.code == 0, done.err
        assert json.loads(done.out)["frames"] >= LEAST_FRAMES.get(name, 2)


@pytest.mark.parametrize(
    "name", [*sorted(UNREADABLE), "single_frame.mp4", "tiny_48x27.mp4", "resolution_change_midstream.ts"]
)
@pytest.mark.parametrize("verb", ["learn", "score"])
def test_learn_and_score_have_the_same_manners(
    verb: str, name: str, bad_input: Path, bank: Path, tmp_path: Path
) -> None:
    words = ["--bank", tmp_path / "new.bank"] if verb == "learn" else ["--bank", bank, "--jsonl"]
    done = booth(verb, bad_input / name, *words)
    assert done.code in (0, 1)
    assert "Traceback" not in done.err
    if name in UNREADABLE:
        check_manners(done, bad_input / name)
        assert done.code == 1
    elif verb == "learn":
        assert "people could be learned from, a bank needs 10" in done.err
    assert not (tmp_path / "new.bank").exists()


def test_a_folder_of_broken_files_is_scored_where_it_can_be(
    bad_input: Path, bank: Path, tmp_path: Path
) -> None:
    for name in (*UNREADABLE, "truncated_faststart.mp4", "odd_321x181.mp4"):
        (tmp_path / name).symlink_to(bad_input / name)
    done = booth("score", "--bank", bank, tmp_path, "--jsonl")
    assert done.code == 0
    for name in UNREADABLE:
        assert len([line for line in done.err.splitlines() if name in line]) == 1
    for line in done.out.splitlines():
        assert Path(json.loads(line)["source"]).name not in UNREADABLE


@pytest.fixture
def odd_files(tmp_path: Path) -> dict[str, Path]:
    """Broken files that need no data from elsewhere."""
    whole = write_video(tmp_path / "whole.avi", numbered(12)).read_bytes()
    kinds = {
        "text.mp4": b"no video at all\n" * 99,
        "empty.avi": b"",
        "zeros.mkv": bytes(5000),
        "photo.jpg": b"\xff\xd8\xff\xe0 no photo",
        "half.avi": whole[: len(whole) // 2],
        "flipped.avi": bytes(byte ^ (255 if i % 97 == 0 and i > 6000 else 0) for i, byte in enumerate(whole)),
    }
    for name, content in kinds.items():
        (tmp_path / name).write_bytes(content)
    launch(
        f"audiotestsrc num-buffers=20 ! audioconvert ! vorbisenc ! matroskamux ! filesink location={tmp_path}/sound.mkv"
    )
    return {name: tmp_path / name for name in (*kinds, "sound.mkv")}


@pytest.mark.parametrize("verb", ["replay", "learn", "score"])
def test_broken_files_made_here_have_the_same_manners(
    verb: str, odd_files: dict[str, Path], bank: Path, tmp_path: Path
) -> None:
    for name, file in odd_files.items():
        if verb == "replay" and name == "photo.jpg":
            continue
        target = tmp_path / "new.bank" if verb == "learn" else bank
        done = booth(verb, file, "--bank", target, *(["--jsonl"] if verb == "score" else []))
        assert "Traceback" not in done.err
        assert done.code == 1 or name in ("half.avi", "flipped.avi"), (name, done)
        if done.code and verb != "learn":
            check_manners(done, file)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("score", "{photo}"), "no bank set; name one: booth score --bank FILE SOURCE"),
        (("score", "--bank", "{folder}/none.bank", "{photo}"), "no such bank; learn it again"),
        (("score", "--bank", "{photo}", "{photo}"), "not a bank"),
        (("replay", "{folder}/none.mp4"), "none.mp4: no such file"),
        (("replay", "{folder}"), "not a file"),
        (("learn", "{folder}/nothing", "--bank", "{folder}/b"), "no such file"),
        (("learn", "{folder}/hollow", "--bank", "{folder}/b"), "no photo or video in this folder"),
        (("replay", "csi:0"), "CSI cameras need a Jetson"),
        (("replay", "test:", "--config", "{folder}/none.yaml"), "name a settings file that exists"),
        (("check-config", "{photo}"), "not UTF-8 text"),
    ],
)
def test_a_mistake_is_one_line_with_the_cure(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    cv2.imwrite(str(tmp_path / "street.jpg"), np.full((64, 64, 3), 90, np.uint8))
    places = {"photo": tmp_path / "street.jpg", "folder": tmp_path}
    done = booth(*(word.format(**places) for word in words))
    assert done.code == 1
    assert done.err.startswith("booth: ")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("run", "everything", "--config", "x.yaml"),
        ("replay",),
        ("score",),
        ("paint",),
        ("learn", "x.mp4"),
        ("replay", "x.mp4", "--colour"),
    ],
)
def test_wrong_use_is_exit_code_two(words: tuple[str, ...]) -> None:
    assert booth(*words).code == 2


def test_a_photo_with_nobody_gives_no_line_and_says_so(bank: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((480, 640, 3), 90, np.uint8))
    done = booth("score", "--bank", bank, tmp_path / "wall.png", "--jsonl")
    assert (done.code, done.out) == (0, "")
    assert "wall.png: nobody in it" in done.err
