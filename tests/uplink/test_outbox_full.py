"""A disk that is really full: vision goes on and says so, uplink goes on sending, the losses are counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.walls.tracing import ROOT

MOUNTED = 'mount -t tmpfs -o size=1m full "$1" && exec "$2" -m tests.uplink.crash.full_disk "$1"'


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened on a tmpfs of a megabyte, in a mount namespace that leaves nothing behind."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    alone = [unshare, "--map-root-user", "--mount"]
    probe = subprocess.run(
        [*alone, "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True, text=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"no file system may be mounted here: {probe.stderr.strip()[:80]}")
    folder = tmp_path_factory.mktemp("full")
    done = subprocess.run(
        [*alone, "sh", "-c", MOUNTED, "sh", str(folder), sys.executable],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    found["log"] = done.stderr
    return found


def test_vision_is_refused_and_told_why(facts: dict[str, Any]) -> None:
    assert "full" in facts["fault"]
    assert facts["tried"] == [False] * 4


def test_the_log_tells_once_that_it_began_and_once_that_it_is_over(facts: dict[str, Any]) -> None:
    """Of each process."""
    assert facts["log"].count("cannot write") == 2
    assert facts["log"].count("can write") == 2


def test_a_drainer_that_cannot_delete_sends_each_row_once(facts: dict[str, Any]) -> None:
    assert facts["waiting"] == facts["refused"]
    assert facts["sent_while_full"] == list(range(facts["refused"]))


def test_room_again_mends_both_and_the_losses_are_counted(facts: dict[str, Any]) -> None:
    assert facts["again"]
    assert facts["faults"] == ["", ""]
    assert facts["dropped"] == 5
    assert facts["left"] == 0
    assert facts["taken"] == [*range(facts["refused"]), 1000]
