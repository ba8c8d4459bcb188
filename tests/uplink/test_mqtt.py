"""One connection: pauses that spread, TLS that is explained, losses that name the broker."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker, find_mosquitto, free_port
from appliance.uplink.message import LinkLostError, Message, pause_s
from appliance.uplink.mqtt import Link

T = TypeVar("T")


@given(st.integers(1, 10_000))
def test_pauses_grow_and_stay_below_a_minute(attempt: int) -> None:
    assert 0 <= pause_s(attempt) <= min(1.5**10, 1.5 ** min(attempt, 10)) < 58


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


def test_messages_and_reason_codes_come_back(broker: LocalBroker) -> None:
    link = Link(Broker(broker.url), "tester")
    link.open()
    alone = link.send(Message("booth/v1/a/b/status", b"1"))
    assert [(ack.mid, ack.code) for ack in collect(link, link.take_acks, 1)] == [(alone, 0x10)]
    link.subscribe("booth/v1/#")
    link.turn(0.2)
    link.send(Message("booth/v1/a/b/status", b"2"))
    assert collect(link, link.take_messages, 1) == [Message("booth/v1/a/b/status", b"2", 1)]
    assert [ack.code for ack in collect(link, link.take_acks, 1)] == [0]
    link.close()
    link.close()


def collect(link: Link, take: Callable[[], list[T]], count: int) -> list[T]:
    """`count` things that `take` gives while the link turns."""
    found: list[T] = []
    for _ in range(200):
        found += take()
        if len(found) >= count:
            break
        link.turn(0.05)
    return found


def turn_until_lost(link: Link) -> None:
    for _ in range(200):
        link.turn(0.05)


def test_a_broker_that_dies_is_a_lost_link(broker: LocalBroker) -> None:
    link = Link(Broker(broker.url), "tester")
    link.open()
    broker.kill()
    with pytest.raises(LinkLostError, match=broker.url):
        turn_until_lost(link)
    with pytest.raises(LinkLostError, match=broker.url):
        link.send(Message("booth/v1/a/b/status", b"3"))
    link.close()


def test_the_second_of_two_with_one_name_is_let_in_and_the_first_is_told(broker: LocalBroker) -> None:
    first, second = Link(Broker(broker.url), "same"), Link(Broker(broker.url), "same")
    first.open()
    second.open()
    with pytest.raises(LinkLostError, match=r"lost|taken over"):
        turn_until_lost(first)
    second.close()


def test_nobody_at_the_port_is_told() -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    with pytest.raises(LinkLostError, match=f"{url}: connection refused"):
        Link(Broker(url), "tester").open()


def test_something_else_at_the_port_is_a_lost_link_and_not_a_crash() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = Link(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"), "tester")
        stopped = iter([False, False, True])
        link.open(lambda: next(stopped))
        peer, _ = server.accept()
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.close()
        with pytest.raises(LinkLostError):
            turn_until_lost(link)
        link.close()


class Authority:
    """A certificate authority of the test, and keys that it signed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"
        )

    def _run(self, *arguments: str, name: str = "ca", host: str = "test CA") -> None:
        files = ["-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={host}"]
        subprocess.run(["openssl", *arguments, *files], cwd=self.folder, check=True, capture_output=True)

    def sign(self, name: str) -> None:
        """NAME.key and NAME.crt, good for 127.0.0.1."""
        self._run(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
            *("-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            name=name,
            host=name,
        )


def test_tls_needs_the_right_authority_and_a_key(tmp_path: Path) -> None:
    if find_mosquitto() is None or shutil.which("openssl") is None:
        pytest.skip("mosquitto or openssl is not installed")
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    ours.sign("broker")
    ours.sign("booth")
    authority = ours.folder / "ca.crt"
    keys = (ours.folder / "booth.crt", ours.folder / "booth.key")
    extra = "\n".join(
        [
            *(f"cafile {ours.folder}/ca.crt", f"certfile {ours.folder}/broker.crt"),
            *(f"keyfile {ours.folder}/broker.key", "require_certificate true"),
        ]
    )
    with LocalBroker(tmp_path / "broker", extra=extra) as running:
        url = f"mqtts://127.0.0.1:{running.port}"
        link = Link(Broker(url, authority, *keys), "booth")
        link.open()
        link.close()
        with pytest.raises(LinkLostError, match="not trusted"):
            Link(Broker(url, theirs.folder / "ca.crt", *keys), "booth").open()
        with pytest.raises(LinkLostError):
            Link(Broker(url, authority), "booth").open()
        with pytest.raises(LinkLostError):
            Link(Broker(running.url), "booth").open()
    with pytest.raises(BoothError, match="provision"):
        Link(Broker(url, ours.folder / "booth.key"), "booth")


def test_a_plain_port_is_no_tls_port(broker: LocalBroker) -> None:
    with pytest.raises(LinkLostError):
        Link(Broker(broker.url.replace("mqtt:", "mqtts:")), "booth").open()
