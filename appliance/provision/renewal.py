"""A certificate is renewed without a visit: the booth's own key in, a request out; what was signed in, in place out.

The key stays: it never left the booth, or lay on a stick that was wiped. Where somebody may have it, a new stick makes
another.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.x509.oid import NameOID

from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.provision.commit import is_begun
from appliance.provision.machine import Machine
from appliance.provision.outcome import Outcome, plain, tell_booth
from appliance.provision.papers import check_identity, load_certificates, make_request
from appliance.provision.places import Places
from appliance.uplink.certificate import Certificates

CURE = "free space, or replace the disk"
RESTART = ("systemctl", "--no-block", "try-restart", "booth-uplink.service")
"Its credentials are copies made at its start; events wait in the outbox meanwhile."


def request_renewal(places: Places) -> bytes:
    """What an authority signs for the name that this booth has, in PEM. Raises BoothError for one that has none."""
    return make_request(read(places, "booth.key").encode("ascii"), name_of(own(places)))


def take_renewal(places: Places, certificate: str, machine: Machine, clock: Clock) -> str:
    """Put it in the place of the one that is there; what came of it, for people. Raises BoothError, nothing changed.

    It has to be of this name, for this key, by this authority, in force, and to last longer. It is written as a
    whole; whatever a power cut leaves is a good one.
    """
    if is_begun(places):
        raise BoothError(
            f"{places.commit}: a stick is being put in place; sudo systemctl start booth-provision"
        )
    known, new = own(places), load_certificates(certificate, "certificate")
    name = name_of(known)
    until = f"certificate until {ends_of(new):%Y-%m-%d}"
    if new == known:
        return f"{name} has it already, {until}"
    key = read(places, "booth.key").encode("ascii")
    check_identity(name, certificate, read(places, "ca.crt"), key, clock)
    if ends_of(new) <= ends_of(known):
        raise BoothError(f"certificate: it ends no later than {name}'s own; take the newest that was signed")
    write_durably(places.keys / "booth.crt", certificate.encode("ascii"), CURE, mode=0o600)
    machine.run(RESTART)
    outcome = Outcome("applied", plain(f"renewed: {name}, {until}"))
    tell_booth(places, outcome)
    return outcome.line


def own(places: Places) -> Certificates:
    """The booth's certificate, then those above it. Raises BoothError."""
    return load_certificates(read(places, "booth.crt"), "booth.crt")


def read(places: Places, name: str) -> str:
    """A file of the booth's keys. Raises BoothError, which never quotes it."""
    file = places.keys / name
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise BoothError(
            f"{file}: no such file; this booth has no identity, plug in its stick first"
        ) from None
    except (OSError, ValueError):
        raise BoothError(f"{file}: cannot be read; be root on the booth, as by sudo") from None


def name_of(certificates: Certificates) -> str:
    """CITY/BOOTH, as the broker knows it."""
    return str(certificates[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def ends_of(certificates: Certificates) -> datetime:
    """When the first of them ends."""
    return min(each.not_valid_after_utc for each in certificates)
