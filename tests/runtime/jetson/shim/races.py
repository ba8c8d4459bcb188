"""Races between a kernel's threads: a command that runs kernels behind the shim in, where threads collide out.

`python -m tests.runtime.jetson.shim.races` looks at all tests of kernels, in a few minutes. g++'s thread sanitizer
takes each thread of a block for one of its own, and a barrier for all that orders them. What two blocks do to the same
place in device memory is a race as well; shared memory is told by the first of two runs, which orders the blocks.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.runtime.jetson.shim.build import EXTRA

SANITIZER = ("-fsanitize=thread", "-g")
TESTS = Path(__file__).parents[1]
KERNEL_TESTS = ("bodies", "boxes", "cuts", "image", "measures", "neighbours", "pyramid", "texture", "trials")
PLACE = re.compile(r" \S*/(?!cuda_shim)(\w+\.cuh?:\d+)")
SHARED = "Location is global"
"A block's shared memory is a static variable."


def libraries() -> list[str]:
    """What must be loaded before Python; empty where g++ brings no thread sanitizer."""
    names = ("libtsan.so", "libstdc++.so")
    compiler = shutil.which("g++")
    if compiler is None:
        return []
    asked = [[compiler, f"-print-file-name={name}"] for name in names]
    found = [subprocess.run(one, capture_output=True, text=True, check=True).stdout.strip() for one in asked]
    return found if all(Path(one).is_absolute() for one in found) else []


def races(command: Sequence[str], *, across: bool) -> tuple[int, list[str]]:
    """Exit status of a command, and the two places of each race in its kernels.

    `across`: between blocks, in device memory; else between threads of a block, shared memory included.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = f"exitcode=0 report_thread_leaks=0 log_path={folder}/log"
        more = {"LD_PRELOAD": " ".join(libraries()), "TSAN_OPTIONS": options, EXTRA: " ".join(SANITIZER)}
        if across:
            more["BOOTH_RACES_ACROSS"] = "1"
        # The sanitizer's map of memory and random addresses do not always go together.
        fixed = [setarch, "-R"] if (setarch := shutil.which("setarch")) else []
        done = subprocess.run([*fixed, *command], env={**os.environ, **more}, check=False)
        logs = [log.read_text(errors="replace") for log in Path(folder).glob("log*")]
    return done.returncode, sorted(set(told("".join(logs), across=across)))


def told(log: str, *, across: bool) -> list[str]:
    """Places of the races in a sanitizer's report; what happens outside of kernels is the host's."""
    found = []
    for report in log.split("=" * 18):
        halves = [PLACE.search(half) for half in report.split("Previous", 1)]
        if len(halves) == 2 and all(halves) and not (across and SHARED in report):
            found.append(" and ".join(sorted(half[1] for half in halves if half)))
    return found


def main() -> int:
    """Run the tests of kernels twice; the exit status is 1 for a race or a test that failed."""
    tests = [str(TESTS / f"test_{name}.py") for name in KERNEL_TESTS]
    if not libraries():
        sys.exit("races: g++ brings no thread sanitizer here; install libtsan")
    failed = 0
    for across in (False, True):
        status, found = races([sys.executable, "-m", "pytest", "-q", *tests], across=across)
        title = f"{'across' if across else 'within'} blocks: {len(found)} races"
        print("\n".join([title, *found]), flush=True)
        failed |= bool(status or found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
