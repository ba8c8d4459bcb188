"""Whether the ledger is still the one that was written: it, the releases and heads that were noted in; faults out.

A chain whose end was cut off, or that was put back from a copy, looks whole. Each release names the line that paid for
it, the logbook holds the last head, and whoever has kept a trend message has one too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from appliance.uplink.trends.account import Account
from appliance.uplink.trends.ledger import NAME, LedgerError, read_account
from appliance.uplink.trends.shelf import days_of, get, ledger_of

CURE = "ask who did that, then: booth trends begin"


def sound_account(folder: Path, heads: Iterable[str] = ()) -> Account | None:
    """The ledger, None where there never was one. Raises LedgerError for one that was touched, OSError."""
    account = read_account(folder)
    faults = faults_of(folder, account, heads)
    if faults:
        raise LedgerError(faults[0])
    return account


def faults_of(folder: Path, account: Account | None, heads: Iterable[str] = ()) -> list[str]:
    """What does not fit, one line each; `heads` are places N:HASH12 that the chain must go through. Raises OSError."""
    known = {line.head: line for line in account.lines} if account else {}
    faults = [f"{NAME}: cut or put back: {head} is gone" for head in heads if head not in known]
    sums, open_line = release_sums(account), account.open_line if account else None
    for day in days_of(folder):
        payload = get(folder, day) or b""
        paid = known.get(ledger_of(payload))
        if paid is None or (paid.kind, paid.day) != ("spend", day):
            faults.append(f"{NAME}: cut or put back: it did not pay for {day}.json")
        # Only a day that a kill has left open holds a file before the ledger tells of it.
        elif paid != open_line and sums.get(day) != hashlib.sha256(payload).hexdigest():
            faults.append(f"trends/{day}.json: not the release that was sent")
    return faults


def release_sums(account: Account | None) -> dict[str, str]:
    """Day -> SHA-256 of its release."""
    lines = account.lines if account else ()
    return {line.day: line.note.split()[1] for line in lines if line.kind == "release"}
