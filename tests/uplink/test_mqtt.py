"""One connection: pauses that spread, reason codes that come back, losses that name the broker."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker
from appliance.uplink.message import LinkLostError, Message, pause_s
from appliance.uplink.mqtt import Link

T = TypeVar("T")


@given(st.integers(1, 10_000))
def test_pauses_grow_and_stay_below_a_minute(attempt: int) -> None:
    assert 0 <= pause_s(attempt) <= min(1.5**10, 1.5 ** min(attempt, 10)) < 58


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


def test_a_broker_that_sends_no_text_for_a_topic_is_a_lost_link_and_not_a_crash() -> None:
    """MQTT 5, 1.5.4: it is to be left."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(answer_with, server, bytes([0x30, 5, 0, 2, 0xFF, 0xFE, 0]))
        link = Link(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"), "tester")
        with closing(link):
            link.dial()
            with pytest.raises(LinkLostError, match="no topic"):
                turn_until_lost(link)


def answer_with(server: socket.socket, packet: bytes) -> None:
    """Let one in (CONNACK), and send `packet`."""
    peer, _ = server.accept()
    with peer:
        peer.recv(1024)
        peer.sendall(bytes([0x20, 3, 0, 0, 0]) + packet)
        peer.recv(1024)


def test_a_refused_subscription_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(refuse_subscription, server)
        link = Link(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"), "tester")
        link.open()
        assert link.deaf == ""
        link.subscribe("booth/v1/#")
        for _ in range(100):
            link.turn(0.05)
            if link.deaf:
                break
        assert "refuses our subscription (not authorized)" in link.deaf
        link.close()


def refuse_subscription(server: socket.socket) -> None:
    """Let one in (CONNACK), and answer whatever it asks for by SUBACK with reason 0x87 (MQTT 5, 3.2 and 3.9)."""
    peer, _ = server.accept()
    with peer:
        peer.recv(1024)
        peer.sendall(bytes([0x20, 3, 0, 0, 0]))
        asked = peer.recv(1024)
        peer.sendall(bytes([0x90, 4, *asked[2:4], 0, 0x87]))
        peer.recv(1024)
