"""`booth logbook`: a state folder in; its entries, and every place where the chain is broken, out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from appliance.errors import BoothError
from appliance.logbook.chain import Link, faults_of, head_of, links_of
from appliance.logbook.entry import Entry


def show_logbook(state: Path, *, verify: bool, head: str, as_json: bool) -> int:
    """Print the entries, or with `verify` only the verdict; 1 where the chain is broken. Raises BoothError."""
    try:
        links, found, end = list(links_of(state)), faults_of(state, head), head_of(state)
    except OSError as error:
        raise BoothError(f"{state}: {error.strerror}; read it as a user of the group booth") from None
    except ValueError as error:
        raise BoothError(f"--head {head}: {error}") from None
    verdict = {"head": str(end), "whole": not found, "faults": found}
    if as_json:
        for link in () if verify else links:
            print(json.dumps(values_of(link)))
        print(json.dumps(verdict))
        return int(bool(found))
    for link in () if verify else links:
        print((link.fault and f"{link.place}: {link.fault}") or words_of(link.entry))
    print("\n".join(found) if found else f"whole up to {end}")
    return int(bool(found))


def values_of(link: Link) -> dict[str, object]:
    """A line of the logbook for programs."""
    return {"place": link.place, "fault": link.fault, "entry": asdict(link.entry) if link.entry else None}


def words_of(entry: Entry | None) -> str:
    """A sound line for people."""
    assert entry is not None
    doubt = "" if entry.clock_synced else " (clock not set)"
    change = f"{entry.was} -> {entry.now}" if entry.was else entry.now
    return f"{entry.n:5} {entry.at}{doubt} {entry.by}: {entry.kind} {change}"
