"""Words to systemd: heard by a fake service manager, silent without one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.health import notify


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    pytest.importorskip("systemd.daemon", reason="python3-systemd is not installed")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(tmp_path / "notify"))
        bound.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield bound


def test_nobody_listens_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not any(
        (notify.ready(), notify.alive(), notify.status("x"), notify.stopping(), notify.extend_start(1))
    )


def test_each_word_arrives(manager: socket.socket) -> None:
    assert notify.ready()
    assert manager.recv(99) == b"READY=1"
    assert notify.alive()
    assert manager.recv(99) == b"WATCHDOG=1"
    assert notify.status("two\nlines")
    assert manager.recv(99) == b"STATUS=two lines"
    assert notify.extend_start(1.5)
    assert manager.recv(99) == b"EXTEND_TIMEOUT_USEC=1500000"
    assert notify.stopping()
    assert manager.recv(99) == b"STOPPING=1"
