"""The line to an encrypted broker: key files go in, a TLS context comes out whose sockets tell why they broke."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from appliance.errors import BoothError
from appliance.uplink.key_files import KeyFiles

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NO_PAIR = "damaged, or the key is locked by a password"
WORDS = {
    "KEY_VALUES_MISMATCH": "the key does not belong to the certificate",
    "NO_CERTIFICATE_OR_CRL_FOUND": "no certificate in it",
}
"OpenSSL's reasons, said plainly."


class FrankSocket(ssl.SSLSocket):
    """A socket that, when it cannot send, raises what the other side said last instead.

    In TLS 1.3 a server judges our certificate when our side of the handshake is over (RFC 8446, 2): its alert
    lies unread while we send, and sending would find no more than a closed line.
    """

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        """As SSLSocket's."""
        try:
            return super().send(data, flags)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError:
            with suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                self.recv(1)
            raise


def tls_context(files: KeyFiles) -> ssl.SSLContext:
    """TLS 1.2 or newer, host name checked. Raises BoothError for files that are missing or do not fit."""
    files.check()
    try:
        context = ssl.create_default_context(cafile=files.ca)
    except OSError as error:
        raise BoothError(f"uplink.ca_file: {_plain(error, 'damaged')}; provision it anew") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = FrankSocket
    if files.cert is not None:
        try:
            # With no password given, OpenSSL would ask for one at the terminal, where nobody sits.
            context.load_cert_chain(files.cert, files.key, password="")
        except OSError as error:
            text = _plain(error, NO_PAIR)
            raise BoothError(f"uplink.cert_file, key_file: {text}; provision the keys anew") from None
    return context


def _plain(error: OSError, otherwise: str) -> str:
    """Never the text of `error` itself, which may quote a file."""
    return WORDS.get(getattr(error, "reason", None) or "", otherwise)
