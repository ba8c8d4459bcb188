"""A process of the booth that its unit has given up: its last words in, what is tried next, and a notice, out.

The ladder of a lost camera: vision opens it again (verbs/ladder.py), its unit starts it anew, and after the unit's
limit of starts its OnFailure= comes here. First the daemon of CSI cameras is restarted, and vision with it. If the unit
gives up again only people can help, and are told; yet it is started every ten minutes, so that a camera that is plugged
in again ends the story by itself: vision takes the notice back with the first frame (health/rescued.py).
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable
from pathlib import Path

from appliance.config import Folders
from appliance.errors import BoothError
from appliance.health.notices import tell
from appliance.health.owners import is_from_vision
from appliance.health.rescued import take_step
from appliance.health.vitals import read_vitals

DAEMON = "nvargus-daemon.service"
"Owns CSI cameras on a Jetson; some drivers leave it in a state that only its restart mends."
REBOOT = "reboot required: no picture after all restarts; check the camera's cable, then sudo reboot"
BROKEN = "vision does not start: "
ENDED_ITSELF = ("1", "1")
"ExecMainCode (exited) and ExecMainStatus of a process that could say in one line what people have to mend."
WAIT_S = 30
log = logging.getLogger(__name__)

Control = Callable[..., str]
"Asks the service manager, as systemctl does; returns what it printed, '' when it refused."


def systemctl(*words: str) -> str:
    """Ask the service manager of this machine."""
    try:
        done = subprocess.run(
            ["systemctl", *words], capture_output=True, text=True, timeout=WAIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("systemctl %s: %s", " ".join(words), error)
        return ""
    if done.returncode:
        log.error("systemctl %s: %s", " ".join(words), " ".join(done.stderr.split()))
    return done.stdout.strip()


def rescue(process: str, folders: Folders, now_s: float, control: Control = systemctl) -> str:
    """Try the next thing for `process`, which its unit has given up; returns what that was, in words."""
    unit = f"booth-{process}.service"
    before = take_step(folders.runtime) if process == "vision" else 1
    if before == 0:
        done = "started again"
        if control("show", "--property=LoadState", "--value", DAEMON) == "loaded":
            control("restart", DAEMON)
            done = f"{DAEMON} restarted, {done}"
        control("reset-failed", unit)
        control("start", "--no-block", unit)
        return f"{unit}: {done}"
    if process == "vision":
        _notice(folders, reason_of(folders.runtime, now_s, control))
    # Also sets the limit of starts back, for the timer's start.
    control("reset-failed", unit)
    control("restart", f"booth-rescue@{process}.timer")
    return f"{unit}: to be started again in ten minutes"


def reason_of(runtime: Path, now_s: float, control: Control) -> str:
    """What people have to do: mend what vision named with its last words, else boot anew."""
    words = read_vitals(runtime, "vision", now_s, is_from_vision) or {}
    reason = str(words.get("reason", ""))
    if words.get("state") == "failed" and reason and words.get("camera") != reason:
        return BROKEN + reason
    exited = control("show", "--property=ExecMainCode", "--value", "booth-vision.service")
    status = control("show", "--property=ExecMainStatus", "--value", "booth-vision.service")
    if not words and (exited, status) == ENDED_ITSELF:
        return f"{BROKEN}journalctl -u booth-vision says why"
    return REBOOT


def _notice(folders: Folders, words: str) -> None:
    try:
        tell(folders.state, "machine", words)
    except BoothError as error:
        log.error("%s", error)
    log.warning("%s", words)
