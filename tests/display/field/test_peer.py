"""Who is at the other end of a loopback connection: the kernel's own tables, read here."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from appliance.display.field import peer
from appliance.display.field.peer import owners_of
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
        assert owners_of(host, port, NET) == {os.geteuid()}


def test_nobody_owns_an_end_that_is_not_there(tmp_path: Path) -> None:
    assert owners_of("127.0.0.1", 1, NET) == frozenset()
    assert owners_of("127.0.0.1", 1, tmp_path) == frozenset()


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
    monkeypatch.setattr(peer, "owners_of", lambda *_: frozenset({users[user]}))
    desk = Desk(tmp_path)
    answer = desk.client.post("/code", json={}, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == (403 if refused else 200)
    assert ("digits" in answer.json()) is not refused


def test_an_unknown_peer_gets_no_code_where_users_are_set_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peer, "uid_of", {"booth-uplink": 61001}.get)
    monkeypatch.setattr(peer, "owners_of", lambda *_: frozenset())
    desk = Desk(tmp_path)
    assert desk.client.post("/code", json={}, headers={"origin": "http://127.0.0.1"}).status_code == 403


def test_a_closed_connection_of_the_same_port_does_not_hide_the_user(tmp_path: Path) -> None:
    # What `ss` calls TIME-WAIT is root's in the table, whoever had it, and may stand before the living one.
    rows = [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0100007F:A001 0100007F:2328 06 00000000:00000000 03:00000F00 00000000     0        0 0",
        "   1: 0100007F:A001 0100007F:2120 01 00000000:00000000 00:00000000 00000000 61001        0 77",
    ]
    (tmp_path / "tcp").write_text("\n".join(rows) + "\n")
    assert 61001 in owners_of("127.0.0.1", 0xA001, tmp_path)
