"""Where the broker is and how it knows us: an address and key files go in, a TLS context comes out."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock, read_clock
from appliance.uplink.certificate import NONE
from appliance.uplink.key_files import KeyFiles, credentials_folder, find_key_files
from appliance.uplink.refusal import explain_alert, explain_error, explain_hangup
from appliance.uplink.tls import tls_context

NOT_SET = "mend uplink.broker in the booth's file: this is a placeholder, set the city's own broker"


@dataclass(frozen=True)
class Broker:
    """A broker. Raises BoothError for an address that cannot be."""

    url: str
    "mqtt://HOST:PORT or mqtts://HOST:PORT"
    ca_file: Path | None = None
    "mqtts only; None: the authorities that the system trusts. A file, or credential:NAME; so are the next two."
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
    def is_placeholder(self) -> bool:
        """True for the name that a city's file has until somebody sets a broker: nobody can own it (RFC 2606)."""
        return self.host.endswith(".example")

    @property
    def tls(self) -> bool:
        """True for mqtts."""
        return self._parts.scheme == "mqtts"

    @property
    def port(self) -> int:
        """1883 or, for mqtts, 8883 unless given."""
        return self._parts.port or (8883 if self.tls else 1883)

    @property
    def key_files(self) -> KeyFiles:
        """Its keys, from the settings or the unit's credentials. Raises BoothError for credentials without a unit."""
        return find_key_files(self.ca_file, self.cert_file, self.key_file, credentials_folder())

    def tls_context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer, host name checked. Raises BoothError naming the file that is missing or does not fit."""
        return tls_context(self.key_files)

    def explain(self, error: Exception, certificate: str = "", clock: Clock | None = None) -> str:
        """One line on why no connection came about, with the cure.

        `certificate`: what is known of ours, as KeyWatch.certificate() says it; `clock`: None reads it now.
        """
        if self.is_placeholder and isinstance(error, socket.gaierror):
            return f"{self.url}: name not found; {NOT_SET}"
        known = certificate or self._known()
        text = explain_error(error, clock or read_clock(), tls=self.tls, certificate=known)
        return f"{self.url}: {text}"

    def explain_loss(self, text: str, certificate: str = "") -> str:
        """One line on why the broker hung up before it let us in; `text` is paho's log of it, '' when silent."""
        known = certificate or self._known()
        return f"{self.url}: {explain_alert(text, known) or explain_hangup(tls=self.tls)}"

    def _known(self) -> str:
        return NONE if self.tls and self.key_files.cert is None else ""


def broker_from_settings(settings: Settings) -> Broker:
    """The broker that `settings` name. Raises BoothError for an address that cannot be."""
    up = settings.uplink
    return Broker(up.broker, up.ca_file, up.cert_file, up.key_file, up.keepalive_s)
