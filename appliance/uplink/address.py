"""Where the broker is and how it knows us: an address and key files go in, a TLS context comes out."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from appliance.errors import BoothError


@dataclass(frozen=True)
class Broker:
    """A broker. Raises BoothError for an address that cannot be."""

    url: str
    "mqtt://HOST:PORT or mqtts://HOST:PORT"
    ca_file: Path | None = None
    "mqtts only; None: the authorities that the system trusts."
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: int = 30

    def __post_init__(self) -> None:
        try:
            parts = self._parts
            fits = parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise BoothError(f"{self.url}: no broker address; write mqtt://HOST:PORT or mqtts://HOST:PORT")

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """Name or address."""
        return self._parts.hostname or ""

    @property
    def tls(self) -> bool:
        """True for mqtts."""
        return self._parts.scheme == "mqtts"

    @property
    def port(self) -> int:
        """1883 or, for mqtts, 8883 unless given."""
        return self._parts.port or (8883 if self.tls else 1883)

    def tls_context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer, host name checked. Raises BoothError naming the missing file."""
        for key, file in (
            ("ca_file", self.ca_file),
            ("cert_file", self.cert_file),
            ("key_file", self.key_file),
        ):
            if file is not None and not file.is_file():
                raise BoothError(f"{file}: no such file; mend uplink.{key}")
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.cert_file is not None:
                context.load_cert_chain(self.cert_file, self.key_file)
        except OSError as error:
            text = getattr(error, "reason", None) or error.strerror or "unreadable"
            raise BoothError(
                f"uplink.ca_file, cert_file, key_file: {text}; provision the keys anew"
            ) from None
        return context

    def explain(self, error: Exception) -> str:
        """One line on why no connection came about, with the cure."""
        if isinstance(error, ssl.SSLCertVerificationError):
            cure = "check this machine's clock and uplink.ca_file"
            return f"{self.url}: its certificate is not trusted ({error.verify_message}); {cure}"
        if isinstance(error, ssl.SSLError):
            return f"{self.url}: TLS failed ({error.reason or error}); is the port the one for mqtts?"
        text = getattr(error, "strerror", None) or str(error)
        return f"{self.url}: {text.lower()}; start the broker there or mend its address"
