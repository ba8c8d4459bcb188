"""Keys that are renewed while the booth works: key files go in; new ones that fit, and how long they last, come out."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import BoothError
from appliance.health.clock import Clock, read_clock
from appliance.uplink.address import Broker
from appliance.uplink.certificate import (
    EXPIRED,
    NONE,
    NOT_YET_VALID,
    OK,
    Certificates,
    Validity,
    check_chain,
    issuers_of,
    read_certificates,
    validity_of,
)
from appliance.uplink.key_files import KeyFiles

log = logging.getLogger(__name__)

LOOK_S = 3.0
"Between two looks at the files."


@dataclass(frozen=True)
class Keys:
    """What the files held at one moment, without the key itself."""

    digest: bytes
    "Of the files' contents."
    context: ssl.SSLContext
    own: Certificates
    "Ours, then those between it and its authority; empty where the broker wants none."
    authorities: Certificates
    "Those of ca_file; empty where the system's are trusted."

    @property
    def validity(self) -> Validity | None:
        """Of our certificate with those above it, without the authority."""
        return validity_of(self.own) if self.own else None

    @property
    def authority_validity(self) -> Validity | None:
        """Of the authority that signed ours; of ca_file's longest one where none of it did."""
        above = issuers_of(self.own, self.authorities) or self.authorities
        spans = [validity_of([each]) for each in above]
        return max(spans, key=lambda span: span.ends_unix_s, default=None)

    def days_left(self, clock: Clock) -> int | None:
        """Until the first of them ends; None where there is none, or the clock is not set."""
        spans = [span for span in (self.validity, self.authority_validity) if span]
        days = [span.days_left(clock) for span in spans]
        return min((left for left in days if left is not None), default=None)

    def words(self, clock: Clock) -> str:
        """'none', 'ok', or what is wrong or soon will be; our certificate comes before its authority."""
        own = self.validity.words(clock) if self.validity else NONE
        above = self.authority_validity.words(clock) if self.authority_validity else OK
        return f"authority {above}" if own in (OK, NONE) and above != OK else own


def read_keys(broker: Broker) -> Keys:
    """All files of an mqtts broker, loaded together. Raises BoothError when they are missing or do not fit."""
    files = broker.key_files
    digest = files.digest()
    context = broker.tls_context()
    keys = Keys(digest, context, *_certificates(files))
    check_chain(keys.own, keys.authorities)
    if files.digest() != digest:
        raise BoothError("uplink.ca_file, cert_file, key_file: they changed just now; give them a moment")
    return keys


class KeyWatch:
    """Notices renewed key files. Raises BoothError for files that cannot be used at the start.

    A set is new as a whole: while files are replaced one after the other they do not fit, and the old set stays
    in use (`context`), for the running connection and for the next one. That is told only at the second look.
    """

    def __init__(self, broker: Broker, clock: Callable[[], Clock] = read_clock) -> None:
        self.broker = broker
        self.fault = ""
        "Why new files are not used; '' while there are none, or they are."
        self._clock = clock
        self._keys = read_keys(broker) if broker.tls else None
        self._looked_s: float | None = None
        self._unfit = b""
        "Digest of the files that did not fit at the last look."
        self._told = ""
        self._open = ""
        self._tell()

    @property
    def context(self) -> ssl.SSLContext | None:
        """TLS with the newest keys that fit, for the next connection; None without TLS."""
        return self._keys.context if self._keys else None

    def look(self, now_s: float) -> bool:
        """True when new files are there that fit: connect anew, with them. Looks at most every LOOK_S."""
        if self._keys is None or (self._looked_s is not None and now_s < self._looked_s + LOOK_S):
            return False
        self._looked_s = now_s
        renewed = self._renew(self._keys)
        self._tell()
        return renewed

    def certificate(self, clock: Clock) -> str:
        """For the status: 'none', 'ok', 'expires in 9 days', 'expired', or what is wrong with new files."""
        return self.fault or (self._keys.words(clock) if self._keys else NONE)

    def days_left(self, clock: Clock) -> int | None:
        """Until the certificate in use or its authority ends; negative past it; None: not known, or none."""
        return self._keys.days_left(clock) if self._keys else None

    def _renew(self, old: Keys) -> bool:
        digest = b""
        try:
            digest = self.broker.key_files.digest()
            if digest == old.digest:
                self._unfit, self.fault = b"", ""
                return False
            new = read_keys(self.broker)
            _check_dates(new, self._clock())
        except BoothError as error:
            self._reject(digest, str(error))
            return False
        self._keys, self._unfit, self.fault = new, b"", ""
        log.warning("new key files are in use")
        return True

    def _reject(self, digest: bytes, why: str) -> None:
        """One look may fall between two files of a set."""
        if digest == self._unfit:
            fault = f"new key files do not fit: {why}"
            if fault != self.fault:
                log.error("%s; the old ones stay in use", fault)
            self.fault = fault
        self._unfit = digest

    def _tell(self) -> None:
        """Log what the certificate and the rights of its key have come to, once each."""
        if self._keys is None:
            return
        words = self._keys.words(self._clock())
        state = words.split(" in ")[0]
        if state not in (self._told, OK, NONE):
            log.warning("certificate: %s", words)
        self._told = state
        too_open = self.broker.key_files.too_open()
        if too_open and too_open != self._open:
            log.warning("%s", too_open)
        self._open = too_open


def _certificates(files: KeyFiles) -> tuple[Certificates, Certificates]:
    own = read_certificates(files.cert, "cert_file") if files.cert else ()
    return own, read_certificates(files.ca, "ca_file") if files.ca else ()


def _check_dates(keys: Keys, clock: Clock) -> None:
    words = keys.words(clock)
    if words.removeprefix("authority ") in (EXPIRED, NOT_YET_VALID):
        raise BoothError(f"uplink.cert_file: {words}; provision the keys anew")
