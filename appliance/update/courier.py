"""The courier: the part that talks to the network, as nobody of importance; orders in, a bundle and a note of it out.

What it brings is believed by nobody: the installer verifies all of it again, from files, without a network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from appliance.disk import read_small, write_durably
from appliance.health.clock import Clock
from appliance.update.download import download, forget_others
from appliance.update.lock import fetching
from appliance.update.machine import Machine
from appliance.update.orders import Orders
from appliance.update.places import BUNDLES, METADATA, NOTE, Places, version_of
from appliance.update.quota import check_spare, sweep
from appliance.update.refusal import Refused, printable
from appliance.update.release import Release, choose
from appliance.update.state import Record, StateError, Version, read_state
from appliance.update.trust import WebFetcher, offered
from appliance.update.web import Patience

HOUR_S = 3600.0
SLACK_S = 600.0
"The timer's spread must not make a booth skip a turn."


class Note(Record):
    """What the courier did last."""

    schema_: Literal["courier/1"] = Field("courier/1", alias="schema")
    phase: Literal["none", "downloading", "downloaded", "refused"] = "none"
    version: Version = ""
    name: Annotated[str, AfterValidator(printable)] = Field("", max_length=32)
    "Of the refusal."
    reason: Annotated[str, AfterValidator(printable)] = Field("", max_length=300)
    checked_unix_s: float = Field(0, allow_inf_nan=False)
    "When the metadata were last good."


def read_note(places: Places) -> Note:
    """The note; an empty one where there is none that can be read."""
    try:
        return Note.model_validate_json(read_small(places.courier / NOTE))
    except (OSError, ValidationError):
        return Note()


def write_note(places: Places, note: Note) -> Note:
    """Replace the note. Raises BoothError."""
    content = note.model_dump_json(by_alias=True).encode("utf-8")
    write_durably(places.courier / NOTE, content, mode=0o644)
    return note


def is_due(note: Note, orders: Orders, clock: Clock) -> bool:
    """Whether it is time to look again: at once after a failure, else after `every_h`."""
    age_s = clock.unix_s - note.checked_unix_s
    return note.phase in {"none", "refused", "downloading"} or not (
        0 <= age_s < orders.update.every_h * HOUR_S - SLACK_S
    )


def fetch(
    orders: Orders,
    machine: Machine,
    clock: Clock,
    patience: Patience,
    places: Places,
    pause: Callable[[float], object] = time.sleep,
) -> Note:
    """Look for a release and bring its bundle. Raises Refused, which the note says too, and BoothError."""
    if orders.update.url is None:
        return read_note(places)
    with fetching(places):
        sweep(places, clock)
        visit = Note(schema="courier/1", checked_unix_s=read_note(places).checked_unix_s)
        try:
            check_spare(places.courier)
            web = WebFetcher(patience)
            releases = offered(places.courier / METADATA, places.anchor, orders.update.url, web, clock)
            visit = visit.model_copy(update={"checked_unix_s": clock.unix_s})
            release = wanted(releases, orders, machine, places)
            change = {"phase": "downloading", "version": release.version}
            visit = write_note(places, visit.model_copy(update=change))
            download(release, orders.update.url, bundles(places), patience, pause)
            return write_note(places, visit.model_copy(update={"phase": "downloaded"}))
        except Refused as error:
            if error.name == "nothing-new":
                return write_note(places, visit)
            change = {"phase": "refused", "version": "", "name": error.name, "reason": str(error)[:300]}
            write_note(places, visit.model_copy(update=change))
            raise


def wanted(releases: Iterable[Release], orders: Orders, machine: Machine, places: Places) -> Release:
    """The release to bring. Raises Refused where there is none; then no bundle is kept either."""
    try:
        return choose(releases, machine, orders.ring, *standing(places))
    except Refused:
        forget_others(bundles(places), None)
        raise


def bundles(places: Places) -> Path:
    """Where the courier leaves them."""
    return places.courier / BUNDLES


def standing(places: Places) -> tuple[str, tuple[str, ...]]:
    """The version that runs, or is about to, and those that failed here."""
    running = version_of(places, places.running())
    try:
        state = read_state(places)
    except StateError:
        return running, ()
    return state.version if state.phase in {"unpacked", "trying"} else running, state.failed
