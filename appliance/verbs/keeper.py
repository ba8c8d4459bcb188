"""Keeping what is learned: banks in; the newest on the disk, and what is wrong with that disk, out.

Whoever looks at the street waits for no disk: he hands the writing over, and learns on meanwhile.
"""

from __future__ import annotations

import logging
from pathlib import Path

from appliance.artifacts import Bank, save_bank
from appliance.errors import BoothError
from appliance.verbs.scribe import Hand, do_here

log = logging.getLogger(__name__)
HANGS_S = 30.0
"A disk that has not taken a bank by then hangs, which is a state."
HANGS = "the disk hangs; start the booth anew, or replace the disk"


class Keeper:
    """Owner of a bank's file. Times are monotonic seconds."""

    def __init__(self, file: Path, hand: Hand = do_here) -> None:
        """`hand` has a bank written; of those that wait the newest is enough."""
        self._file, self._hand = file, hand
        self._handed = 0
        "Number of the newest bank."
        self._waits_since_s = 0.0
        self._hangs = False
        self._done = 0
        "Number of the newest that was written or refused: set, as is the refusal, where the writing is done."
        self._refusal = ""

    @property
    def fault(self) -> str:
        """Why the disk does not have the newest bank; '' while it has, or will have soon."""
        return self._refusal or (f"{self._file}: {HANGS}" if self._hangs else "")

    def keep(self, bank: Bank, now_s: float) -> None:
        """Have `bank` written, whose arrays change no more."""
        if self._done == self._handed:
            self._waits_since_s = now_s
        self._handed += 1
        number = self._handed
        self._hand(lambda: self._write(bank, number))

    def look(self, now_s: float) -> None:
        """To be called now and then: notices a disk that hangs."""
        hangs = self._done != self._handed and now_s - self._waits_since_s >= HANGS_S
        if hangs and not self._hangs:
            log.warning("the bank is not kept: %s: %s", self._file, HANGS)
        self._hangs = hangs

    def _write(self, bank: Bank, number: int) -> None:
        """A disk that refuses is told once."""
        try:
            save_bank(bank, self._file)
            self._refusal = ""
        except BoothError as error:
            if not self._refusal:
                log.warning("the bank is not kept: %s", error)
            self._refusal = str(error)
        finally:
            self._done = number
