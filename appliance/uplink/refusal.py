"""Why there is no connection: errors of the network and alerts of TLS go in, one line each with the cure comes out."""

from __future__ import annotations

import errno
import re
import socket
import ssl

from appliance.health.clock import Clock
from appliance.uplink.certificate import EXPIRED, NONE, NOT_YET_VALID, OK, is_unset

ALERT = re.compile(r"ALERT_([A-Z_]+)\]")
"As Python names an alert (RFC 8446, 6.2) inside of any text: [SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] ..."
ANEW = "provision this booth's keys anew"
ALERTS = {
    "CERTIFICATE_EXPIRED": f"the broker says that our certificate has expired; {ANEW}",
    "CERTIFICATE_REVOKED": f"the broker says that our certificate is revoked; {ANEW} if this booth is to go on",
    "UNKNOWN_CA": f"the broker does not know the authority of our certificate; {ANEW}, by the broker's authority",
    "BAD_CERTIFICATE": "the broker finds our certificate bad: by its clock it may not be valid yet;"
    f" compare both clocks, else {ANEW}",
    "CERTIFICATE_REQUIRED": "the broker wants a certificate and was shown none; set uplink.cert_file and key_file",
    "HANDSHAKE_FAILURE": "the broker agrees to no handshake; mend uplink.cert_file, or the broker's ciphers",
    "PROTOCOL_VERSION": "the broker wants another TLS; set it to 1.2 or newer",
}
KNOWN = {
    EXPIRED: f"our certificate has expired; {ANEW}",
    NOT_YET_VALID: f"our certificate is not valid yet by this machine's clock; set the clock, else {ANEW}",
    NONE: ALERTS["CERTIFICATE_REQUIRED"],
}
"By what is wrong with our certificate: that explains more than the alert that it caused."
OF_OURS = ("CERTIFICATE_EXPIRED", "BAD_CERTIFICATE", "HANDSHAKE_FAILURE", "CERTIFICATE_UNKNOWN")
"Alerts that are no more precise than what we know."
NOT_BY_OURS = (
    "the broker says that our certificate has expired, and by our clock it has not; set the broker's clock,"
    " or renew its list of revoked ones (crlfile)"
)

# Verification errors of OpenSSL (x509_vfy.h).
BEGINS_LATER, HAS_ENDED, OTHER_NAME, OTHER_ADDRESS = 9, 10, 62, 64
OLD_TLS = ("UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION")
NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


def explain_alert(text: str, certificate: str = "") -> str | None:
    """What an alert of the broker means, in whatever text names it; None when none does.

    `certificate`: what is known of ours, as KeyWatch.certificate() says it.
    """
    found = ALERT.search(text)
    if found is None:
        return None
    alert = found[1]
    if alert in OF_OURS and certificate in KNOWN:
        return KNOWN[certificate]
    if alert == "CERTIFICATE_EXPIRED" and certificate == OK:
        return NOT_BY_OURS
    return ALERTS.get(alert) or f"the broker ends TLS ({_plain(alert)}); its log says why"


def explain_error(error: Exception, clock: Clock, *, tls: bool, certificate: str = "") -> str:
    """Why connecting failed, by what socket, ssl or paho raised."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrust(error, clock)
    if isinstance(error, ssl.SSLError):
        return explain_alert(str(error), certificate) or _no_tls(error)
    if isinstance(error, socket.gaierror):
        return "name not found; mend uplink.broker, or this machine's DNS"
    if isinstance(error, TimeoutError):
        return "no answer in time; check address and port, and that no firewall is in between"
    if isinstance(error, ConnectionError) and tls and not isinstance(error, ConnectionRefusedError):
        return explain_hangup(tls=True)
    if isinstance(error, OSError) and error.errno in NO_ROUTE:
        return "no route there; mend this machine's network"
    text = getattr(error, "strerror", None) or str(error)
    return f"{text.lower()}; start the broker there or mend its address"


def explain_hangup(*, tls: bool) -> str:
    """What may be wrong when the other side hangs up before it has let us in, without a word."""
    if tls:
        return "it hangs up during TLS; is the port the one for mqtts? Its log says more"
    return "it hangs up before it lets us in; if the port is the one for TLS, write mqtts://"


def _distrust(error: ssl.SSLCertVerificationError, clock: Clock) -> str:
    dates = {BEGINS_LATER: "is not valid yet", HAS_ENDED: "has expired"}
    if what := dates.get(error.verify_code):
        if is_unset(clock):
            return f"its certificate {what} because this machine's clock is not set ({clock.minute}); set it"
        if not clock.synced:
            return f"its certificate {what} at {clock.minute}, by a clock that is not synchronised; set that first"
        return f"its certificate {what}; renew the broker's certificate"
    if error.verify_code in (OTHER_NAME, OTHER_ADDRESS):
        return "its certificate is for another name; write uplink.broker as the certificate names the host"
    return f"its certificate is not trusted ({error.verify_message}); mend uplink.ca_file"


def _no_tls(error: ssl.SSLError) -> str:
    reason = getattr(error, "reason", None) or ""
    if reason in OLD_TLS:
        return "it speaks only an old TLS; set it to 1.2 or newer"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or "EOF" in reason:
        return explain_hangup(tls=True)
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "it does not speak TLS; is the port the one for mqtts?"
    return f"TLS failed ({_plain(reason) or 'no reason given'}); is the port the one for mqtts?"


def _plain(name: str) -> str:
    return name.lower().replace("_", " ")
