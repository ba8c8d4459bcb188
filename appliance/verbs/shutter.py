"""The camera's shutter: the pause files in; closed while anybody has paused the booth, and open again after it.

Closed, too, while it is not known whom the booth may look at: zones that cannot be read. A pause of somebody on the
spot that was seen once is held to its end, whatever becomes of the file that told of it: it was promised to somebody
who has left.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.config import Folders
from appliance.health import notify
from appliance.health.moment import read_moment
from appliance.health.pause import DISPLAY, PauseError, owners_of, paused_by, read_pauses
from appliance.health.term import Term
from appliance.verbs.dead_man import OPENING
from appliance.verbs.figures import Figures

LOOK_S = 0.1
"Between two looks at the pause files: who pauses the booth shall see the camera closed within .2 s."
log = logging.getLogger(__name__)


class Paused(Exception):
    """Somebody wants the camera closed."""


class Shutter:
    """Tells when to close the camera, and waits until it may be opened."""

    def __init__(
        self,
        folders: Folders,
        figures: Figures,
        fault: Callable[[], str] = lambda: "",
        note: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """`fault` tells why nobody may be looked at, whoever pauses the booth; '' when all is well.

        `note` is told who keeps the camera closed whenever that may be others, nobody at last.
        """
        self._folders = folders.state, folders.runtime
        self._figures = figures
        self._fault = fault
        self._note = note
        self._terms: dict[str, Term] = {}
        "Of people on the spot, as seen here; each until it is over."

    def is_wanted(self) -> bool:
        """Whether anybody pauses the booth."""
        return bool(self._why())

    def _why(self) -> str:
        why = paused_by(*self._folders)
        if why:
            self._remember()
        elif held := self._held():
            why = f"paused by {', '.join(held)}"
        return why or self._fault()

    def _remember(self) -> None:
        now = read_moment()
        for owner, term in terms_in(*self._folders):
            known = self._terms.get(owner)
            if known is None or term.left_s(now) > known.left_s(now):
                self._terms[owner] = term

    def _held(self) -> list[str]:
        """Who has paused the booth for a while that is not over, whether the files still say so or not."""
        if self._terms:
            now = read_moment()
            self._terms = {owner: term for owner, term in self._terms.items() if term.left_s(now) > 0}
        return sorted(self._terms)

    def _owners(self) -> list[str]:
        try:
            owners = sorted({*owners_of(*self._folders), *self._held()})
        except PauseError:
            return ["fault"]
        fault = self._fault()
        return owners + ([OPENING if fault.startswith(OPENING) else "fault"] if fault else [])

    def heed(self) -> None:
        """Raises Paused while anybody pauses the booth."""
        if self.is_wanted():
            raise Paused

    def wait(self, stop: threading.Event, forget: Callable[[], None], tend: Callable[[], None]) -> bool:
        """Wait, with the camera closed, until nobody pauses the booth; False when told to stop.

        Calls `forget` once before a wait, and `tend` all along.
        """
        if self.is_wanted():
            forget()
            notify.ready()
            self._stay_closed(stop, tend)
        if not stop.is_set():
            self._note(())
        return not stop.is_set()

    def _stay_closed(self, stop: threading.Event, tend: Callable[[], None]) -> None:
        while (why := self._why()) and not stop.is_set():
            states = {"state": "paused", "reason": why, "camera": "paused", "people": 0}
            if self._figures.set(**states, frames_per_second=0.0):
                log.warning("the camera is closed: %s", why)
                self._note(self._owners())
            notify.alive()
            stop.wait(LOOK_S)
            tend()
        if not stop.is_set():
            self._figures.set(state="starting", reason="", camera="starting")
            log.info("nobody pauses the booth any more; the camera opens")


def terms_in(state: Path, runtime: Path) -> list[tuple[str, Term]]:
    """Pauses that lift themselves, over or not, in files that can be read."""
    found: list[tuple[str, Term]] = []
    for folder in (state, runtime):
        with contextlib.suppress(PauseError):
            pauses = read_pauses(folder / DISPLAY).items()
            found += [(owner, pause) for owner, pause in pauses if isinstance(pause, Term)]
    return found
