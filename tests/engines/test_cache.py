"""The cache: whole files or none, one set-up at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache, default_cache, holds, sha256_of, store
from tests.engines.builders import sha256

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from engines.cache import Cache
with Cache(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
print("released", flush=True)
"""


def test_the_cache_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache().root == tmp_path / "booth"


@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_without_a_usable_xdg_the_cache_is_in_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache().root == tmp_path / ".cache" / "booth"


def test_a_hash_covers_files_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    assert sha256_of(first, second) == sha256(b"onetwo")
    assert sha256_of(second, first) != sha256(b"onetwo")


def test_only_the_exact_content_counts(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert not holds(path, sha256(b"content"))
    path.write_bytes(b"content")
    assert holds(path, sha256(b"content"))
    path.write_bytes(b"conten")
    assert not holds(path, sha256(b"content"))
    assert not holds(tmp_path, sha256(b"content"))


def test_store_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "name"
    for content in (b"old", b"new"):
        source = tmp_path / "scratch"
        source.write_bytes(content)
        store(source, target)
        assert target.read_bytes() == content
        assert not source.exists()


def test_scratch_is_on_the_disk_of_the_cache_and_goes_away(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "booth")
    with cache.scratch() as folder:
        assert folder.is_dir()
        assert folder.parent == cache.root
    assert not folder.exists()


def test_a_lock_is_only_read_so_that_one_of_root_does_not_shut_vision_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, ways = os.open, list[int]()

    def noted(path: Path, flags: int, mode: int = 0o777, **more: int) -> int:
        if os.fspath(path).endswith("/lock"):
            ways.append(flags & os.O_ACCMODE)
        return opened(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", noted)
    with Cache(tmp_path).lock():
        pass
    assert ways == [os.O_RDONLY]


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"), Cache(tmp_path).lock():
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_the_lock_removes_what_a_killed_setup_left(tmp_path: Path) -> None:
    leftover = tmp_path / "partial-abc" / "half.whl"
    leftover.parent.mkdir()
    leftover.write_bytes(b"half")
    with Cache(tmp_path).lock():
        assert not leftover.parent.exists()


def test_a_second_setup_waits_for_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    second = None
    try:
        assert first.stdin
        assert first.stdout
        assert first.stdout.readline() == "held\n"
        second = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert second.stdout
        assert "waiting" in second.stdout.readline()
        first.stdin.close()
        assert second.stdout.readline() == "held\n"
    finally:
        for child in filter(None, (first, second)):
            child.kill()
            child.wait()


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BoothError, match="XDG_CACHE_HOME"), Cache(tmp_path / "file" / "booth").lock():
        pass
