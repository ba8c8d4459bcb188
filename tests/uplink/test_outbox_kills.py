"""Writer and drainer killed with -9 again and again: nothing that was acknowledged is lost or comes twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.walls.tracing import ROOT

SEED = int(os.environ.get("BOOTH_SEED", "5"))
ROUNDS = 150


def test_two_processes_killed_at_random(tmp_path: Path) -> None:
    """In a process of its own: one that forks must have no threads and no outbox open."""
    print(f"BOOTH_SEED={SEED}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.uplink.crash.kills", str(tmp_path), str(SEED), str(ROUNDS)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    added, delivered = map(int, done.stdout.split())
    assert added > ROUNDS
    assert delivered > ROUNDS
