"""A certificate authority of the tests: names and dates go in, keys and certificates that it signed come out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


class Pair(NamedTuple):
    """A certificate, its key, and the number by which it is revoked."""

    cert: Path
    key: Path
    serial: int


class Authority:
    """`folder`/ca.crt, and NAME.crt with NAME.key (0600) of whatever it signs; days count from now.

    `signed_by` None: by itself.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "test authority",
        begins_days: float = -400,
        ends_days: float = 400.5,
        signed_by: Authority | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ca = folder / "ca.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        self._revoked: list[x509.RevokedCertificate] = []
        builder = _builder(self._name, self._key.public_key(), begins_days, ends_days)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        above = signed_by or self
        certificate = builder.issuer_name(above._name).sign(above._key, hashes.SHA256())
        self.ca.write_bytes(certificate.public_bytes(Encoding.PEM))

    def sign(
        self,
        name: str,
        common_name: str | None = None,
        *,
        begins_days: float = -1,
        ends_days: float = 200.5,
        host: str | None = None,
    ) -> Pair:
        """Keys for `common_name` (`name` when None), for a server when `host` says where it listens."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(common_name or name), key.public_key(), begins_days, ends_days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(host)]), critical=False)
        certificate = builder.issuer_name(self._name).sign(self._key, hashes.SHA256())
        pair = Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key", certificate.serial_number)
        pair.cert.write_bytes(certificate.public_bytes(Encoding.PEM))
        pair.key.touch(0o600)
        pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return pair

    def revocations(self, *pairs: Pair, ends_days: float = 30) -> Path:
        """ca.crl, which names `pairs` and whoever was named before."""
        now = datetime.now(timezone.utc)
        for pair in pairs:
            builder = x509.RevokedCertificateBuilder(pair.serial, now - timedelta(days=1))
            self._revoked.append(builder.build())
        crl = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        crl = crl.last_update(now - timedelta(days=100)).next_update(now + timedelta(days=ends_days))
        for revoked in self._revoked:
            crl = crl.add_revoked_certificate(revoked)
        file = self.folder / "ca.crl"
        file.write_bytes(crl.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return file


def lock(key: Path) -> None:
    """Put a password on it."""
    opened = load_pem_private_key(key.read_bytes(), None)
    locked = opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a password"))
    key.write_bytes(locked)


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, begins_days: float, ends_days: float
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(subject_name=subject, public_key=key)
    builder = builder.serial_number(x509.random_serial_number())
    begins, ends = now + timedelta(days=begins_days), now + timedelta(days=ends_days)
    return builder.not_valid_before(begins).not_valid_after(ends)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
