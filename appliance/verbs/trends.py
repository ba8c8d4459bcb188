"""`booth trends ledger|show|begin`: a state folder in; the ledger, a release in words, or a new ledger out."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from appliance.analysis.release import release_from
from appliance.config import Settings
from appliance.disk import sync_folder
from appliance.errors import BoothError
from appliance.health.clock import Clock, read_clock
from appliance.health.vitals import read_vitals
from appliance.logbook import record
from appliance.uplink.trends.account import Account
from appliance.uplink.trends.anchor import FILE as ANCHOR
from appliance.uplink.trends.audit import CURE as MEND
from appliance.uplink.trends.audit import faults_of
from appliance.uplink.trends.daybook import FILE as TALLY
from appliance.uplink.trends.days import local_day, zone_of
from appliance.uplink.trends.history import FILE as USUAL
from appliance.uplink.trends.ledger import FILE as LEDGER
from appliance.uplink.trends.ledger import LedgerError, begin, read_account
from appliance.uplink.trends.line import Line
from appliance.uplink.trends.shelf import FOLDER, days_of, get
from appliance.uplink.trends.trends import memory_of
from appliance.verbs.trending import noted_heads

HEAD = re.compile("[0-9]{1,10}:[0-9a-f]{12}")
CURE = "read it as the user booth-vision or root"
NOTE = "free space or chown the logbook, then run booth trends begin again"
RESTING = ("stopped", "ended", "failed")


def show_ledger(learned: Path, state: Path, *, head: str, as_json: bool) -> int:
    """Print the ledger and whether it is whole; 1 where it is not. Raises BoothError."""
    if head and not HEAD.fullmatch(head):
        raise BoothError(f"--head {head}: no head of a ledger; write it as a release has it, N:HASH12")
    folder = learned / FOLDER
    try:
        account, faults = examined(folder, [*noted_heads(state), *([head] if head else [])])
    except OSError as error:
        raise BoothError(f"{folder}: {error.strerror}; {CURE}") from None
    lines = account.lines if account else ()
    for line in lines:
        print(json.dumps({**asdict(line), "hash": line.hash}) if as_json else words_of(line))
    end = lines[-1].head if lines else "none"
    if as_json:
        print(json.dumps({"head": end, "whole": not faults, "faults": faults}))
    else:
        print("\n".join([*faults, MEND]) if faults else f"whole up to {end}")
    return int(bool(faults))


def examined(folder: Path, heads: list[str]) -> tuple[Account | None, list[str]]:
    """The ledger as far as it can be read, and what is wrong with it. Raises OSError."""
    try:
        account = read_account(folder)
    except LedgerError as error:
        return None, [str(error)]
    return account, faults_of(folder, account, heads)


def words_of(line: Line) -> str:
    """A line for people."""
    return f"{line.n:5} {line.at} {line.day} {line.kind}: {line.note}"


def show_release(learned: Path, day: str | None, *, as_json: bool) -> None:
    """Print the release of a day, the newest without one. Raises BoothError."""
    folder = learned / FOLDER
    try:
        days = days_of(folder)
        chosen = day or (days[-1] if days else "")
        payload = get(folder, chosen) if chosen in days else None
        values = json.loads(payload) if payload is not None else None
        if payload is not None:
            release_from(values)
    except OSError as error:
        raise BoothError(f"{folder}: {error.strerror}; {CURE}") from None
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else error
        raise BoothError(
            f"{folder / chosen}.json: no release: {said}; booth trends ledger says more"
        ) from None
    if values is None:
        there = f"there are {days[0]} to {days[-1]}" if days else "the first comes after a whole day"
        raise BoothError(f"{folder}: no release{' of ' + day if day else ''}; {there}")
    print(json.dumps(values) if as_json else text_of(values))


def text_of(values: dict[str, Any]) -> str:
    """A release for people: tables with intervals, then what is said of the styles."""
    passages = values["passages"]
    counted = f"{passages['count']} passages ({passages['low']} to {passages['high']})"
    paid = f"epsilon {values['epsilon']:g}, ledger {values['ledger']}"
    lines = [f"{values['city']}/{values['booth']} {values['day']}: {counted}, {paid}"]
    for table in values["tables"]:
        lines.append(f"{table['name']} ({table['suppressed']} cells too small to be told)")
        lines += [f"  {cell['label']:<24}{interval(cell['share'], cell, 100)} %" for cell in table["cells"]]
    lines.append(f"diversity: {interval(values['diversity']['value'], values['diversity'])} styles in effect")
    if values["novelty"]:
        lines.append(f"novelty: {interval(values['novelty']['value'], values['novelty'])} bit")
    for cell in values["movers"]["cells"] if values["movers"] else ():
        way = "rises" if cell["change"] > 0 else "falls"
        lines.append(f"{cell['table']} {cell['label']} {way}: {interval(cell['change'], cell, 100)} points")
    return "\n".join(lines)


def interval(value: float, ends: dict[str, float], unit: int = 1) -> str:
    """A figure and its interval."""
    return f"{value * unit:7.2f} ({ends['low'] * unit:.2f} to {ends['high'] * unit:.2f})"


def begin_anew(settings: Settings, clock: Clock | None = None) -> str:
    """Set aside what there is and begin a ledger that spends from tomorrow on. Raises BoothError."""
    clock = clock or read_clock()
    folders = settings.folders
    folder, memory = folders.learned / FOLDER, memory_of(settings)
    vitals = read_vitals(folders.runtime, "vision")
    if vitals is not None and vitals.get("state") not in RESTING:
        raise BoothError("booth-vision: it counts still; stop it first: systemctl stop booth-vision")
    if not clock.synced:
        raise BoothError("the clock is not set; a ledger begins with a day")
    today = local_day(clock.unix_s, zone_of(settings.place.time_zone), settings.trends.ends_at_h)
    try:
        # Before anything is touched: a folder that is not there must not cost the old ledger.
        owner = folders.learned.stat() if os.geteuid() == 0 else None
        aside = set_aside(folder)
        # What was counted today belongs to the ledger before, which may have spent the day already.
        for known in (TALLY, ANCHOR):
            (memory / known).unlink(missing_ok=True)
        begin(folder, clock, today)
        if owner is not None:
            give(folder, owner)
        account = read_account(folder)
    except OSError as error:
        raise BoothError(f"{folder}: {error.strerror}; run it as the user booth-vision or root") from None
    assert account is not None
    head = account.head.head
    if not record(folders.state, "vision", "trends", head, clock):
        raise BoothError(f"{folders.state}: ledger {head} is begun, its head is not noted; {NOTE}")
    old = f"; the one before lies in {aside}" if aside else ""
    return f"ledger {head} spends from the day after {today} on{old}"


def give(folder: Path, owner: os.stat_result) -> None:
    """Let the ledger belong to whom vision's own folder belongs: root begins it, vision goes on. Raises OSError.

    By descriptors, so that a link which somebody lays meanwhile gives nothing else away.
    """
    within = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        ledger = os.open(LEDGER, flags, dir_fd=within)
        try:
            os.fchown(ledger, owner.st_uid, owner.st_gid)
        finally:
            os.close(ledger)
        os.fchown(within, owner.st_uid, owner.st_gid)
    finally:
        os.close(within)


def set_aside(folder: Path) -> Path | None:
    """Rename the folder, without what is no record; its new name, None where there is none. Raises OSError."""
    if not folder.exists():
        return None
    number = next(n for n in range(1, 1000) if not folder.with_name(f"{FOLDER}.aside-{n}").exists())
    aside = folder.with_name(f"{FOLDER}.aside-{number}")
    folder.rename(aside)
    (aside / USUAL).unlink(missing_ok=True)
    sync_folder(folder.parent)
    return aside
