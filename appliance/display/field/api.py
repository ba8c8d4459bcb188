"""What the field page asks for: who is in, what vision sees, how the booth stands; everything behind the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.config import Settings
from appliance.display.field.door import Door
from appliance.display.field.measure import LOOK_S
from appliance.display.field.report import Report
from appliance.display.field.request import (
    Endpoint,
    answering,
    body_of,
    check_origin,
    flag_in,
    number_in,
    text_in,
)  # fmt: skip
from appliance.display.field.window import Window
from appliance.display.field.work import Work
from appliance.display.view import datagram_from_view

Values = dict[str, Any]
Read = Callable[[float], Values]
Write = Callable[[Values, float], Values]
PLACE = "/field/api/"


class Api:
    """Endpoints of the page; each but the door's own asks the door first."""

    def __init__(self, settings: Settings, door: Door, window: Window, clock: Callable[[], float]) -> None:
        self._door = door
        self._window = window
        self._clock = clock
        self._work = Work(settings)
        self._report = Report(settings, self._work, window)

    def tend(self, now_s: float) -> None:
        """What waits for a disk, a few times a second."""
        self._work.tend(now_s)

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(PLACE + "session", answering(self._enter), methods=["POST"]),
            Route(PLACE + "session", answering(self._leave), methods=["DELETE"]),
            Route(PLACE + "view", answering(self._view), methods=["GET"]),
            *[
                Route(PLACE + name, self._reading(read), methods=["GET"])
                for name, read in self._reads().items()
            ],
            *[
                Route(PLACE + name, self._writing(do), methods=["POST"])
                for name, do in self._writes().items()
            ],
        ]

    def _reads(self) -> dict[str, Read]:
        return {"state": self._state, "checks": self._report.checks}

    def _writes(self) -> dict[str, Write]:
        return {
            "touch": self._touch, "again": self._again, "mark": self._mark, "zones": self._draw,
            "ground": self._capture, "ground/forget": self._forget_ground, "sign-off": self._sign,
        }  # fmt: skip

    def _reading(self, read: Read) -> Endpoint:
        async def answer(request: Request) -> Values:
            now_s = self._clock()
            self._door.admit(request, now_s, touched=False)
            return read(now_s)

        return answering(answer)

    def _writing(self, do: Write) -> Endpoint:
        async def answer(request: Request) -> Values:
            self._door.admit(request, self._clock(), touched=True)
            return do(await body_of(request), self._clock())

        return answering(answer)

    async def _enter(self, request: Request) -> Values:
        digits = text_in(await body_of(request), "code", 16)
        address = request.client.host if request.client else ""
        token = self._door.enter("".join(digits.split()), address, self._clock())
        self._work.arm(self._clock())
        return {"token": token}

    async def _leave(self, request: Request) -> Values:
        check_origin(request)
        self._door.admit(request, self._clock(), touched=True)
        self._door.leave()
        return {}

    async def _view(self, request: Request) -> Response | None:
        now_s = self._clock()
        self._door.admit(request, now_s, touched=False)
        view = self._window.look(now_s)
        return Response(datagram_from_view(view), media_type="application/json") if view else None

    def _touch(self, _values: Values, now_s: float) -> Values:
        return self._state(now_s)

    def _again(self, _values: Values, now_s: float) -> Values:
        self._window.again()
        return self._state(now_s)

    def _mark(self, values: Values, now_s: float) -> Values:
        self._work.mark(text_in(values, "step", 16), done=flag_in(values, "done"))
        return self._state(now_s)

    def _draw(self, values: Values, now_s: float) -> Values:
        self._work.draw(values.get("zones"))
        return self._state(now_s)

    def _capture(self, values: Values, now_s: float) -> Values:
        height_m = number_in(values, "height_m", 0.5, 2.5)
        far_m = None if values.get("far_m") is None else number_in(values, "far_m", 1, 100)
        self._work.capture(text_in(values, "spot", 16), self._window.lately(now_s, LOOK_S), height_m, far_m)
        return self._state(now_s)

    def _forget_ground(self, _values: Values, now_s: float) -> Values:
        self._work.forget_ground()
        return self._state(now_s)

    def _sign(self, values: Values, now_s: float) -> Values:
        self._work.sign(self._report.sign_off(text_in(values, "reason", 32), now_s))
        return self._state(now_s)

    def _state(self, now_s: float) -> Values:
        session = self._door.session(now_s)
        return {**self._report.state(now_s), "left_s": round(session.ends_s() - now_s) if session else 0}
