"""A camera that does not come back: failed openings in, the next thing to try out.

A CSI camera's frames come through nvargus-daemon, which some sensor drivers leave in a state that ends with the
process, with the daemon, or only with the next boot (ar0234-jetson-driver#8). So: open again, start the
process anew, and from there on what only somebody with rights can do, said in the state. Where the units run it,
that somebody is the rescue (machine/rescue.py), which comes once vision's unit has reached its limit of starts.
"""

from __future__ import annotations

import contextlib

from appliance.config import Settings
from appliance.health.rescued import end_rescue
from appliance.verbs.scribe import Hand, do_here

RESTART_AFTER = 5
"Failed openings in a row, half a minute or so, before the process starts anew."
DAEMON_AFTER = 5
"The same in the new process, before the daemon is to be restarted."
REBOOT_AFTER = 15
"And before nothing but a reboot is left: five minutes or more."
DAEMON = "restart nvargus-daemon: sudo systemctl restart nvargus-daemon"
REBOOT = "reboot required: sudo reboot"


class Ladder:
    """Counts openings without a frame. The step taken last is kept in the runtime folder, which a reboot empties."""

    def __init__(self, settings: Settings, hand: Hand = do_here) -> None:
        """`hand` has the end of a rescue written down: the camera is open then."""
        self.failures = 0
        self._hand = hand
        self._argus = settings.camera.source.startswith("csi:")
        self._folders = settings.folders
        self._mark = settings.folders.runtime / "camera-restarted"

    def climb(self, seen: int) -> None:
        """One opening is over, after so many frames."""
        self.failures = 0 if seen else self.failures + 1
        if seen:
            with contextlib.suppress(OSError):
                self._mark.unlink(missing_ok=True)
            self._hand(lambda: end_rescue(self._folders.runtime, self._folders.state))

    def restart_due(self) -> bool:
        """Whether the process shall start anew: once for each loss, so never in a circle."""
        if not self._argus or self.failures < RESTART_AFTER or self._mark.exists():
            return False
        try:
            self._mark.touch()
        except OSError:  # without a mark the new process would start anew again
            return False
        return True

    def words(self, error: str) -> str:
        """Why there is no picture, with the cure in front once it takes a person."""
        if not self._argus or not self._mark.exists() or self.failures < DAEMON_AFTER:
            return error
        return f"{REBOOT if self.failures >= REBOOT_AFTER else DAEMON}; {error}"
