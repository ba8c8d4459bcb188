"""One-time codes: the device shows one, a phone gives it back once; pure rules, time passed in, nothing on disk."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

from appliance.display.field.locks import Locks

DIGITS = 8
LIFE_S = 600.0
CROWDED = 600
"Wrong guesses at one code after which only an address that has not failed is heard, and each but once."
SPOILED = 1000
"Wrong guesses after which a code is good for nothing; more than a /24 comes to, 600 + 254."
Answer = Literal["right", "wrong", "locked"]


@dataclass(frozen=True)
class Code:
    """What the device shows."""

    digits: str
    until_s: float
    "On the monotonic clock: good before, worthless from then on."


class Codes:
    """Owner of the one code that is good at a time, and of the locks on those who guess.

    Each address is locked out for its own wrong guesses, never for another's, so no visitor of the LAN keeps the
    technician out. A guess hits with 1 in 10**8, and only while somebody at the device lets a code be shown. Guesses
    that are heard of one address: 20 within the life of a code (5 at 0, 60, 180 and 420 s), fewer than 160 a day (7
    times 5 in the first hours, then 5 an hour). The worst case, a whole /24 of 254 attackers and a code shown all
    day: 254 * 160 = 40 640 guesses, a chance of 0.0004 a day; one attacker alone: 0.0000016. At any one code they have
    CROWDED guesses and one more each, a chance below 0.00001, and never more than SPOILED, however many addresses
    somebody makes up, as anybody may in IPv6: the price is that so many spoil the code, and another has to be shown.
    """

    def __init__(self) -> None:
        self._code: Code | None = None
        self._wrong = 0
        "Guesses at this code."
        self._locks = Locks()

    def issue(self, now_s: float) -> Code:
        """A new code; the one before is good no more. The locks stay."""
        self._code, self._wrong = Code(f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", now_s + LIFE_S), 0
        return self._code

    def is_waiting(self, now_s: float) -> bool:
        """Whether a code is good."""
        return self._live(now_s) is not None

    def locked_s(self, address: str, now_s: float) -> float:
        """Seconds until a try of this address is heard; 0 while it is."""
        own_s, code = self._locks.locked_s(address, now_s), self._live(now_s)
        if code is None or self._wrong < CROWDED or not self._locks.has_failed(address, now_s):
            return own_s
        return max(own_s, code.until_s - now_s)

    def redeem(self, given: str, address: str, now_s: float) -> Answer:
        """Whether `given` is the code; a right one is used up. No code, an old one and a wrong one are alike."""
        if self.locked_s(address, now_s):
            return "locked"
        # Compared with something in any case, and in constant time: how long it takes tells nothing.
        live = self._live(now_s)
        expected = live.digits if live else secrets.token_hex(DIGITS)
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            self._code = None
            self._locks.forgive(address)
            return "right"
        self._locks.miss(address, now_s)
        self._wrong += live is not None
        if self._wrong >= SPOILED:
            self._code = None
        return "wrong"

    def _live(self, now_s: float) -> Code | None:
        return self._code if self._code is not None and now_s < self._code.until_s else None
