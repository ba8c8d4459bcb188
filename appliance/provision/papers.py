"""Keys and certificates of a stick: PEM in; whether they are one booth's identity, in one line if not, out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.certificate import Certificates, is_unset, issuers_of, validity_of

ODD = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"What cryptography says of certificates that are well-formed and still not to be used."
PURPOSE = b"booth provision/1\n"
"Before what an authority signs: no certificate begins like this, so no signature of one is good for the other."
TOLERANCE_S = timedelta(days=1).total_seconds()
"A laptop that made a certificate may be a day ahead."


def make_key() -> bytes:
    """A new P-256 key in PEM, as deploy/broker/ca makes them."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_request(key: bytes, name: str) -> bytes:
    """What an authority signs for `name`, in PEM; it proves that whoever asks has the key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    loaded = ec_key(key)
    return builder.sign(loaded, hashes.SHA256()).public_bytes(Encoding.PEM)


def ec_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises BoothError for another kind of key."""
    loaded = load_key(key)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise BoothError("booth.key: not an elliptic key; make it anew")
    return loaded


def load_key(key: bytes) -> PrivateKeyTypes:
    """Raises BoothError, which never quotes it."""
    if not key.isascii():
        raise BoothError("booth.key: more than a key in PEM; make the stick again")
    try:
        return load_pem_private_key(key, None)
    except TypeError:
        raise BoothError(
            "booth.key: locked by a password; a booth has nobody to ask, store it without"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise BoothError("booth.key: no key in PEM; make the stick again") from None


def load_certificates(pem: str, what: str) -> Certificates:
    """All of a PEM text. Raises BoothError naming `what`, never quoting it."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem.encode()))
    except ValueError:
        raise BoothError(f"{what}: no certificate in PEM; make the stick again") from None


def check_identity(name: str, certificate: str, authority: str, key: bytes, clock: Clock) -> None:
    """Raises BoothError unless `certificate` is `name`'s, for `key`, in force, and signed by `authority`."""
    try:
        check_papers(name, certificate, authority, key, clock)
    except ODD:
        # Certificates are taken apart only where they are looked at.
        raise BoothError("certificate: of a kind that a booth cannot read; have it made anew") from None


def check_papers(name: str, certificate: str, authority: str, key: bytes, clock: Clock) -> None:
    """See check_identity; also raises ODD."""
    own, above = load_certificates(certificate, "certificate"), load_authorities(authority)
    common = [str(each.value) for each in own[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if common != [name]:
        raise BoothError(f"certificate: it is not {name}'s; take the one of that name")
    if not same_key(load_key(key).public_key(), own[0].public_key()):
        raise BoothError("booth.key: not the key of the certificate; put the two that belong together")
    for lower, upper in pairwise(own):
        if not issuers_of((lower,), (upper,)):
            raise BoothError("certificate: no chain; put the booth's first, then its issuer's")
    if not issuers_of(own, above):
        raise BoothError("certificate: not signed by the booth's own authority; have that one sign it")
    check_dates(own, "certificate", clock)
    check_dates(issuers_of(own, above), "authority", clock)


def load_authorities(pem: str) -> Certificates:
    """Those of ca.crt. Raises BoothError for a certificate that may not sign others."""
    found = load_certificates(pem, "authority")
    for each in found:
        try:
            may = each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (x509.ExtensionNotFound, *ODD):
            may = False
        if not may:
            raise BoothError(
                "authority: ca.crt holds a certificate that may sign nobody; take the authority's own"
            )
    return found


def check_dates(certificates: Sequence[x509.Certificate], what: str, clock: Clock) -> None:
    """Raises BoothError for one that has ended or not begun, as far as the clock can know.

    A clock that nobody has set yet knows nothing; one that was set but not confirmed is late, never early.
    """
    if is_unset(clock):
        return
    validity = validity_of(certificates)
    if validity.ends_unix_s < clock.unix_s:
        raise BoothError(f"{what}: expired; have it signed again")
    if clock.synced and clock.unix_s + TOLERANCE_S < validity.begins_unix_s:
        raise BoothError(f"{what}: not yet valid; set the clock of whoever signed it")


def check_request(request: bytes, name: str) -> PublicKeyTypes:
    """The key that asks to be `name`. Raises BoothError for a request of anybody else, or without proof."""
    try:
        asked = x509.load_pem_x509_csr(request)
        sound = asked.is_signature_valid
        common = [str(each.value) for each in asked.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key = asked.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise BoothError("request.csr: damaged; plug the stick into the booth again") from None
    if not sound or common != [name]:
        raise BoothError(f"request.csr: no request of {name}; plug the stick into its booth again")
    return key


def mark_of(key: PublicKeyTypes) -> str:
    """A key in 16 digits, for two people to compare: on the booth's display and at the authority's."""
    whole = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digits = hashlib.sha256(whole).hexdigest()[:16]
    return "-".join(digits[begin : begin + 4] for begin in range(0, 16, 4))


def same_key(one: PublicKeyTypes, other: PublicKeyTypes) -> bool:
    """Whether they are one key."""
    return mark_of(one) == mark_of(other)


def sign_manifest(authority_key: bytes, manifest: bytes) -> bytes:
    """The authority's word that this manifest is its own."""
    return ec_key(authority_key).sign(PURPOSE + manifest, ec.ECDSA(hashes.SHA256()))


def is_signed(manifest: bytes, signature: bytes | None, authorities: Certificates) -> bool:
    """Whether one of `authorities` has signed it."""
    for each in authorities if signature else ():
        key = each.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            continue
        try:
            key.verify(signature or b"", PURPOSE + manifest, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return True
    return False
