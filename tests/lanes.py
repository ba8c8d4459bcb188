"""All tests in two lanes side by side: those that calculate, and those that mostly wait for processes and brokers.

In comes nothing; out come what both lanes say, one after the other, and the status: 0 when both passed. Those that
calculate open no fixed port and start no broker: the lanes share nothing but the cache of downloads, which is locked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent
CALCULATING = ("budget", "calibration", "engines", "evaluation", "golden", "law", "runtime", "sign", "vision")
"Folders of tests; all others wait."
PYTEST = (sys.executable, "-m", "pytest")
NO_TESTS = 5
"Status of pytest where a choice of tests matches nothing in a lane."


def words_of_lanes(choice: list[str]) -> tuple[list[str], list[str]]:
    """What pytest is told in each lane, the calculating one first; `choice` goes to both."""
    folders = [str(TESTS / name) for name in CALCULATING]
    calculating = [*PYTEST, "-p", "no:cacheprovider", *choice, *folders]
    return calculating, [*PYTEST, *choice, *(f"--ignore={folder}" for folder in folders)]


def run(choice: list[str]) -> int:
    """Both lanes to their ends."""
    calculating, waiting = words_of_lanes(choice)
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(calculating, stdout=said, stderr=subprocess.STDOUT) as beside:
            try:
                status = subprocess.run(waiting, check=False).returncode
                other = beside.wait()
            finally:
                beside.terminate()
        said.seek(0)
        print("\nbeside these, what calculates:", flush=True)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return 0 if {status, other} <= {0, NO_TESTS} and {status, other} != {NO_TESTS} else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
