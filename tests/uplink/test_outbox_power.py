"""The outbox after a power cut at every call: what add() had acknowledged is there, once and in order."""

from __future__ import annotations

import os
import random
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.uplink.outbox import Outbox
from tests.uplink.crash.disk import Disk
from tests.uplink.crash.life import number_of, payload_of
from tests.uplink.crash.old import old_outbox
from tests.uplink.crash.syscalls import Call, calls_of
from tests.walls.tracing import require_strace

SEED = int(os.environ.get("BOOTH_SEED", "5"))
KINDS = ((0.0, 4096), (1.0, 4096), (0.5, 4096), (0.5, 512), (0.8, 512))
"Chance that an unsafe thing is there, and bytes of a sector. 0: only what was synced. 1: kill -9 at that call."
NAME = "outbox.sqlite"


@dataclass
class Told:
    """What the child has said so far."""

    begun: set[int] = field(default_factory=set)
    added: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)

    once: bool = True
    "Whether each comes once and in order."

    def hear(self, words: bytes) -> None:
        for word in words.decode().split():
            {"?": self.begun, "+": self.added, "-": self.deleted}[word[0]].add(int(word[1:]))

    def check(self, found: list[int]) -> None:
        assert not self.once or found == sorted(set(found)), "out of order, or twice"
        assert self.added - self.deleted <= set(found), "an acknowledged message is lost"
        assert set(found) <= self.begun, "a message that nobody added"


def life(folder: Path, file: Path, *words: object) -> list[Call]:
    command = [sys.executable, "-m", "tests.uplink.crash.life", str(file), *map(str, words)]
    return calls_of(require_strace(), command, folder.parent / "calls.strace")


def cut_everywhere(tmp_path: Path, file: Path, told: Told, most: int, *words: object) -> list[set[str]]:
    """Cut at up to `most` calls of a life, check each image; the names that lay beside each."""
    folder, image = tmp_path / "disk", tmp_path / "image"
    disk = Disk(folder)
    calls = life(folder, file, *words)
    rng = random.Random(SEED)
    print(f"BOOTH_SEED={SEED}")
    chance = most / sum(call.name not in ("open", "close") for call in calls)
    beside, cuts = [], 0
    for call in calls:
        ours = call.name != "write" and disk.apply(call)
        if call.name == "write" and call.handle == 1:
            told.hear(call.data)
        if ours and (call.name not in ("pwrite64", "open", "close") or rng.random() < chance):
            cuts += 1
            kept, sector = KINDS[cuts % len(KINDS)]
            disk.image(image, rng, kept, sector)
            outbox = Outbox(image / file.relative_to(folder))
            told.check([number_of(row.payload) for row in outbox.batch(10_000)])
            assert outbox.fault == ""
            assert outbox.add("exception", b"after")
            outbox.close()
            beside.append({path.name for path in outbox.file.parent.iterdir()})
    assert cuts >= 30
    assert max(told.added) == max(told.begun)
    return beside


def test_a_new_outbox_in_a_new_folder(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    beside = cut_everywhere(tmp_path, tmp_path / "disk/var/state" / NAME, Told(), 1000, 2, 9, 1000)
    assert not any("corrupt" in name for names in beside for name in names)


def test_a_busy_outbox_whose_log_is_written_back_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    beside = cut_everywhere(tmp_path, tmp_path / "disk" / NAME, Told(), 300, 2, 60, 12)
    assert not any("corrupt" in name for names in beside for name in names)


def test_an_outbox_of_the_last_version_that_is_migrated(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    old_outbox(tmp_path / "disk" / NAME, [payload_of(number) for number in range(100, 130)])
    told = Told(begun=set(range(100, 130)), added=set(range(100, 130)))
    beside = cut_everywhere(tmp_path, tmp_path / "disk" / NAME, told, 400, 2, 9, 1000)
    assert not any("corrupt" in name for names in beside for name in names)


def test_a_damaged_outbox_whose_sound_rows_are_taken_over(tmp_path: Path) -> None:
    """Cut while it is set aside too. Rows may come twice then, as a consumer bears, but none is lost."""
    file = tmp_path / "disk" / NAME
    lost = rotten_outbox(file.parent, range(100, 180))
    assert 0 < len(lost) < 30
    told = Told(begun=set(range(100, 180)), added=set(range(100, 180)) - lost, once=False)
    beside = cut_everywhere(tmp_path, file, told, 1000, 1, 5, 1000)
    assert all(f"{NAME}.corrupt-1" in names for names in beside[-10:])


def test_an_add_waits_for_the_disk_and_a_delete_does_not(tmp_path: Path) -> None:
    """Between the words around an add the log is synced; the other process's deletes are synced along with it."""
    (tmp_path / "disk").mkdir()
    syncs: dict[str, list[int]] = {"?": [], "+": []}
    count = 0
    for call in life(tmp_path / "disk", tmp_path / "disk" / NAME, 1, 30, 1000):
        count += call.name == "fsync"
        if call.name == "write" and call.handle == 1:
            word = call.data[:1].decode()
            syncs.get(word, []).append(count)
            count = 0
    assert len(syncs["+"]) == 30
    assert min(syncs["+"]) >= 1
    # Before each ?: the delete of the words since the last +, if there was one; the first opens the file.
    assert syncs["?"][1:] == [0] * 29


def test_the_cuts_find_what_an_outbox_without_syncs_loses(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    with pytest.raises(AssertionError, match="an acknowledged message is lost"):
        cut_everywhere(tmp_path, tmp_path / "disk" / NAME, Told(), 300, 1, 20, 1000, "unsynced")


def rotten_outbox(folder: Path, numbers: range) -> set[int]:
    """An outbox that was killed, half of it still in the log, one page of whose rows rotted; the numbers in it."""
    for half in (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]):
        outbox = Outbox(folder.with_name("alive") / NAME)
        for number in half:
            assert outbox.add("exception", payload_of(number))
        shutil.copytree(outbox.file.parent, folder, dirs_exist_ok=True)
        outbox.close()
    content = bytearray((folder / NAME).read_bytes())
    page = content.index(payload_of(numbers[20])) // 4096 * 4096
    lost = {number for number in numbers if payload_of(number) in content[page : page + 4096]}
    content[page : page + 4096] = random.Random(SEED).randbytes(4096)
    (folder / NAME).write_bytes(content)
    return lost
