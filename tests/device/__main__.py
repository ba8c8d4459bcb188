"""`make test-gpu`: the tests of the kernels on this machine's NVIDIA GPU, then races and bounds by a sanitizer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.device.ready import ROOT, why_not

TESTED = "tests/runtime/jetson"
FALLBACK = Path("/usr/local/cuda/bin/compute-sanitizer")
TOOLS = {
    "memcheck": "reads and writes outside",
    "racecheck": "races in shared memory",
    "synccheck": "bad barriers",
}


def main() -> int:
    """Run the tests, then each tool; 0 with a reason where there is no GPU."""
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        return 0
    pytest = [sys.executable, "-m", "pytest", TESTED, "--driver=pycuda", *sys.argv[1:]]
    failed = subprocess.run(pytest, cwd=ROOT, check=False).returncode
    sanitizer = shutil.which("compute-sanitizer") or (str(FALLBACK) if FALLBACK.exists() else None)
    if sanitizer is None:
        print("skipped: compute-sanitizer is not installed, so races and bounds were not looked at")
        return failed
    for tool, finds in TOOLS.items():
        print(f"compute-sanitizer {tool}: {finds}", flush=True)
        options = ["--tool", tool, "--error-exitcode", "9", "--launch-timeout", "0"]
        command = [sanitizer, *options, *pytest, "--hypothesis-profile=few"]
        failed = failed or subprocess.run(command, cwd=ROOT, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
