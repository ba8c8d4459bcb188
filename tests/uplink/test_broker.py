"""The local broker: comes up, stays at its address, keeps what it must, and says why not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.uplink.broker import LocalBroker, find_mosquitto
from tests.uplink.consumer import Consumer, wait_for


def test_it_is_up_within_with_and_gone_after(tmp_path: Path) -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    with LocalBroker(tmp_path / "made") as broker:
        assert broker.alive()
        assert broker.url == f"mqtt://127.0.0.1:{broker.port}"
        socket.create_connection(("127.0.0.1", broker.port), 1).close()
    assert not broker.alive()
    assert broker.pid is None
    broker.stop()


def test_retained_messages_outlive_a_kill_at_the_same_address(broker: LocalBroker) -> None:
    port = broker.port
    with Consumer(port) as backend:
        backend.publish("booth/v1/new-york/desk/status", b"{}", retain=True)
        wait_for(lambda: b"new-york/desk/status" in database(broker))
    broker.kill()
    assert not broker.alive()
    broker.start()
    assert broker.port == port
    with Consumer(port, "late") as late:
        wait_for(lambda: late.of("status"))


def database(broker: LocalBroker) -> bytes:
    file = broker.folder / "mosquitto.db"
    return file.read_bytes() if file.is_file() else b""


def test_a_taken_port_is_told(broker: LocalBroker, tmp_path: Path) -> None:
    other = LocalBroker(tmp_path / "other", broker.port, extra="log_type all")
    with pytest.raises(BoothError, match=f"port {broker.port}"):
        other.start()
    assert not other.alive()


def test_a_missing_mosquitto_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.broker.find_mosquitto", lambda: None)
    with pytest.raises(BoothError, match="apt-get install mosquitto"):
        LocalBroker(tmp_path).start()
