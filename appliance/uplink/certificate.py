"""Certificates (X.509): PEM files go in; how long they are good, and whether they are one chain, comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from appliance.errors import BoothError
from appliance.health.clock import FLOOR_UNIX_S, Clock

OK, NONE, EXPIRED, NOT_YET_VALID = "ok", "none", "expired", "not yet valid"
"What a certificate can be, besides soon at its end and unknown."
SOON_SHARE, SOON_DAYS = 1 / 3, 122
"From here on the rest of its life is told: a third of a year's, and as many days of an authority's ten years."
DAY_S = 86_400
Certificates = tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class Validity:
    """From when to when (RFC 5280, 4.1.2.5), in seconds since 1970-01-01 UTC."""

    begins_unix_s: float
    ends_unix_s: float

    def days_left(self, clock: Clock) -> int | None:
        """Whole days to the end, negative when it is past; None where the clock cannot know."""
        return None if is_unset(clock) else floor((self.ends_unix_s - clock.unix_s) / DAY_S)

    def words(self, clock: Clock) -> str:
        """OK, or what a person must know."""
        days = self.days_left(clock)
        if days is None:
            return "unknown: the clock is not set"
        if clock.unix_s < self.begins_unix_s:
            return NOT_YET_VALID
        if days < 0:
            return EXPIRED
        soon_days = min(SOON_DAYS, SOON_SHARE * (self.ends_unix_s - self.begins_unix_s) / DAY_S)
        return OK if days >= soon_days else f"expires in {days} day{'s' * (days != 1)}"


def is_unset(clock: Clock) -> bool:
    """True for a clock that nobody has set since it stood at its first day (1970)."""
    return not clock.synced and clock.unix_s < FLOOR_UNIX_S


def validity_of(certificates: Sequence[x509.Certificate]) -> Validity:
    """While all of them are good; at least one."""
    begins = max(each.not_valid_before_utc for each in certificates)
    return Validity(begins.timestamp(), min(each.not_valid_after_utc for each in certificates).timestamp())


def read_certificates(file: Path, setting: str) -> Certificates:
    """All in a PEM file, in its order. Raises BoothError naming the file, never quoting it."""
    try:
        found = tuple(x509.load_pem_x509_certificates(file.read_bytes()))
    except (OSError, ValueError):
        raise BoothError(f"{file}: no certificate in PEM; mend uplink.{setting}") from None
    return found


def check_chain(own: Certificates, authorities: Certificates) -> None:
    """Each of `own` must be signed by the next, the last by whichever of `authorities` has its issuer's name.

    Raises BoothError else. An issuer that is not among `authorities` is no mistake: the broker's authority and
    ours may be two.
    """
    for lower, upper in pairwise(own):
        if not _is_issuer(upper, lower):
            raise BoothError(
                "uplink.cert_file: its certificates are no chain; put ours first, then its issuer's"
            )
    named = [each for each in authorities if own and each.subject == own[-1].issuer]
    if named and not any(_is_issuer(each, own[-1]) for each in named):
        raise BoothError(
            "uplink.cert_file: not signed by the authority in uplink.ca_file; provision the keys anew"
        )


def issuers_of(own: Certificates, authorities: Certificates) -> Certificates:
    """Those of `authorities` that signed the last of `own`; several while an authority is renewed."""
    return tuple(each for each in authorities if own and _is_issuer(each, own[-1]))


def _is_issuer(upper: x509.Certificate, lower: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
