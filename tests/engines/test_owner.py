"""Root at work in a folder of somebody less trusted: with the rights of that one, and through none of his links."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appliance.commands import engines as commands
from engines.active import Network, activate, pointer_path, read_standing
from engines.cache import Cache
from engines.owner import become_owner
from tests.engines.builders import active_of, put_network

BODY = Network("blazepose", (256, 256))
OWNER = 54_321
BUILD = """
import os, sys
from pathlib import Path
from engines.owner import become_owner
become_owner(Path(sys.argv[1]))
print(os.getresuid(), os.getresgid(), os.getgroups())
try:
    (Path(sys.argv[1]) / "link").write_text("root's")
except PermissionError:
    print("refused")
"""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "booth")
    put_network(cache, BODY, b"float")
    return cache


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_root_works_with_the_rights_of_whom_the_cache_is(tmp_path: Path) -> None:
    (tmp_path / "booth").mkdir()
    (tmp_path / "shadow").write_text("untouched")
    (tmp_path / "booth/link").symlink_to(tmp_path / "shadow")
    os.chown(tmp_path / "booth", OWNER, OWNER)
    words = [sys.executable, "-c", BUILD, str(tmp_path / "booth")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    me = f"({OWNER}, {OWNER}, {OWNER})"
    assert done.stdout.splitlines() == [f"{me} {me} []", "refused"]
    assert (tmp_path / "shadow").read_text() == "untouched"


def test_a_cache_of_ones_own_and_none_change_nothing(tmp_path: Path) -> None:
    before = os.getresuid()
    become_owner(tmp_path)
    become_owner(tmp_path / "nowhere")
    assert os.getresuid() == before


def test_every_command_about_networks_gives_the_rights_up_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Path] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("engines.owner.become_owner", given.append)
    assert CliRunner().invoke(commands.app, ["list", "--json"]).exit_code == 0
    assert given == [tmp_path / "booth"]


def test_a_pointer_is_written_through_no_link(cache: Cache) -> None:
    victim = cache.root / "victim"
    victim.write_text("untouched")
    path = pointer_path(cache, BODY)
    names = (path.with_suffix(".new"), path.with_name(f".{path.name}.{os.getpid()}.part"), path)
    for name in names:
        name.symlink_to(victim)
    made = cache.models / "made.onnx"
    made.write_bytes(b"eight bits")
    active = active_of(cache, BODY, made)
    activate(cache, BODY, active)
    assert victim.read_text() == "untouched"
    assert read_standing(cache, BODY).active == active
