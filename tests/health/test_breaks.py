"""The passer-by's pause: a quarter of an hour, whatever dies, whoever resumes, and however full the disk is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health import breaks
from appliance.health.breaks import MINUTES, left_s, pause_for, settle
from appliance.health.moment import Moment
from appliance.health.pause import (
    DISPLAY,
    OPERATOR,
    PASSER_BY,
    UPLINK,
    locked,
    owners_of,
    pause,
    paused_by,
    read_pauses,
    resume,
)
from appliance.health.term import Term

NOON = 1_795_000_000.0


def at(since_boot_s: float, *, boot: str = "a", passed_s: float = 0.0, synced: bool = True) -> Moment:
    return Moment(boot, since_boot_s, NOON + since_boot_s + passed_s, synced)


class Booth:
    """The two folders of a booth and what is asked of them."""

    def __init__(self, folder: Path) -> None:
        self.state, self.runtime = folder / "state", folder / "run"

    def press(self, now: Moment) -> None:
        pause_for(self.state, self.runtime, PASSER_BY, MINUTES, now)

    def closed(self, now: Moment) -> bool:
        return paused_by(self.state, self.runtime, now) != ""

    def left_s(self, now: Moment) -> float:
        return left_s(self.state, self.runtime, now)

    def settle(self, now: Moment) -> None:
        settle(self.state, self.runtime, now)


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return Booth(tmp_path)


def test_a_press_closes_for_a_quarter_of_an_hour_and_it_lifts_itself(booth: Booth) -> None:
    assert (booth.closed(at(0)), booth.left_s(at(0))) == (False, 0)
    booth.press(at(100))
    assert [booth.closed(at(100 + s)) for s in (0, 450, 899.9, 900, 1e6)] == [True, True, True, False, False]
    assert [booth.left_s(at(100 + s)) for s in (0, 450, 900)] == [900, 450, 0]
    assert owners_of(booth.state, booth.runtime, at(100)) == ["passer-by"]


def test_another_press_starts_anew(booth: Booth) -> None:
    booth.press(at(100))
    booth.press(at(800))
    assert booth.closed(at(1600))
    assert booth.left_s(at(1600)) == 100


def test_no_operator_lifts_it_and_it_lifts_no_operator_s(booth: Booth) -> None:
    pause(booth.state, OPERATOR, "2026-11-26T09:00:00Z")
    booth.press(at(100))
    resume(booth.state, OPERATOR)
    assert booth.closed(at(101))
    pause(booth.state, OPERATOR, "2026-11-26T09:00:00Z")
    assert paused_by(booth.state, booth.runtime, at(2000)) == "paused by operator"


def test_it_outlives_a_reboot_and_no_longer_than_it_lasts(booth: Booth) -> None:
    booth.press(at(100))
    assert booth.left_s(at(10, boot="b", passed_s=290)) == 700
    assert not booth.closed(at(10, boot="b", passed_s=2000))
    assert booth.closed(at(10, boot="b", passed_s=2000, synced=False))
    assert not booth.closed(at(900, boot="b", passed_s=2000, synced=False))


def test_one_that_is_over_is_taken_away_so_that_no_boot_begins_it_anew(booth: Booth) -> None:
    booth.press(at(100))
    booth.settle(at(500))
    assert booth.closed(at(500))
    booth.settle(at(1000))
    assert read_pauses(booth.state / DISPLAY) == {}
    assert not booth.closed(at(10, boot="b", synced=False))
    before = (booth.state / DISPLAY).stat().st_mtime_ns
    booth.settle(at(1001))
    assert (booth.state / DISPLAY).stat().st_mtime_ns == before


def test_a_pause_without_an_end_beside_it_stays(booth: Booth) -> None:
    pause(booth.state, "dead-man", "2026-11-26T09:00:00Z")
    booth.press(at(100))
    booth.settle(at(2000))
    assert owners_of(booth.state, booth.runtime, at(2000)) == ["dead-man"]
    assert b'"pause/1"' in (booth.state / DISPLAY).read_bytes(), "as an older program reads it"


def test_a_disk_that_takes_nothing_refuses_no_passer_by(booth: Booth) -> None:
    booth.state.touch()
    booth.press(at(100))
    assert booth.closed(at(999))
    assert booth.left_s(at(400)) == 600
    booth.settle(at(400))
    assert booth.closed(at(999))
    booth.state.unlink()
    booth.settle(at(500))
    assert owners_of(booth.state, None, at(999)) == ["passer-by"]
    assert read_pauses(booth.runtime / DISPLAY) == {}
    assert not booth.closed(at(1000))


def test_vision_sees_it_in_memory_before_the_disk_is_asked(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An fsync on a busy disk takes seconds; a passer-by has a fifth of one."""
    seen: list[tuple[str, bool]] = []
    keep = breaks.put

    def noted(file: Path, owner: str, term: Term, now: Moment, **hurried: bool) -> None:
        seen.append((file.parent.parent.name, booth.closed(at(100))))
        keep(file, owner, term, now, **hurried)

    monkeypatch.setattr(breaks, "put", noted)
    booth.press(at(100))
    assert seen == [("run", False), ("state", True)]
    assert read_pauses(booth.runtime / DISPLAY) == {}


