"""Two real processes at one update: one after the other, in either order; who waits for too long says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BoothError
from appliance.update.courier import read_note
from appliance.update.lock import courier_at_rest, fetching, locked
from appliance.update.state import read_state, write_state
from appliance.update.technician import keep_now
from appliance.update.visit import settle_boot
from tests.update.world import DAY, NEW, OLD, Booth

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from appliance.update import lock, places, state, switch
here = places.Places(Path(sys.argv[2]))
with getattr(lock, sys.argv[1])(here):
    print("held", flush=True)
    if sys.stdin.readline() == "roll back\\n":
        switch.roll_back(here, state.read_state(here), "by the other one")
"""


@contextmanager
def held_by_another(booth: Booth, which: str = "locked") -> Iterator[subprocess.Popen[str]]:
    """Another process has the lock, until it is told a line."""
    words = [sys.executable, "-c", HOLDER, which, str(booth.places.home)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def quickly(real: Callable[..., Any], file: Path, _: float) -> Any:
    """The same, with little patience."""
    return real(file, 0.2)


@pytest.fixture
def trying(booth: Booth) -> Booth:
    """NEW is on trial."""
    booth.fetch()
    state = booth.switch(DAY)
    write_state(booth.places, state.model_copy(update={"phase": "trying", "boot": "boot-1", "attempts": 1}))
    booth.places.current.symlink_to(Path("versions") / NEW)
    return booth


@pytest.fixture
def settings(trying: Booth) -> Path:
    file = trying.home / "booth.yaml"
    orders = trying.orders
    file.write_text(
        f"booth: {{city: madrid, id: sol}}\nupdate: {{folder: {orders.update.folder}}}\n"
        f"folders: {{state: {orders.folders.state}, runtime: {orders.folders.runtime}}}\n"
    )
    return file


def test_keep_waits_for_a_roll_back_in_another_process_and_sees_what_it_left(
    trying: Booth, settings: Path
) -> None:
    words = [sys.executable, "-m", "appliance", "update", "keep", "--config", str(settings)]
    with (
        held_by_another(trying) as other,
        subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as keep,
    ):
        assert keep.stderr
        assert "another booth update is under way here; waiting" in keep.stderr.readline()
        other.communicate("roll back\n")
        _, told = keep.communicate(timeout=60)
    assert keep.returncode == 1
    assert "no version is on trial" in told
    state = read_state(trying.places)
    assert (state.phase, state.reason, trying.runs) == ("rolled-back", "by the other one", OLD)


def test_who_waits_for_too_long_says_so_in_one_line(trying: Booth) -> None:
    before = read_state(trying.places)
    line = r"under way already .*; see booth update status"
    with (
        held_by_another(trying),
        pytest.raises(BoothError, match=line) as told,
        locked(trying.places, wait_s=0.3),
    ):
        raise AssertionError("two have the lock")
    assert len(str(told.value).splitlines()) == 1
    assert read_state(trying.places) == before


@pytest.mark.parametrize("work", ["keep", "go back", "switch", "boot"])
def test_nobody_changes_anything_beside_another(
    trying: Booth, settings: Path, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from appliance.update import lock
    from appliance.update.technician import go_back

    before = read_state(trying.places)
    works: dict[str, Callable[[], object]] = {
        "keep": lambda: keep_now(trying.orders),
        "go back": lambda: go_back(trying.orders, trying.trial, "by a technician"),
        "switch": trying.switch,
        "boot": lambda: settle_boot(settings),
    }
    monkeypatch.setattr(lock, "held", partial(quickly, lock.held))
    with held_by_another(trying), pytest.raises(BoothError, match="under way already"):
        works[work]()
    assert read_state(trying.places) == before
    assert trying.runs == NEW


def test_a_process_that_dies_leaves_no_lock(trying: Booth) -> None:
    with held_by_another(trying) as other:
        other.kill()
        other.wait()
        with locked(trying.places, wait_s=5):
            pass


def test_the_lock_is_roots_alone_also_where_an_older_program_made_it(booth: Booth) -> None:
    booth.places.home.mkdir(exist_ok=True)
    booth.places.lock.touch(0o666)
    booth.places.lock.chmod(0o644)
    with locked(booth.places):
        pass
    assert booth.places.lock.stat().st_mode & 0o777 == 0o600


def test_nobody_follows_a_link_in_the_place_of_a_lock(booth: Booth, tmp_path: Path) -> None:
    booth.places.courier_lock.symlink_to(tmp_path / "shadow")
    with pytest.raises(BoothError, match="lock"), fetching(booth.places):
        pass
    assert not (tmp_path / "shadow").exists()
    with courier_at_rest(booth.places) as rests:
        assert rests


def test_a_pipe_in_the_place_of_the_couriers_lock_keeps_nobody(booth: Booth) -> None:
    booth.fetch()
    booth.places.courier_lock.unlink()
    os.mkfifo(booth.places.courier_lock)
    assert booth.switch().phase == "kept"


def test_the_switcher_leaves_a_courier_at_work_alone_and_comes_again(booth: Booth) -> None:
    booth.fetch()
    with held_by_another(booth, "fetching"):
        assert booth.switch().phase == "idle"
        assert booth.runs == OLD
    assert booth.switch().phase == "kept"


def test_two_couriers_do_not_write_to_one_folder(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    from appliance.update import lock

    monkeypatch.setattr(lock, "held", partial(quickly, lock.held))
    with held_by_another(booth, "fetching"), pytest.raises(BoothError, match="under way already"):
        booth.fetch()
    assert read_note(booth.places).phase == "none"


def test_while_a_trial_is_watched_a_technician_need_not_wait(booth: Booth) -> None:
    booth.fetch()
    real = booth.systemd.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        with locked(booth.places, wait_s=0):
            pass

    booth.systemd.sleep = sleep  # type: ignore[method-assign]
    assert booth.switch().phase == "kept"
