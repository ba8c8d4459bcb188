"""What people do on the board: presses of its page in; counters, pause, ask and arming out, each at a bounded pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.display.asking import Asking
from appliance.display.bulletin import Bulletin
from appliance.display.field.request import Refused, number_in, text_in
from appliance.display.pausing import Pausing
from appliance.display.verdicts import VERDICTS
from appliance.errors import BoothError
from appliance.health.armed import DISPLAY, arm
from appliance.health.moment import read_moment
from appliance.remote_file import Remote

Values = dict[str, Any]
EVERY_S = 1.0
"Between two presses of one kind that do anything: a finger is slower, and a disk is worn by no flood."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the acts act on."""

    bulletin: Bulletin
    pausing: Pausing
    asking: Asking
    remote: Remote
    state: Path
    vitals: Callable[[float], dict[str, Any] | None]
    "Monotonic seconds -> fresh vitals of vision."
    tick: Callable[[float], None]
    "Tells the pages at once what has changed."


class Acts:
    """Owner of the pace; lives in the display's event loop. Times are monotonic seconds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._done_s: dict[str, float] = {}
        self._press: asyncio.Future[bool] | None = None
        self.refused = False
        "Whether nothing took the last press for a pause."

    def _too_soon(self, act: str, now_s: float) -> bool:
        soon = now_s < self._done_s.get(act, float("-inf")) + EVERY_S
        if not soon:
            self._done_s[act] = now_s
        return soon

    async def pause(self, _values: Values, now_s: float) -> Values:
        """Close the camera. Raises Refused only where nothing takes the pause: then somebody has to cover the lens."""
        if not await self.press(now_s):
            raise Refused(507, "pause-failed")
        return {}

    async def press(self, now_s: float) -> bool:
        """The same, for the button of the booth; False where nothing takes the pause. Never raises."""
        if self._press is None or self._press.done():
            if self._too_soon("pause", now_s):
                return True
            self._press = asyncio.ensure_future(self._close(now_s))
        # Whoever presses while a press is under way hears how that one ends; who leaves meanwhile ends nothing.
        return await asyncio.shield(self._press)

    async def _close(self, now_s: float) -> bool:
        pausing = self._parts.pausing
        # Whatever comes of the press: who wants not to be looked at is on no card, and nobody is asked for.
        self._parts.asking.stop(now_s)
        self._parts.bulletin.wipe(now_s)
        try:
            # A slow disk delays no card.
            await asyncio.get_running_loop().run_in_executor(pausing.hands, pausing.press)
        except BoothError as error:
            log.error("a pause was asked for and cannot be kept: %s", error)
            self._done_s.pop("pause", None)
            self.refused = True
            return False
        self.refused = False
        pausing.keep()
        self._parts.tick(now_s)
        return True

    async def ask(self, _values: Values, now_s: float) -> Values:
        """Somebody wants to be scored. Raises Refused with the reply to read out."""
        if self._too_soon("ask", now_s):
            raise Refused(429, "too-often")
        capture = self._parts.remote.settings.capture
        refusal = self._parts.asking.press(capture, self._parts.vitals(now_s), now_s)
        if refusal:
            raise Refused(409, f"reply-{refusal}")
        self._parts.tick(now_s)
        return {}

    async def judge(self, values: Values, now_s: float) -> Values:
        """What became of a card; `counted` is false where that is known already. Raises Refused."""
        number = round(number_in(values, "number", 1, 2**53))
        verdict = text_in(values, "verdict", 16)
        if verdict not in VERDICTS:
            raise Refused(400, f"verdict: one of {', '.join(VERDICTS)}")
        return {"counted": self._parts.bulletin.judge(number, verdict, now_s)}

    async def arm(self, _values: Values, now_s: float) -> Values:
        """Somebody at the device means the booth to work. Raises Refused."""
        if self._too_soon("arm", now_s):
            raise Refused(429, "too-often")
        try:
            await asyncio.to_thread(arm, self._parts.state / DISPLAY, read_moment())
        except BoothError as error:
            log.error("%s", error)
            raise Refused(507, "did-not-work") from None
        log.info("armed on the booth's own screen")
        return {}