def test_a_damaged_file_refuses_no_passer_by_and_still_closes(booth: Booth) -> None:
    (booth.state / DISPLAY).parent.mkdir(parents=True)
    (booth.state / DISPLAY).write_bytes(b"{")
    booth.press(at(100))
    assert booth.left_s(at(100)) == 900
    booth.settle(at(100))
    assert booth.closed(at(5000))
    (booth.state / DISPLAY).unlink()
    assert (booth.closed(at(999)), booth.closed(at(1000))) == (True, False)


def test_only_where_nothing_at_all_can_be_written_a_press_is_an_error(booth: Booth) -> None:
    booth.state.touch()
    booth.runtime.touch()
    with pytest.raises(BoothError, match=r"pause\.json"):
        booth.press(at(100))


# A disk of its own, filled to the last byte; then a press, what vision sees, and what the operator can do.
FULL = """
import sys
from pathlib import Path
from appliance.errors import BoothError
from appliance.health.breaks import left_s, pause_for
from appliance.health.moment import read_moment
from appliance.health.pause import paused_by, resume
state, runtime = Path(sys.argv[1]), Path(sys.argv[2])
(state / "uplink").mkdir()
(state / "display").mkdir()
try:
    with (state / "filler").open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
except OSError as error:
    assert error.errno == 28, error
pause_for(state, runtime, "passer-by", 15, read_moment())
try:
    resume(state, "operator")
except BoothError:
    pass
print(paused_by(state, runtime), round(left_s(state, runtime, read_moment())))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_refuses_no_passer_by(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    words = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"'
    own = [sys.executable, "-c", FULL, str(state), str(tmp_path / "run")]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", words, str(state), *own],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if done.stderr.startswith(("unshare:", "mount:")):
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "paused by passer-by 900"


def test_the_uplink_s_file_is_never_touched(booth: Booth) -> None:
    booth.press(at(100))
    booth.settle(at(2000))
    assert not (booth.state / UPLINK).exists()


def test_who_may_only_read_finds_no_lock_to_hold(booth: Booth) -> None:
    before = os.umask(0o007)
    try:
        booth.press(at(100))
    finally:
        os.umask(before)
    locks = [file for file in booth.state.parent.rglob("*") if file.name == "pause.json.held"]
    assert [file.stat().st_mode & 0o777 for file in locks] == [0o600, 0o600]


@pytest.mark.parametrize("name", ["run", "state"])
def test_a_lock_that_somebody_holds_keeps_no_passer_by_waiting(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(breaks, "HURRY_S", 0.05)
    monkeypatch.setattr(breaks, "WAIT_S", 0.05)
    with locked(getattr(booth, {"run": "runtime"}.get(name, name)) / DISPLAY):
        booth.press(at(100))
        assert booth.left_s(at(100)) == 900


def test_what_ends_later_stays(booth: Booth) -> None:
    """A settle that read the memory before a press takes neither the press nor its copy on the disk away."""
    old, new = Term(900.0, at(100)), Term(900.0, at(400))
    for file in (booth.state / DISPLAY, booth.runtime / DISPLAY):
        breaks.put(file, PASSER_BY, new, at(400))
        breaks.put(file, PASSER_BY, old, at(401))
        breaks.drop(file, {PASSER_BY: old})
        assert read_pauses(file) == {PASSER_BY: new}
    breaks.drop(booth.runtime / DISPLAY, {PASSER_BY: new})
    assert read_pauses(booth.runtime / DISPLAY) == {}
