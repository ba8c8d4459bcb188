"""No process of the booth leaves a core file or lets a debugger in, from before it has anything to hide."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walls.tracing import ROOT, require_strace, surroundings

PR_GET_DUMPABLE = 3
"linux/prctl.h"
ASK = f"""
import ctypes, json, resource
from appliance.health.hardening import forbid_dumps
resource.setrlimit(resource.RLIMIT_CORE, (4096, resource.getrlimit(resource.RLIMIT_CORE)[1]))
libc = ctypes.CDLL(None)
before = libc.prctl({PR_GET_DUMPABLE}, 0, 0, 0, 0)
done = forbid_dumps()
print(json.dumps([before, done, libc.prctl({PR_GET_DUMPABLE}, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE)]))
"""


def test_dumps_are_forbidden_and_stay_so() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [1, True, 0, 0, 0]


@pytest.mark.parametrize("process", ["vision", "uplink", "display"])
def test_each_process_forbids_them_before_it_opens_anything_of_its_own(process: str, tmp_path: Path) -> None:
    """The settings make each of them fail at its first step, so that the trace is short."""
    (tmp_path / "file").touch()
    folders = {"state": str(tmp_path / "file"), "runtime": str(tmp_path / "file")}
    settings = tmp_path / "booth.yaml"
    settings.write_text(json.dumps({"camera": {"source": str(tmp_path / "none.mkv")}, "folders": folders}))
    log = tmp_path / "strace"
    calls = [
        "-f",
        "-qq",
        "-s",
        "4096",
        "-e",
        "trace=prctl,prlimit64,openat,mkdir,socket,bind",
        "-o",
        str(log),
    ]
    command = [sys.executable, "-m", "appliance", "run", process, "--config", str(settings)]
    done = subprocess.run(
        [require_strace(), *calls, *command], env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    traced = log.read_text()
    forbidden = [
        traced.find("PR_SET_DUMPABLE, SUID_DUMP"),
        traced.find("RLIMIT_CORE, {rlim_cur=0, rlim_max=0}"),
    ]
    assert min(forbidden) > 0
    begun = re.search(rf'"{re.escape(str(tmp_path / "file"))}|AF_INET|gstreamer|onnxruntime_pybind', traced)
    assert begun, "it did nothing, so nothing was put to the test"
    assert max(forbidden) < begun.start()
