"""A press that is killed with -9 at its n-th step: FOLDER and N in; the steps that it came through, one a line, out.

A step is a call into the kernel that can be interrupted between its beginning and its end: each is a place to die
before and one to die after. N 0: live to the end. Run as a program of its own, by test_kills.py.
"""

from __future__ import annotations

import os
import signal
import sys
import sysconfig
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from appliance.uplink.trends.noise import Noisy, Questions, draw
from appliance.uplink.trends.press import Press
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import DAY, clock_at, desk_in, next_day, street

STEPS = {
    *(
        "open",
        "write",
        "fsync",
        "flush",
        "close",
        "replace",
        "rename",
        "unlink",
        "ftruncate",
        "fchmod",
        "mkdir",
    ),
    *("execute", "commit", "flock", "remove"),
}
OURS = ("appliance/disk.py", "appliance/uplink/", "appliance/logbook/", "pathlib.py")
LIBRARY = sysconfig.get_paths()["stdlib"]


class Steps:
    """Counts the steps of our own code, and kills the process at one of them."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self.seen: list[str] = []

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        if event not in ("c_call", "c_return") or getattr(called, "__name__", "") not in STEPS:
            return
        if not any(part in frame.f_code.co_filename for part in OURS):
            return
        self.step(f"{'before' if event == 'c_call' else 'after'} {called.__name__} in {frame.f_code.co_name}")

    def step(self, name: str) -> None:
        self.seen.append(name)
        if len(self.seen) == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, fatal: int) -> None:
    """Release DAY with a tally that is the same at each try, as the runtime folder keeps it over a kill."""
    tally, steps = street(400), Steps(fatal)
    press = Press(desk_in(folder))

    def counted(tally: Tally, questions: Questions) -> Noisy:
        with (folder / "draws").open("ab", buffering=0) as file:
            file.write(b"drawn\n")
        steps.step("before the drawing")
        drawn = draw(tally, questions)
        steps.step("after the drawing")
        return drawn

    with patch("appliance.uplink.trends.press.draw", counted):
        sys.setprofile(steps)
        said = press.release(tally, clock_at(next_day(DAY)), next_day(DAY), [])
        sys.setprofile(None)
    print(said)
    print("\n".join(steps.seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
