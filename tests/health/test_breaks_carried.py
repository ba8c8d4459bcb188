"""A pause on its way from memory to the disk: seen by whoever looks meanwhile, and brought there once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.disk import write_own
from appliance.errors import BoothError
from appliance.health import breaks, pause
from appliance.health.breaks import MINUTES, begin, keep, left_s, settle
from appliance.health.moment import Moment
from appliance.health.pause import DISPLAY, PASSER_BY, Pauses, paused_by, read_pauses

NOON = 1_795_000_000.0
FILES = 3
"That a look of vision reads."


def at(since_boot_s: float, *, boot: str = "a", synced: bool = True) -> Moment:
    return Moment(boot, since_boot_s, NOON + since_boot_s, synced)


class Booth:
    """The two folders of a booth, in which somebody has just pressed: the pause lies in memory."""

    def __init__(self, folder: Path) -> None:
        self.state, self.runtime = folder / "state", folder / "run"
        begin(self.state, self.runtime, PASSER_BY, MINUTES, at(100))

    def closed(self, now: Moment) -> bool:
        return paused_by(self.state, self.runtime, now) != ""

    def left_s(self, now: Moment) -> float:
        return left_s(self.state, self.runtime, now)


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return Booth(tmp_path)


@pytest.mark.parametrize("files_read", range(FILES))
@pytest.mark.parametrize("look", [Booth.closed, Booth.left_s])
def test_whoever_looks_in_the_midst_of_it_sees_it(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, look: object, files_read: int
) -> None:
    """Display carries it just before another process reads its next file."""
    read, to_read = pause.read_pauses, iter(range(files_read, -1, -1))

    def reading(file: Path) -> Pauses:
        if next(to_read, None) == 0:
            keep(booth.state, booth.runtime, at(101))
        return read(file)

    monkeypatch.setattr(pause, "read_pauses", reading)
    monkeypatch.setattr(breaks, "read_pauses", reading)
    assert callable(look)
    assert look(booth, at(101))


@pytest.fixture
def written(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Files that are written from now on; the memory takes no more, as a tmpfs that is full by now."""
    files = []

    def writing(path: Path, content: bytes, cure: str) -> None:
        if booth.runtime in path.parents:
            raise BoothError(f"{path}: {os.strerror(errno.ENOSPC)}; {cure}")
        files.append(path)
        write_own(path, content, cure)

    monkeypatch.setattr("appliance.health.pause.write_own", writing)
    yield files
    assert PASSER_BY in read_pauses(booth.runtime / DISPLAY), "the memory was not that full"


def test_a_memory_that_stays_full_costs_the_disk_two_writes(booth: Booth, written: list[Path]) -> None:
    for second in range(100, 1400, 2):
        settle(booth.state, booth.runtime, at(second))
        assert booth.closed(at(second)) == (second < 1000)
    assert written == [booth.state / DISPLAY] * 2, "one to keep it, one to take it away"


@pytest.mark.usefixtures("written")
def test_one_that_is_over_is_brought_to_no_disk(booth: Booth) -> None:
    """Else a reboot with a clock that is not set would begin it anew."""
    settle(booth.state, booth.runtime, at(1000))
    keep(booth.state, booth.runtime, at(1001))
    assert read_pauses(booth.state / DISPLAY) == {}
    assert paused_by(booth.state, None, at(5, boot="b", synced=False)) == ""
