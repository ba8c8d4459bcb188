"""Children of the demo: real processes that crash, refuse to end, or lose their parent."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.demo.child import MOST_LINE, MOST_LINES, Child, Ring
from appliance.demo.supervisor import Kept, Restarts, end_all

PATIENCE_S = 10.0
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
PARENT = """
import sys, time
from appliance.demo.child import Child
child = Child([sys.executable, "-c", {code!r}])
while child.said.last() != "up":
    time.sleep(0.02)
print(child.pid, flush=True)
time.sleep(60)
"""


def until(what: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return what()


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def python(code: str) -> Child:
    return Child([sys.executable, "-c", code])


def test_a_child_that_fails_leaves_its_code_and_its_last_words() -> None:
    child = python("import sys; print('first'); sys.exit('booth: no camera')")
    assert until(lambda: child.code() is not None)
    assert (child.code(), child.lines()) == (1, ["first", "booth: no camera"])


def test_a_child_lives_in_a_session_of_its_own() -> None:
    child = python("import time; time.sleep(60)")
    assert os.getsid(child.pid) == child.pid
    child.wipe()


def test_a_child_that_ignores_sigterm_is_gone_after_the_grace() -> None:
    child = python(STUBBORN)
    kept = Kept("stubborn", lambda: child, Restarts())
    kept.tend(0)
    assert until(lambda: child.said.last() == "up")
    end_all([kept], grace_s=0.2)
    assert child.code() == -signal.SIGKILL


def test_haste_does_not_wait_for_the_grace() -> None:
    child = python(STUBBORN)
    kept = Kept("stubborn", lambda: child, Restarts())
    kept.tend(0)
    assert until(lambda: child.said.last() == "up")
    end_all([kept], grace_s=3600, hurry=lambda: True)
    assert child.code() == -signal.SIGKILL


def test_what_a_child_started_goes_with_it() -> None:
    child = python(
        "import subprocess, sys, time\n"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    assert until(lambda: child.said.last() != "")
    grandchild = int(child.said.last())
    child.wipe()
    assert until(lambda: not alive(grandchild))


@pytest.mark.parametrize(
    "code", ["print('up', flush=True); import time; time.sleep(60)", STUBBORN], ids=["plain", "stubborn"]
)
def test_a_killed_parent_leaves_no_child(code: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(code=code)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not alive(pid))


def test_a_program_that_is_missing_is_named() -> None:
    child = Child(["/nonexistent/program"])
    assert until(lambda: child.code() is not None)
    assert child.lines()[-1] == "/nonexistent/program: No such file or directory"


def test_a_torrent_of_output_is_read_and_forgotten() -> None:
    child = python("import sys; sys.stdout.write('x' * 3_000_000); print(); print('last')")
    assert until(lambda: child.code() is not None)
    assert child.lines()[-1] == "last"
    assert all(len(line) <= MOST_LINE for line in child.lines())


def test_only_the_newest_lines_are_kept() -> None:
    child = python("for number in range(1000): print(number)")
    assert until(lambda: child.code() is not None)
    assert child.lines()[-1] == "999"
    assert len(child.lines()) == MOST_LINES


def test_control_characters_reach_no_terminal() -> None:
    child = python(r"print('\x1b[2Jwiped\x07')")
    assert until(lambda: child.code() is not None)
    assert child.lines()[-1] == "[2Jwiped"


def test_a_silent_child_has_no_last_words() -> None:
    ring = Ring()
    ring.fill(None)
    assert ring.last() == ""
