"""OpenDP within vision's walls: its library loads and draws where no memory may be written and run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.walls.tracing import ROOT

INSIDE = """
import ctypes, mmap, sys
libc = ctypes.CDLL(None, use_errno=True)
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
if libc.prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except PermissionError:
    pass
else:
    sys.exit("the wall does not stand")
from appliance.uplink.trends.noise import Questions, draw
from tests.uplink.trends.builders import street
print(draw(street(300), Questions(1.0)).passages)
"""


def test_noise_is_drawn_where_memory_is_written_or_run_and_never_both() -> None:
    """As MemoryDenyWriteExecute= of booth-vision.service has it, here by prctl(2) of Linux 6.3."""
    done = subprocess.run(
        [sys.executable, "-c", INSIDE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("the kernel knows no PR_SET_MDWE; it needs Linux 6.3")
    assert done.returncode == 0, done.stderr
    assert abs(int(done.stdout) - 300) < 200
