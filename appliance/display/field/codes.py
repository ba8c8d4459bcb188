"""One-time codes: the device shows one, a phone gives it back once; pure rules, time passed in, nothing on disk."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

DIGITS = 8
LIFE_S = 600.0
MOST_WRONG = 5
"Wrong tries until the door is locked, and until the code that was shown is good for nothing."
FIRST_LOCK_S = 60.0
LONGEST_LOCK_S = 3600.0
"Each lock lasts twice as long as the one before, up to this; a right code or a restart forgets them."
Answer = Literal["right", "wrong", "locked"]


@dataclass(frozen=True)
class Code:
    """What the device shows."""

    digits: str
    until_s: float
    "On the monotonic clock: good before, worthless from then on."


class Codes:
    """Owner of the one code that is good at a time, and of the lock on the door.

    At most MOST_WRONG guesses hit any code, so whoever guesses finds it with 5 chances in 10**8, and 24 hours of
    trying hit fewer than 30 codes, each of which somebody at the device has to ask for.
    """

    def __init__(self) -> None:
        self._code: Code | None = None
        self._wrong = 0
        self._locks = 0
        self._locked_until_s = float("-inf")

    def issue(self, now_s: float) -> Code:
        """A new code; the one before is good no more. The lock stays."""
        self._code = Code(f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", now_s + LIFE_S)
        return self._code

    def forget(self) -> None:
        """Nobody wants the code any more."""
        self._code = None

    def is_waiting(self, now_s: float) -> bool:
        """Whether a code is good."""
        return self._code is not None and now_s < self._code.until_s

    def locked_s(self, now_s: float) -> float:
        """Seconds until the next try is heard; 0 while the door is not locked."""
        return max(0.0, self._locked_until_s - now_s)

    def redeem(self, given: str, now_s: float) -> Answer:
        """Whether `given` is the code; a right one is used up. No code, an old one and a wrong one are alike."""
        if self.locked_s(now_s):
            return "locked"
        # Compared with something in any case, and in constant time: how long it takes tells nothing.
        live = self._code if self.is_waiting(now_s) else None
        expected = live.digits if live else secrets.token_hex(DIGITS)
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            self._code, self._wrong, self._locks = None, 0, 0
            return "right"
        self._miss(now_s)
        return "wrong"

    def _miss(self, now_s: float) -> None:
        self._wrong += 1
        if self._wrong >= MOST_WRONG:
            self._code, self._wrong = None, 0
            self._locked_until_s = now_s + min(FIRST_LOCK_S * 2**self._locks, LONGEST_LOCK_S)
            # Bounded, lest the power of two outgrow any float.
            self._locks = min(self._locks + 1, 16)
