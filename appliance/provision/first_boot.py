"""A stick meets a booth: untrusted files in; a whole new identity, a request, or one line of refusal out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.provision import commit
from appliance.provision.contents import files_of, read_identity
from appliance.provision.machine import Machine, activate
from appliance.provision.outcome import NOT_WIPED, Outcome, plain, tell_booth, tell_stick, use_up
from appliance.provision.own import read_serial
from appliance.provision.papers import (
    ec_key,
    load_authorities,
    load_certificates,
    make_request,
    mark_of,
)
from appliance.provision.parcel import Parcel, UsedBefore, read_parcel
from appliance.provision.pending import key_for, pending_key
from appliance.provision.places import Places
from appliance.provision.stick import REQUEST, Stick
from appliance.uplink.certificate import Certificates

log = logging.getLogger(__name__)


class FirstBoot:
    """One stick and the booth that reads it."""

    def __init__(self, places: Places, stick: Stick, machine: Machine, clock: Clock) -> None:
        self._places = places
        self._stick = stick
        self._machine = machine
        self._clock = clock
        self._serial = read_serial(places.root)

    def run(self, unlock: Callable[[], None] = lambda: None) -> Outcome:
        """Take the stick's identity, or say why not; booth and stick are told either way.

        `unlock` makes the stick writable; it is called when all of it has been read.
        """
        try:
            resume(self._places, self._machine)
            parcel = read_parcel(self._stick)
        except UsedBefore as error:
            return self._pass_by(error)
        except BoothError as error:
            unlock()
            return self._tell(refusal(str(error)))
        unlock()
        try:
            outcome = self._take(parcel)
        except UsedBefore as error:
            return self._pass_by(error)
        except BoothError as error:
            outcome = refusal(str(error))
        return self._tell(outcome)

    def _tell(self, outcome: Outcome) -> Outcome:
        tell_booth(self._places, outcome)
        tell_stick(self._stick, outcome, self._clock)
        return outcome

    def _pass_by(self, error: UsedBefore) -> Outcome:
        """A stick that was left plugged in is read at every start: what it brought stays said, here and on it."""
        outcome = refusal(str(error))
        if not self._places.identity.exists():
            tell_booth(self._places, outcome)
        return outcome

    def _take(self, parcel: Parcel) -> Outcome:
        manifest = parcel.manifest
        if commit.was_used(self._places, manifest.ticket):
            wiped = use_up(self._stick, manifest, self._clock)
            why = "" if wiped else f"; {NOT_WIPED}"
            raise UsedBefore(f"stick: this booth has used it before; make a new one{why}")
        key = parcel.key or pending_key(self._places, manifest.ticket)
        parcel.check(key, self._serial, self._clock)
        if manifest.certificate is None or key is None:
            return self._ask(parcel)
        self._check_right(parcel)
        files = files_of(parcel, key, self._places, self._serial, self._clock)
        commit.begin(self._places, manifest.ticket, files)
        line = put_in_place(self._places, self._machine)
        wiped = use_up(self._stick, manifest, self._clock)
        return Outcome("applied", line if wiped else plain(f"{line}; the stick: {NOT_WIPED}"))

    def _ask(self, parcel: Parcel) -> Outcome:
        """Write a request for a certificate; its key stays here."""
        manifest = parcel.manifest
        key = key_for(self._places, manifest.ticket)
        self._stick.write(REQUEST, make_request(key, manifest.name))
        mark = mark_of(ec_key(key).public_key())
        line = f"request of {manifest.name} on the stick, key {mark}: `booth provision sign`, then plug it in again"
        return Outcome("request", plain(line))

    def _check_right(self, parcel: Parcel) -> None:
        """Raises BoothError for a stick that may not change this booth: it has an identity, and this is foreign."""
        identity = read_identity(self._places)
        if identity is None and not (self._places.keys / "booth.crt").exists():
            return
        name = f"{identity['city']}/{identity['booth']}" if identity else "somebody who set it up by hand"
        if not parcel.is_signed_by(installed_authorities(self._places)):
            cure = "have its authority make the stick, or `booth factory-reset` first"
            raise BoothError(f"stick: not signed by the authority of {name}, which this booth is; {cure}")
        if identity and parcel.manifest.made_at.timestamp() < identity["made_at_unix_s"]:
            cure = "make a new one by a right clock; if that is no younger, `booth factory-reset` first"
            raise BoothError(f"stick: older than the one that made this booth {name}; {cure}")


def installed_authorities(places: Places) -> Certificates:
    """Those that this booth has believed so far. Raises BoothError when they cannot be read."""
    file = places.keys / "ca.crt"
    try:
        return load_authorities(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise BoothError(f"{file}: cannot be read; `booth factory-reset`, then a new stick") from None


def refusal(why: str) -> Outcome:
    """A stick that changes nothing."""
    return Outcome("refused", plain(f"refused: {why}"))


def resume(places: Places, machine: Machine) -> Outcome | None:
    """Finish what a power cut interrupted; None when there was nothing. Raises BoothError."""
    if not commit.is_begun(places):
        commit.finish(places)
        return None
    outcome = Outcome("applied", put_in_place(places, machine))
    tell_booth(places, outcome)
    return outcome


def put_in_place(places: Places, machine: Machine) -> str:
    """From the commit to a booth at work; what it then is, for people. Raises BoothError."""
    _, files = commit.read_commit(places)
    commit.finish(places)
    activate(places, machine, files["hostname"].strip(), renewed="machine-id" in files)
    identity = read_identity(places) or {}
    ends = min(each.not_valid_after_utc for each in load_certificates(files["booth.crt"], "certificate"))
    name = f"{identity.get('city')}/{identity.get('booth')}"
    return plain(f"applied: {name} at {identity.get('applied_at')}, certificate until {ends:%Y-%m-%d}")
