"""Who works at the booth: one session at a time, held in memory; pure rules, time passed in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

TOKEN_BYTES = 32
IDLE_S = 900.0
"Without a touch or a key for so long the session ends, however busily its page asks."
LONGEST_S = 14_400.0
"After so long it ends however busy it is, so that no phone keeps the door for ever: a new code goes on with the work."
GONE_S = 60.0
"A phone that has not asked for so long is out of battery or on its way home: who brings a new code takes over."


@dataclass(frozen=True)
class Session:
    """The one that is open."""

    digest: bytes
    "SHA-256 of its token: a look into this memory opens nothing."
    touched_s: float
    "When a person last did something, on the monotonic clock."
    asked_s: float
    "When the page last asked for anything."
    begun_s: float

    def ends_s(self) -> float:
        """When it ends if nobody touches the page again."""
        return min(self.touched_s + IDLE_S, self.begun_s + LONGEST_S)


class Sessions:
    """Owner of the one session."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def live(self, now_s: float) -> Session | None:
        """The open session; one that was idle for too long is forgotten here."""
        if self._session is not None and now_s >= self._session.ends_s():
            self._session = None
        return self._session

    def is_taken(self, now_s: float) -> bool:
        """Whether somebody is at work, so that nobody else may begin."""
        session = self.live(now_s)
        return session is not None and now_s < session.asked_s + GONE_S

    def open(self, now_s: float) -> str:
        """The token of a new session, 64 hexadecimal digits; ends one that is_taken() does not protect."""
        token = secrets.token_hex(TOKEN_BYTES)
        self._session = Session(digest_of(token), now_s, now_s, now_s)
        return token

    def admit(self, token: str, now_s: float, *, touched: bool) -> bool:
        """Whether `token` is the open session's; `touched`: a person did something, so it goes on."""
        session = self.live(now_s)
        if session is None or not hmac.compare_digest(session.digest, digest_of(token)):
            return False
        touched_s = now_s if touched else session.touched_s
        self._session = replace(session, touched_s=touched_s, asked_s=now_s)
        return True

    def end(self) -> None:
        """Nobody is at work any more."""
        self._session = None


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
