"""Power cuts: at every system call of a first boot, and of what follows a cut, the booth is the old or the new one."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.provision import commit
from appliance.provision.places import Places
from tests.provision.builders import City, identity_in, new_booth, root_of_updates
from tests.uplink.crash.disk import Disk
from tests.uplink.crash.syscalls import Call, calls_of
from tests.walls.tracing import require_strace

SYNCED, SOME, ALL = 0.0, 0.5, 1.0
"The chance that what was not synced is there all the same."


def traced(log: Path, *words: object) -> list[Call]:
    command = [sys.executable, "-m", "appliance", "first-boot", *map(str, words)]
    return calls_of(require_strace(), command, log)


def images(disk: Disk, calls: list[Call], target: Path) -> Iterator[tuple[float, Path]]:
    """What may be found after a cut behind each call that changed the disk.

    A sync changes nothing where all is kept anyway, and nothing else changes what is synced.
    """
    for number, call in enumerate(calls):
        if disk.apply(call) and call.name != "close":
            for kept in (SYNCED,) if call.name == "fsync" else (SOME, ALL):
                disk.image(target, random.Random(number), kept)
                yield kept, target


def finished(root: Path) -> dict[str, bytes]:
    """What the booth is after the next start, which leaves nothing half done."""
    places = Places(root)
    commit.finish(places)
    assert not places.commit.exists()
    assert not list((root / "etc").rglob("*.part"))
    return identity_in(root)


@pytest.mark.parametrize("provisioned", [False, True])
def test_after_any_cut_the_booth_is_the_old_one_or_the_new_one(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, provisioned: bool
) -> None:
    booth, city = new_booth(tmp_path / "booth"), City(tmp_path / "city")
    if provisioned:
        booth.plug(city.keyed_stick(city.wish("before", settings={"camera": {"source": "csi:1"}})))
    stick = city.keyed_stick(city.wish(update_root=root_of_updates(tmp_path / "site")))
    old, disk = booth.identity(), Disk(booth.root)
    calls = traced(tmp_path / "log", "--folder", stick.folder, "--root", booth.root)
    new = booth.identity()
    assert old != new
    monkeypatch.setattr(os, "fsync", lambda _: None)
    seen = [(kept, finished(image)) for kept, image in images(disk, calls, memory / "image")]
    assert len(seen) > 100
    for _, identity in seen:
        assert identity in (old, new)
    # Each has one moment of change, and no way back from it.
    for kept in (SYNCED, ALL):
        changed = [identity == new for chance, identity in seen if chance == kept]
        assert changed == sorted(changed)
        assert set(changed) == {False, True}


def test_cuts_upon_a_cut_lose_nothing_either(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth, city = new_booth(tmp_path / "booth"), City(tmp_path / "city")
    parcel = city.keyed()
    twin = new_booth(tmp_path / "twin")
    twin.plug(city.written(parcel))
    ticket, files = parcel.manifest.ticket, files_of_twin(twin.root)
    booth.places.home.mkdir()
    commit.begin(booth.places, ticket, files)
    disk = Disk(booth.root)
    calls = traced(tmp_path / "log", "--resume", "--root", booth.root)
    new = booth.identity()
    assert new == twin.identity()
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for _, image in images(disk, calls, memory / "image"):
        assert finished(image) == new
        assert commit.was_used(Places(image), ticket)


def files_of_twin(root: Path) -> dict[str, str]:
    """The files of a commit, gathered from where they ended up."""
    places = Places(root)
    found = {name: target.path(places) for name, target in commit.TARGETS.items()}
    files = {name: path.read_text() for name, path in found.items() if path.is_file()}
    return {**files, "timezone": (root / "etc/timezone").read_text()}


def test_a_commit_that_was_not_ours_is_refused_and_nothing_is_put_in_place(tmp_path: Path) -> None:
    booth = new_booth(tmp_path / "booth")
    before = booth.identity()
    booth.places.home.mkdir()
    for content in (b"", b"{", b"[]", b'{"ticket": "x", "files": {"../../shadow": "x"}}', b"\xff"):
        booth.places.commit.write_bytes(content)
        with pytest.raises(BoothError, match="booth factory-reset"):
            commit.finish(booth.places)
        assert booth.identity() == before


def test_a_disk_without_room_leaves_the_old_booth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    booth, city = new_booth(tmp_path / "booth"), City(tmp_path / "city")
    before, stick = booth.identity(), city.keyed_stick()

    def full(*_: object, **__: object) -> None:
        raise BoothError("disk: No space left on device; free space")

    with monkeypatch.context() as patch:
        patch.setattr(commit, "write_durably", full)
        assert booth.plug(stick).line == "refused: disk: No space left on device; free space"
    assert booth.identity() == before
    assert booth.plug(stick).kind == "applied"


def test_a_cut_after_the_change_leaves_a_stick_that_is_wiped_at_the_next_plug(tmp_path: Path) -> None:
    booth, city = new_booth(tmp_path / "booth"), City(tmp_path / "city")
    parcel = city.keyed()
    shutil.copytree(city.written(parcel).folder, tmp_path / "copy")
    booth.plug(city.written(parcel))
    stick = city.written(parcel)
    assert booth.plug(stick).kind == "refused"
    assert b"PRIVATE" not in b"".join(path.read_bytes() for path in stick.folder.iterdir())
