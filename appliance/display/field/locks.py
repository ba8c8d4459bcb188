"""Who guessed wrongly: an address in, for how long it is not heard out; bounded, time passed in, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MOST_WRONG = 5
"Wrong tries of one address until it is locked out."
FIRST_LOCK_S = 60.0
LONGEST_LOCK_S = 3600.0
"Each lock lasts twice as long as the one before, up to this; a right code, a day of peace or a restart forgets them."
PEACE_S = 86_400.0
MOST_ADDRESSES = 1024
"Remembered at a time, four times a /24; whoever failed longest ago is forgotten first."


@dataclass
class Failing:
    """One address that has failed lately."""

    wrong: int = 0
    locks: int = 0
    until_s: float = float("-inf")
    last_s: float = float("-inf")


class Locks:
    """Owner of the addresses that have failed."""

    def __init__(self) -> None:
        self._failing: OrderedDict[str, Failing] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failing)

    def has_failed(self, address: str, now_s: float) -> bool:
        """Whether it guessed wrongly within the last day."""
        known = self._failing.get(address)
        return known is not None and now_s < known.last_s + PEACE_S

    def locked_s(self, address: str, now_s: float) -> float:
        """Seconds until it is heard again; 0 while it is."""
        known = self._failing.get(address)
        return max(0.0, known.until_s - now_s) if known else 0.0

    def miss(self, address: str, now_s: float) -> None:
        """It has guessed wrongly."""
        known = self._failing.pop(address, None) if self.has_failed(address, now_s) else None
        self._failing.pop(address, None)
        self._failing[address] = known = known or Failing()
        known.last_s = now_s
        known.wrong += 1
        if known.wrong >= MOST_WRONG:
            known.wrong = 0
            known.until_s = now_s + min(FIRST_LOCK_S * 2**known.locks, LONGEST_LOCK_S)
            # Bounded, lest the power of two outgrow any float.
            known.locks = min(known.locks + 1, 16)
        if len(self._failing) > MOST_ADDRESSES:
            self._failing.popitem(last=False)

    def forgive(self, address: str) -> None:
        """It has brought the right code."""
        self._failing.pop(address, None)
