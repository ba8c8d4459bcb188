"""kill -9 at every step of a release: the next start mends it; nothing is drawn twice or sent in two ways."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.uplink.trends.audit import sound_account
from appliance.uplink.trends.press import Press
from tests.uplink.trends.builders import DAY, clock_at, desk_in, next_day, street
from tests.walls.tracing import ROOT

TODAY = next_day(DAY)
EVERY = int(os.environ.get("BOOTH_KILL_EVERY", "19"))
"Of the steps one in so many here; `make test-privacy` dies at each of them."


def start(folder: Path, fatal: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.uplink.trends.killed", str(folder), str(fatal)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sent(folder: Path) -> list[bytes]:
    """What lies in the outbox."""
    if not (folder / "outbox.sqlite").exists():
        return []
    base = sqlite3.connect(folder / "outbox.sqlite")
    try:
        return [row[0] for row in base.execute("SELECT payload FROM messages ORDER BY number")]
    except sqlite3.OperationalError:
        return []  # killed before there was a table
    finally:
        base.close()


def draws(folder: Path) -> int:
    return len((folder / "draws").read_bytes().splitlines()) if (folder / "draws").exists() else 0


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A booth whose ledger was begun, the evening before."""
    folder = tmp_path_factory.mktemp("fresh")
    Press(desk_in(folder)).open(clock_at(DAY), DAY, [])
    return folder


@pytest.fixture(scope="module")
def steps(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The steps of a release that nobody disturbs."""
    folder = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("whole") / "booth"))
    child = start(folder, 0)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    said, *seen = out.splitlines()
    assert said == f"{DAY} released"
    return seen


def test_the_steps_are_all_there(steps: list[str]) -> None:
    """Or nothing is put to the test: two appends to the ledger, two files replaced, a row committed."""
    for name, least in (("fsync", 6), ("write", 4), ("replace", 2), ("execute", 4), ("open", 8)):
        assert sum(f"before {name} " in step for step in steps) >= least, (name, steps)
    assert "before the drawing" in steps
    assert "after the drawing" in steps


def test_killed_at_any_step_a_day_is_mended_and_never_drawn_twice(
    fresh: Path, steps: list[str], tmp_path: Path
) -> None:
    fates = {"released": 0, "lost: interrupted": 0}
    fatal = list(range(1, len(steps) + 1, EVERY))
    for batch in (fatal[number : number + 4] for number in range(0, len(fatal), 4)):
        folders = [Path(shutil.copytree(fresh, tmp_path / str(number))) for number in batch]
        children = [start(folder, number) for folder, number in zip(folders, batch, strict=True)]
        for child, folder, number in zip(children, folders, batch, strict=True):
            child.communicate(timeout=60)
            assert child.returncode == -9, steps[number - 1]
            fates[mended(folder, steps[number - 1])] += 1
            shutil.rmtree(folder)
    assert all(fates.values()), fates
    print(f"killed at {len(fatal)} of {len(steps)} steps: {fates}")


def mended(folder: Path, where: str) -> str:
    """What the next process makes of it; checks that it is whole."""
    before, drawn = sent(folder), draws(folder)
    kept = (folder / "trends" / f"{DAY}.json").read_bytes() if drawn and kept_file(folder) else None
    said = Press(desk_in(folder)).release(street(400), clock_at(TODAY), TODAY, [])
    # This process drew only where the one before had not spent the day yet.
    assert (drawn == 0) or draws(folder) == drawn == 1, where
    account = sound_account(folder / "trends")
    assert account is not None
    kinds = [line.kind for line in account.lines if line.kind != "torn"]
    assert kinds.count("spend") == 1, where
    fate = said.removeprefix(f"{DAY} ")
    after = sent(folder)
    assert len(set(after)) == (1 if fate == "released" else 0), where
    if fate == "released":
        assert set(after) == {(folder / "trends" / f"{DAY}.json").read_bytes()}, where
        assert kept is None or kept == after[0], where
        assert set(before) <= set(after), where
    # What is spent and lost was neither kept nor sent.
    assert fate != "lost: interrupted" or (kept is None and not before), where
    assert Press(desk_in(folder)).release(street(400), clock_at(TODAY), TODAY, []) == said
    assert sent(folder) == after
    assert not list((folder / "trends").glob(".*.part")) or fate != "released"
    return fate


def kept_file(folder: Path) -> bool:
    return (folder / "trends" / f"{DAY}.json").exists()
