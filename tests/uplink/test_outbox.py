"""The outbox: loses nothing but what it counts, keeps the order, outlives kills, damage and full disks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import Bounds, enforce
from tests.uplink.crash.life import fill_disk

WRITER = """
import sys
from pathlib import Path
from appliance.uplink.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]))
for number in range(100_000):
    assert outbox.add("exception", b"%d" % number)
    print(number, flush=True)
"""
STEPS = st.lists(
    st.one_of(
        st.just(("add", 0)),
        st.tuples(st.just("take"), st.integers(1, 4)),
        st.tuples(st.just("refuse"), st.integers(1, 4)),
        st.just(("reopen", 0)),
    ),
    max_size=40,
)


def contents(outbox: Outbox) -> list[bytes]:
    return [row.payload for row in outbox.batch(1_000_000)]


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, bound=st.integers(1, 6))
def test_nothing_is_lost_but_what_is_counted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], bound: int
) -> None:
    file = tmp_path_factory.mktemp("outbox") / "outbox.sqlite"
    writer, drainer = Outbox(file, Bounds(rows=bound)), Outbox(file, Bounds(rows=bound))
    waiting: list[bytes] = []
    added = dropped = 0
    for step, count in steps:
        if step == "add":
            payload = b"%d" % added
            assert writer.add("exception", payload)
            added += 1
            waiting.append(payload)
            dropped += len(waiting[:-bound])
            waiting = waiting[-bound:]
        elif step == "take":
            taken = drainer.batch(count)
            assert [row.payload for row in taken] == waiting[:count]
            assert drainer.delete([row.number for row in taken])
            waiting = waiting[count:]
        elif step == "refuse":
            rows = drainer.batch(count)
            later = drainer.batch(count, after=rows[-1].number) if rows else []
            assert [row.payload for row in rows + later] == waiting[: 2 * count]
        else:
            writer.close()
            drainer.close()
        assert contents(drainer) == waiting
        assert (writer.rows(), drainer.rows()) == (len(waiting), len(waiting))
        assert (writer.dropped(), drainer.dropped()) == (dropped, dropped)
    writer.close()
    drainer.close()


def test_an_empty_outbox_gives_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    assert (outbox.batch(5), outbox.rows(), outbox.dropped(), outbox.delete([])) == ([], 0, 0, True)


def test_only_kinds_of_the_contract_wait(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no kind"):
        Outbox(tmp_path / "outbox.sqlite").add("frame", b"")


def test_rows_that_are_gone_can_be_deleted_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.add("exception", b"a")
    number = outbox.batch(1)[0].number
    assert outbox.delete([number])
    assert outbox.delete([number, 99])
    assert outbox.rows() == 0


def test_what_was_added_survives_kill_9(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    with subprocess.Popen([sys.executable, "-c", WRITER, file], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(60)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    kept = [int(payload) for payload in contents(Outbox(file))]
    # One more may be on disk whose number the writer had no time to say.
    assert kept in (said, [*said, said[-1] + 1])


def test_damage_at_work_is_met_by_one_process_and_followed_by_the_other(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    writer, drainer = Outbox(file), Outbox(file)
    writer.add("exception", b"before")
    old = drainer.batch(1)[0].number
    file.rename(tmp_path / "outbox.sqlite.corrupt-1")
    assert writer.add("exception", b"after")
    assert drainer.delete([old])
    assert contents(drainer) == [b"after"]
    assert (writer.openings, drainer.openings) == (2, 2)
    writer.close()
    drainer.close()
    assert contents(Outbox(file)) == [b"after"]


def test_what_is_committed_to_a_file_that_was_set_aside_meanwhile_is_added_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "outbox.sqlite"
    outbox = Outbox(file)

    def set_aside_meanwhile(*words: Any) -> None:
        enforce(*words)
        if outbox.openings == 1:
            file.rename(tmp_path / "aside")

    monkeypatch.setattr("appliance.uplink.outbox.enforce", set_aside_meanwhile)
    assert outbox.add("exception", b"a")
    assert outbox.openings == 2
    assert contents(Outbox(file)) == [b"a"]


def test_a_full_disk_refuses_says_so_and_the_loss_is_counted_later(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.add("exception", b"a")
    fill_disk(outbox)
    assert [outbox.add("exception", b"x" * 50_000) for _ in range(3)] == [False] * 3
    assert "full" in outbox.fault
    assert (outbox.dropped(), contents(outbox)) == (3, [b"a"])
    assert "full" in outbox.fault, "that reading works does not hide that writing fails"
    outbox.close()
    assert outbox.add("exception", b"b")
    assert outbox.fault == ""
    assert (outbox.dropped(), contents(outbox)) == (3, [b"a", b"b"])
    assert Outbox(outbox.file).dropped() == 3


def test_what_passes_through_leaves_no_large_log_on_a_small_disk(tmp_path: Path) -> None:
    vision, uplink = (Outbox(tmp_path / "outbox.sqlite") for _ in range(2))
    for _ in range(400):
        assert vision.add("exception", b"x" * 500)
        assert uplink.delete(row.number for row in uplink.batch(10))
    # They write some 5 MB.
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 1_500_000
    vision.close()
    uplink.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BoothError, match=r"file/state: .*folders\.state"):
        Outbox(tmp_path / "file" / "state" / "outbox.sqlite")


@pytest.mark.parametrize("umask", [0o007, 0o077, 0o022])
def test_both_users_of_a_booth_may_write_every_file_of_the_outbox(tmp_path: Path, umask: int) -> None:
    """vision and uplink are two users of one group; the units' umask is 0007, and a desk's is its own affair."""
    before = os.umask(umask)
    try:
        outbox = Outbox(tmp_path / "outbox.sqlite")
        outbox.add("exception", b"{}")
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        outbox.close()
    finally:
        os.umask(before)
    assert len(modes) == 4, "base, log, index and lock"
    assert {mode & 0o660 for mode in modes.values()} == {0o660 & ~umask}
    assert not [mode for mode in modes.values() if mode & 0o007 & ~(0o004 if umask == 0o022 else 0)]
