"""Who is at the other end of a loopback connection: the kernel's own tables, read here."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from appliance.display.field import peer
from appliance.display.field.peer import owner_of
from tests.display.field.desk import Desk

NET = Path("/proc/self/net")


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_kernel_says_whose_a_connection_is(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as server, socket.socket(family) as client:
        try:
            server.bind((address, 0))
        except OSError:
            pytest.skip(f"no {address} here")
        server.listen()
        client.connect(server.getsockname())
        host, port = client.getsockname()[:2]
        assert owner_of(host, port, NET) == os.geteuid()


def test_nobody_owns_an_end_that_is_not_there(tmp_path: Path) -> None:
    assert owner_of("127.0.0.1", 1, NET) is None
    assert owner_of("127.0.0.1", 1, tmp_path) is None


@pytest.mark.parametrize(
    ("user", "refused"),
    [
        ("booth-uplink", True),
        ("booth-vision", True),
        ("hidden", True),
        ("technician", False),
        ("root", False),
    ],
)
def test_processes_of_the_booth_get_no_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: str, refused: bool
) -> None:
    users = {"booth-uplink": 61001, "booth-vision": 61002, "technician": 1000, "hidden": 65534, "root": 0}
    monkeypatch.setattr(peer, "uid_of", users.get)
    monkeypatch.setattr(peer, "owner_of", lambda *_: users[user])
    desk = Desk(tmp_path)
    answer = desk.client.post("/code", json={}, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == (403 if refused else 200)
    assert ("digits" in answer.json()) is not refused


def test_an_unknown_peer_gets_no_code_where_users_are_set_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peer, "uid_of", {"booth-uplink": 61001}.get)
    monkeypatch.setattr(peer, "owner_of", lambda *_: None)
    desk = Desk(tmp_path)
    assert desk.client.post("/code", json={}, headers={"origin": "http://127.0.0.1"}).status_code == 403
