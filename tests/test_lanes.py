"""The two lanes of `make test`: every test is in one of them, and a failure in either is a failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import lanes

TESTS = Path(__file__).parent


def test_every_folder_is_in_exactly_one_lane() -> None:
    calculating, waiting = lanes.words_of_lanes([])
    named = {word for word in calculating if word.startswith(str(TESTS))}
    assert named == {word.removeprefix("--ignore=") for word in waiting if word.startswith("--ignore=")}
    assert all(Path(folder).is_dir() for folder in named)


@pytest.mark.parametrize(
    ("calculates", "waits", "status"),
    [("0", "0", 0), ("1", "0", 1), ("0", "1", 1), ("5", "0", 0), ("0", "5", 0), ("5", "5", 1)],
)
def test_a_failure_in_either_lane_is_one(
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    calculates: str,
    waits: str,
    status: int,
) -> None:
    def words(_choice: list[str]) -> tuple[list[str], list[str]]:
        said = "import sys; print('lane', sys.argv[1]); sys.exit(int(sys.argv[1]))"
        return [sys.executable, "-c", said, calculates], [sys.executable, "-c", said, waits]

    monkeypatch.setattr(lanes, "words_of_lanes", words)
    assert lanes.run([]) == status
    assert f"lane {calculates}".encode() in capfdbinary.readouterr().out


def test_no_test_that_calculates_opens_a_port() -> None:
    """By its words; a port or a broker would be one that the other lane may have."""
    for name in lanes.CALCULATING:
        found = subprocess.run(
            [
                "grep",
                "-rlE",
                r"LocalBroker|\.bind\(|tests\.uplink|1883|8480",
                str(TESTS / name),
                "--include=*.py",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.stdout == "", name
