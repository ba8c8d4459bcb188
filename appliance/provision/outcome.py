"""What became of a stick: a kind and a line in; the notice on the booth and two small files on the stick out."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.health.notices import tell
from appliance.logbook import record
from appliance.provision.manifest import Manifest
from appliance.provision.places import Places, give_to_group
from appliance.provision.stick import GIVEN, RESULT, SECRETS, USED, Stick

log = logging.getLogger(__name__)
RESULT_SCHEMA, USED_SCHEMA = "provision-result/1", "provision-used/1"
MOST_LINE = 400
NOT_WIPED = "its secrets could not be wiped: destroy it"


@dataclass(frozen=True)
class Outcome:
    """One line for people."""

    kind: Literal["applied", "request", "refused"]
    line: str


def plain(text: str) -> str:
    """One printable line of ASCII: parts of it may come from an unknown hand."""
    line = " ".join(text.split())[:MOST_LINE]
    return "".join(sign if " " <= sign <= "~" else "?" for sign in line)


def tell_booth(places: Places, outcome: Outcome) -> None:
    """For the status and the board. A booth that cannot write says so in its log alone."""
    try:
        places.state.mkdir(parents=True, exist_ok=True)
        tell(places.state, "provision", outcome.line)
        give_to_group(places.state / "notice-provision.json")
        # The line names the booth, and so only its hash is noted.
        mark = hashlib.sha256(outcome.line.encode()).hexdigest()[:12]
        record(places.state, "provision", "provision", f"{outcome.kind} {mark}")
    except (BoothError, OSError) as error:
        log.warning("%s", error)


def tell_stick(stick: Stick, outcome: Outcome, clock: Clock) -> None:
    """result.json, for the technician's laptop; a stick that cannot be written stays as it is."""
    result = {
        "schema": RESULT_SCHEMA,
        "outcome": outcome.kind,
        "line": outcome.line,
        "at": clock.minute,
        "clock_synced": clock.synced,
    }
    with suppress(BoothError):
        stick.write(RESULT, json.dumps(result, indent=1).encode() + b"\n")


def use_up(stick: Stick, manifest: Manifest, clock: Clock) -> bool:
    """Wipe what the stick brought, secrets first, and mark it as used; False where a secret may be left."""
    wiped = True
    for name in GIVEN:
        try:
            stick.wipe(name)
        except (OSError, BoothError):
            wiped = wiped and name not in SECRETS
    used = {"schema": USED_SCHEMA, "ticket": manifest.ticket, "booth": manifest.name, "at": clock.minute}
    with suppress(BoothError):
        stick.write(USED, json.dumps(used, indent=1).encode() + b"\n")
    return wiped
