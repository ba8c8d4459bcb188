"""The door of the field page: a code from the device goes in, a token for one phone comes out, and who is inside."""

from __future__ import annotations

import logging

from starlette.requests import Request

from appliance.display.field.codes import Code, Codes
from appliance.display.field.locks import FIRST_LOCK_S
from appliance.display.field.request import Refused
from appliance.display.field.sessions import Session, Sessions

SCHEME = "Bearer "
log = logging.getLogger(__name__)


class Door:
    """Owner of code and session; logs who comes and goes, never a code or a token."""

    def __init__(self) -> None:
        self._codes = Codes()
        self._sessions = Sessions()

    def show_code(self, now_s: float) -> Code:
        """A new code, to be shown on the device only."""
        log.info("a code for the field page is shown on the device")
        return self._codes.issue(now_s)

    def is_waiting(self, now_s: float) -> bool:
        """Whether a code is good."""
        return self._codes.is_waiting(now_s)

    def session(self, now_s: float) -> Session | None:
        """The open session."""
        return self._sessions.live(now_s)

    def enter(self, digits: str, address: str, now_s: float) -> str:
        """The token of a new session, for who asks from `address`.

        Raises Refused: wrong, locked, or another phone is at work.
        """
        if self._sessions.is_taken(now_s):
            raise Refused(409, "taken")
        answer = self._codes.redeem(digits, address, now_s)
        left_s = self._codes.locked_s(address, now_s)
        if answer == "right":
            log.info("field page: a session begins")
            return self._sessions.open(now_s)
        if not left_s:
            raise Refused(401, "wrong")
        if answer == "wrong" and left_s <= FIRST_LOCK_S:
            # Once an address: whoever goes on guessing does not fill the log.
            log.warning("field page: too many wrong codes from one address, locked for %.0f s", left_s)
        raise Refused(429, "locked", left_s=round(left_s))

    def admit(self, request: Request, now_s: float, *, touched: bool) -> None:
        """Raises Refused unless the request carries the token of the open session."""
        token = request.headers.get("authorization", "").removeprefix(SCHEME)
        if not self._sessions.admit(token, now_s, touched=touched):
            raise Refused(401, "out")

    def leave(self) -> None:
        """End the session."""
        log.info("field page: the session has ended")
        self._sessions.end()
