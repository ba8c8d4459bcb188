"""Learning while looking: finished passages in; a bank now and then, kept on disk, and a judge of it, out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from appliance.app import load_judge
from appliance.artifacts import MIN_SUPPORTERS, Bank, BankError, id_of
from appliance.config import Settings
from appliance.health.clock import FLOOR_UNIX_S, Clock
from appliance.records import Passage
from appliance.runtime.choose import Wing
from appliance.uplink.said import tens
from appliance.verbs.keeper import Keeper
from appliance.verbs.scribe import Hand, do_here
from appliance.vision.banks import read_bank
from appliance.vision.descriptor import VERSION
from appliance.vision.novelty import Judge
from calibration.bank import bank_to_keep, street_from_bank
from calibration.street import Street

log = logging.getLogger(__name__)
RENEW_EVERY_S = 300.0
"Between two banks: written to disk and judged by."
RENEW_SHARE = 0.25
"A young bank is renewed sooner: when so many more people are known."
FADE_EVERY_S = 3600.0
DAY_S = 86400.0
KEPT = "street.bank"
"In folders.vision: what was learned where no bank is set."


class Apprentice:
    """Owner of the street that is learned. Owner of it: the vision loop; one thread."""

    def __init__(
        self,
        street: Street,
        file: Path,
        now_s: float,
        days: tuple[str, str] = ("", ""),
        hand: Hand = do_here,
    ) -> None:
        self._street = street
        self._keeper = Keeper(file, hand)
        self._days = days
        self._people = street.people if street.ready() else 0
        self._renewed_s = self._faded_s = now_s

    @property
    def state(self) -> str:
        """'ok', about how far it is, or what is wrong with the disk; it is told afar, so no single person moves it."""
        if self._keeper.fault:
            return f"not kept: {self._keeper.fault}"
        return "ok" if self._street.ready() else f"learning: {tens(self._street.known)} people so far"

    @property
    def known(self) -> int:
        """People learned so far."""
        return self._street.known

    def see(self, passages: Iterable[Passage], now_s: float) -> None:
        """Learn passages that are settled; each is told once, and is forgotten here within 30 s."""
        for passage in passages:
            if not passage.abstained:
                self._street.see(passage.measures, now_s)

    def tend(self, now_s: float, clock: Callable[[], Clock]) -> Bank | None:
        """To be called at least every few seconds: forgets who has to be forgotten. A new bank when one is due."""
        self._street.settle(now_s)
        self._keeper.look(now_s)
        if now_s - self._faded_s >= FADE_EVERY_S:
            self._street.fade((now_s - self._faded_s) / DAY_S)
            self._faded_s = now_s
        return self.renew(now_s, clock()) if self._is_due(now_s) else None

    def renew(self, now_s: float, clock: Clock) -> Bank | None:
        """A bank of the street, to be written; None before there is one or when fewer than ten people came."""
        self._renewed_s = now_s
        if not self._street.ready() or self._street.people < self._people + MIN_SUPPORTERS:
            return None
        self._people = self._street.people
        today = day_of(clock)
        self._days = (self._days[0] or today, today or self._days[1])
        bank = bank_to_keep(self._street, VERSION, self._days)
        self._keeper.keep(bank, now_s)
        return replace(bank, id=id_of(bank))

    def forget(self) -> None:
        """Drop whoever passed so lately that they are not part of an aggregate yet."""
        self._street.forget()

    def close(self, now_s: float, clock: Clock) -> Bank | None:
        """Have what was learned since the last time written; returns it. Who is still held joins it or is dropped."""
        self._street.rest()
        return self.renew(now_s, clock)

    def _is_due(self, now_s: float) -> bool:
        grown = self._street.people >= (1 + RENEW_SHARE) * self._people
        return self._street.ready() and (
            now_s - self._renewed_s >= RENEW_EVERY_S or (grown and self._street.people > self._people)
        )


def load_known(settings: Settings, wing: Wing) -> Judge | None:
    """The judge by the set bank, else by what this booth has learned itself.

    Raises BankError for a set bank that cannot be used; an own one of an older version is left behind.
    """
    own = settings.folders.learned / KEPT
    if settings.novelty.bank is not None or not own.is_file():
        return load_judge(settings, wing)
    try:
        bank = read_bank(own)
    except BankError as error:
        log.warning("what was learned cannot be used, learning starts afresh: %s", error)
        return None
    return Judge(bank, bank.neighbours, wing.neighbours)


def make_apprentice(
    settings: Settings, judge: Judge | None, now_s: float, clock: Clock, hand: Hand = do_here
) -> Apprentice | None:
    """An apprentice that goes on from the judge's bank; None where learning is off or the bank is finished."""
    if not settings.novelty.learning:
        return None
    file = settings.novelty.bank or settings.folders.learned / KEPT
    if judge is None:
        return Apprentice(Street(settings.novelty.neighbours), file, now_s, hand=hand)
    try:
        street = street_from_bank(judge.bank, day_of(clock))
    except BankError as error:
        log.warning("%s: learning is off: %s", file, error)
        return None
    return Apprentice(street, file, now_s, judge.bank.days, hand)


def day_of(clock: Clock) -> str:
    """The UTC day, as 2026-11-22; empty while the clock is plainly wrong."""
    return clock.minute[:10] if clock.unix_s >= FLOOR_UNIX_S else ""
