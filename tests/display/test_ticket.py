"""The secret that lets a phone see the board: kept over a restart, gone with memory, and readable for display alone."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from appliance.display.field.request import Refused
from appliance.display.ticket import FILE, Ticket


def request(**headers: str) -> Request:
    raw = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": raw}
    return Request(scope)


def lets_in(ticket: Ticket, **headers: str) -> bool:
    try:
        ticket.check(request(**headers))
    except Refused as refused:
        return refused.status != 401
    return True


def test_a_restart_of_the_process_leaves_phones_in(tmp_path: Path) -> None:
    first = Ticket(tmp_path)
    assert len(first.text) == 32
    assert Ticket(tmp_path).text == first.text


def test_a_reboot_puts_them_out(tmp_path: Path) -> None:
    first = Ticket(tmp_path)
    (tmp_path / FILE).unlink()
    assert Ticket(tmp_path).text != first.text


def test_only_display_itself_reads_it(tmp_path: Path) -> None:
    Ticket(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "x" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n", "A" * 32, "0" * 100])
def test_a_file_that_holds_no_secret_is_replaced(tmp_path: Path, content: str) -> None:
    Ticket(tmp_path)
    (tmp_path / FILE).write_text(content)
    (tmp_path / FILE).chmod(0o600)
    assert Ticket(tmp_path).text not in ("", content)


def test_a_file_that_others_may_read_lets_nobody_in(tmp_path: Path) -> None:
    first = Ticket(tmp_path)
    (tmp_path / FILE).chmod(0o640)
    assert Ticket(tmp_path).text != first.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_lets_nobody_in(tmp_path: Path) -> None:
    first = Ticket(tmp_path)
    os.chown(tmp_path / FILE, 65534, 65534)
    assert Ticket(tmp_path).text != first.text


def test_the_secret_lets_in_and_nothing_else_does(tmp_path: Path) -> None:
    ticket = Ticket(tmp_path)
    assert lets_in(ticket, authorization=f"Bearer {ticket.text}")
    for wrong in (
        "",
        "Bearer ",
        f"Bearer {ticket.text[:-1]}",
        f"Bearer {ticket.text}0",
        f"Bearer {'0' * 32}",
        "Bearer \udcff",
    ):
        assert not lets_in(ticket, authorization=wrong)
    assert not lets_in(ticket)
    assert not lets_in(ticket, cookie=f"token={ticket.text}")


def test_a_new_one_puts_out_whoever_was_in(tmp_path: Path) -> None:
    ticket = Ticket(tmp_path)
    before = ticket.text
    ticket.renew()
    assert not lets_in(ticket, authorization=f"Bearer {before}")
    assert Ticket(tmp_path).text == ticket.text


def test_a_full_folder_lets_phones_in_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "display").touch()
    with caplog.at_level(logging.WARNING):
        ticket = Ticket(tmp_path)
    assert lets_in(ticket, authorization=f"Bearer {ticket.text}")
    assert ticket.text not in caplog.text
