"""Addresses of brokers, and why one could not be reached: each cause in words of its own, with its cure."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.address import Broker
from appliance.uplink.broker import free_port
from appliance.uplink.message import LinkLostError
from appliance.uplink.mqtt import Link

SYNCED = Clock(1_795_366_859.0, synced=True)
DRIFTING = Clock(1_795_366_859.0, synced=False)
UNSET = Clock(120.0, synced=False)
PLAIN, SECURE = Broker("mqtt://broker.example"), Broker("mqtts://broker.example", cert_file=Path("booth.crt"))


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("mqtt://127.0.0.1", "127.0.0.1", 1883, False),
        ("mqtt://broker.example:99", "broker.example", 99, False),
        ("mqtts://broker.example", "broker.example", 8883, True),
    ],
)
def test_addresses_are_taken_apart(url: str, host: str, port: int, tls: bool) -> None:
    broker = Broker(url)
    assert (broker.host, broker.port, broker.tls) == (host, port, tls)


@pytest.mark.parametrize(
    "url", ["", "broker", "http://a", "mqtt://", "mqtt://a:99999", "mqtt://a:0", "mqtt://[a"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BoothError, match="no broker address"):
        Broker(url)


def distrust(code: int, message: str = "") -> ssl.SSLCertVerificationError:
    """As Python raises it, by the codes of x509_vfy.h."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] words of the library (_ssl.c:992)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("broker", "error", "clock", "told"),
    [
        (
            PLAIN,
            ConnectionRefusedError(111, "Connection refused"),
            SYNCED,
            "connection refused; start the broker",
        ),
        (
            PLAIN,
            socket.gaierror(-2, "Name or service not known"),
            SYNCED,
            "name not found; mend uplink.broker",
        ),
        (PLAIN, TimeoutError("timed out"), SYNCED, "no answer in time; check address and port"),
        (
            PLAIN,
            OSError(errno.ENETUNREACH, "Network is unreachable"),
            SYNCED,
            "no route there; mend this machine",
        ),
        (PLAIN, OSError(errno.EHOSTUNREACH, "No route to host"), SYNCED, "no route there"),
        (
            PLAIN,
            ConnectionResetError(104, "Connection reset by peer"),
            SYNCED,
            "connection reset by peer; start",
        ),
        (
            SECURE,
            ConnectionRefusedError(111, "Connection refused"),
            SYNCED,
            "connection refused; start the broker",
        ),
        (
            SECURE,
            ConnectionResetError(104, "Connection reset by peer"),
            SYNCED,
            "hangs up during TLS; is the port",
        ),
        (SECURE, ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), SYNCED, "hangs up during TLS"),
        (SECURE, tls_error("UNEXPECTED_EOF_WHILE_READING"), SYNCED, "hangs up during TLS"),
        (
            SECURE,
            tls_error("WRONG_VERSION_NUMBER"),
            SYNCED,
            "does not speak TLS; is the port the one for mqtts",
        ),
        (SECURE, tls_error("UNSUPPORTED_PROTOCOL"), SYNCED, "only an old TLS; set it to 1.2"),
        (SECURE, tls_error("NEW_FAULT"), SYNCED, "TLS failed (new fault); is the port"),
        (SECURE, ssl.SSLError(1, "odd"), SYNCED, "TLS failed (no reason given)"),
        (SECURE, distrust(19, "self-signed"), SYNCED, "not trusted (self-signed); mend uplink.ca_file"),
        (SECURE, distrust(20, "no issuer"), UNSET, "not trusted (no issuer); mend uplink.ca_file"),
        (SECURE, distrust(62, "Hostname mismatch"), SYNCED, "is for another name; write uplink.broker as"),
        (SECURE, distrust(64, "IP address mismatch"), SYNCED, "is for another name; write uplink.broker as"),
        (
            SECURE,
            distrust(10, "expired"),
            SYNCED,
            "its certificate has expired; renew the broker's certificate",
        ),
        (SECURE, distrust(9, "not yet"), SYNCED, "its certificate is not valid yet; renew the broker's"),
        (
            SECURE,
            distrust(9),
            UNSET,
            "because this machine's clock is not set (1970-01-01T00:02:00Z); set it",
        ),
        (
            SECURE,
            distrust(9),
            DRIFTING,
            "at 2026-11-22T17:00:00Z, by a clock that is not synchronised; set that",
        ),
        (SECURE, distrust(10), DRIFTING, "has expired at 2026-11-22T17:00:00Z, by a clock that is not synch"),
        (
            SECURE,
            ValueError("embedded null byte"),
            SYNCED,
            "embedded null byte; start the broker there or mend",
        ),
    ],
)
def test_each_error_has_its_own_line_and_cure(
    broker: Broker, error: Exception, clock: Clock, told: str
) -> None:
    text = broker.explain(error, clock=clock)
    assert text.startswith(f"{broker.url}: ")
    assert told in text
    assert "\n" not in text


def test_an_alert_during_the_handshake_is_explained_by_what_is_known_of_ours() -> None:
    refused = tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE")
    assert "agrees to no handshake" in SECURE.explain(refused, "ok", SYNCED)
    assert "was shown none; set uplink.cert_file" in Broker("mqtts://broker.example").explain(refused)
    assert "our certificate has expired" in SECURE.explain(refused, "expired", SYNCED)


def test_a_loss_before_we_are_let_in_is_explained() -> None:
    revoked = "failed to receive on socket: [SSL: SSLV3_ALERT_CERTIFICATE_REVOKED] sslv3 alert (_ssl.c:2546)"
    assert SECURE.explain_loss(revoked).startswith(
        f"{SECURE.url}: the broker says that our certificate is revoked"
    )
    assert "hangs up during TLS" in SECURE.explain_loss("")
    assert "if the port is the one for TLS, write mqtts://" in PLAIN.explain_loss("")
    assert "was shown none" in Broker("mqtts://b").explain_loss("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE]")


def test_nobody_at_the_port_is_told_so() -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    with pytest.raises(LinkLostError, match=f"{url}: connection refused"):
        Link(Broker(url), "tester").open()


def test_a_name_that_nobody_has_is_told_so() -> None:
    with pytest.raises(LinkLostError, match="name not found"):
        Link(Broker("mqtt://no-broker.invalid"), "tester").open()


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port that answers nobody: its queue of one is full, so that the kernel drops what else knocks (listen(2))."""
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def test_a_port_that_does_not_answer_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.wire.CONNECT_S", 0.2)
    with deaf_port() as port, pytest.raises(LinkLostError, match="no answer in time"):
        Link(Broker(f"mqtt://127.0.0.1:{port}"), "tester").open()


def test_a_handshake_that_does_not_end_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.wire.CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mqtts://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(LinkLostError, match="no answer in time"):
            Link(Broker(url), "tester").open()


ALONE = """
from appliance.uplink.address import Broker
from appliance.uplink.message import LinkLostError
from appliance.uplink.mqtt import Link
try:
    Link(Broker("mqtt://192.0.2.1"), "tester").open()
except LinkLostError as error:
    print(error)
"""


def test_no_route_is_told_so() -> None:
    if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("a network namespace of one's own is not allowed here")
    command = ["unshare", "-rn", sys.executable, "-c", ALONE]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert said == "mqtt://192.0.2.1: no route there; mend this machine's network\n"
