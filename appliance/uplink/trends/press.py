"""How a day is released: its tally in; the ledger's lines, the release's file and the message in the outbox out.

The order is what makes it safe. The budget is spent on the disk before the noise is drawn; the file is on the disk
before the message is; then the ledger says what became of the day. Wherever a kill or a power cut strikes, the next
start finds a day that was spent. With its file it is sent again, the same to the byte; without one it is lost. It is
never drawn twice. What a full disk refuses after the drawing is kept in memory and tried again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import Bounds
from appliance.uplink.trends.account import Account
from appliance.uplink.trends.anchor import keep, kept
from appliance.uplink.trends.audit import sound_account
from appliance.uplink.trends.history import Day, read_days, usual_before, write_days
from appliance.uplink.trends.ledger import NAME, LedgerError, append, begin, require_own
from appliance.uplink.trends.line import LOST, WITHHELD, Line
from appliance.uplink.trends.noise import Noisy, Questions, draw
from appliance.uplink.trends.release import Origin, payload_of
from appliance.uplink.trends.rules import may_release
from appliance.uplink.trends.shelf import alone, get, ledger_of, put
from appliance.uplink.trends.tally import Tally


@dataclass(frozen=True)
class Desk:
    """What a press works with."""

    folder: Path
    runtime: Path
    outbox: Path
    bounds: Bounds
    city: str
    booth: str
    time_zone: str
    engine: str
    epsilon: float
    keep_days: int


class Press:
    """Owner of what was drawn and is not on the disk yet. Used by one thread at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drawn: tuple[Line, bytes] | None = None
        "The line that paid, and the message; b'' where the day is withheld."
        self.head = ""
        "Of the ledger, as it was read or written last."

    def open(self, clock: Clock, today: date, heads: list[str]) -> Account:
        """The ledger, begun where there is none, after finishing what a kill has left. Raises BoothError, OSError."""
        require_own(self._desk.folder)
        with alone(self._desk.folder):
            return self._opened(clock, today, heads)

    def _opened(self, clock: Clock, today: date, heads: list[str]) -> Account:
        folder = self._desk.folder
        heads = [*heads, *kept(self._desk.runtime)]
        if sound_account(folder, heads) is None:
            begin(folder, clock, today - timedelta(days=1))
        account = self._sound(heads)
        if account.open_line is not None:
            self._finish(account, account.open_line, clock)
            account = self._sound(heads)
        self._note(account.head.head)
        if account.last_day > today:
            known = f"days up to {account.last_day} are spent, and it is {today}"
            raise BoothError(f"{NAME}: {known}; set the clock, or: booth trends begin")
        return account

    def release(self, tally: Tally, clock: Clock, today: date, heads: list[str]) -> str:
        """Spend the budget of the tally's day and release it; one line that says how it went.

        Raises BoothError and OSError; then another try later goes on where this one ended.
        """
        require_own(self._desk.folder)
        with alone(self._desk.folder):
            return self._released(tally, clock, today, heads)

    def _released(self, tally: Tally, clock: Clock, today: date, heads: list[str]) -> str:
        account = self._opened(clock, today, heads)
        if tally.day is None or tally.day >= today:
            raise ValueError("only a day that is over is released")
        if tally.day <= account.last_day:
            return self._told(tally.day)
        day, desk = tally.day.isoformat(), self._desk
        # Whatever OpenDP cannot do here, it shall say before anything is spent.
        questions = Questions(desk.epsilon)
        known = read_days(desk.folder)
        line = append(desk.folder, "spend", day, f"epsilon {desk.epsilon:g}", clock)
        self._note(line.head)
        self._drawn = (line, self._written(draw(tally, questions), account, line, known))
        self._finish(account, line, clock)
        return self._told(tally.day)

    def _written(self, noisy: Noisy, account: Account, line: Line, known: list[Day]) -> bytes:
        """What is told of the day, b'' where it is withheld."""
        desk = self._desk
        if not may_release(noisy, desk.epsilon):
            return b""
        number = f"{desk.booth}-{account.next_in_run(line)}"
        day = date.fromisoformat(line.day)
        who = (number, desk.city, desk.booth, day, desk.time_zone, desk.engine, line.head, desk.epsilon)
        origin = Origin(*who)
        payload = payload_of(noisy, usual_before(known, day, origin.basis), origin)
        self._remember(known, Day(day, origin.basis, noisy))
        return payload

    def _remember(self, known: list[Day], day: Day) -> None:
        """Keep the day for the comparisons of the next ones; a disk that refuses costs one day of those."""
        try:
            write_days(self._desk.folder, [*known, day], self._desk.keep_days)
        except BoothError:
            return

    def _finish(self, account: Account, line: Line, clock: Clock) -> None:
        """Say what became of a day that is spent: released, withheld or lost."""
        folder = self._desk.folder
        drawn = self._drawn[1] if self._drawn and self._drawn[0] == line else None
        if drawn:
            put(folder, line.day, drawn)
        payload = drawn if drawn is not None else get(folder, line.day)
        if payload and ledger_of(payload) == line.head:
            self._send(payload, clock)
            digest = hashlib.sha256(payload).hexdigest()
            last = append(folder, "release", line.day, f"{account.releases + 1} {digest}", clock)
        else:
            kind, note = ("withheld", WITHHELD) if drawn == b"" else ("lost", LOST)
            last = append(folder, kind, line.day, note, clock)
        self._note(last.head)
        self._drawn = None

    def _note(self, head: str) -> None:
        self.head = head
        keep(self._desk.runtime, head)

    def _send(self, payload: bytes, clock: Clock) -> None:
        """Into the outbox. Raises BoothError where that refuses."""
        # An outbox belongs to the thread that made it, and this one is not the loop's.
        outbox = Outbox(self._desk.outbox, self._desk.bounds)
        try:
            if not outbox.add("trend", payload, clock):
                raise BoothError(f"{self._desk.outbox}: {outbox.fault}")
        finally:
            outbox.close()

    def _told(self, day: date) -> str:
        account = self._sound([])
        said = [line.kind for line in account.lines if line.day == day.isoformat() and line.kind != "torn"]
        words = {"release": "released", "withheld": "withheld: too few passages", "lost": "lost: interrupted"}
        return f"{day.isoformat()} {words.get(said[-1] if said else '', 'was spent before')}"

    def _sound(self, heads: list[str]) -> Account:
        account = sound_account(self._desk.folder, heads)
        if account is None:
            raise LedgerError(f"{NAME}: it is gone")
        return account
