"""Closed addresses: only this machine's board is shown, and nothing that merely looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.screen.address import BOARD, home_of, is_ours


@pytest.mark.parametrize(
    ("text", "home"),
    [
        (BOARD, BOARD),
        ("http://127.0.0.1:8480", BOARD),
        ("http://[::1]:9000/", "http://[::1]:9000/"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/"),
    ],
)
def test_the_board_of_this_machine_is_written_as_a_browser_writes_it(text: str, home: str) -> None:
    assert home_of(text) == home


@pytest.mark.parametrize(
    "text",
    [
        "", "http://", "http://127.0.0.1/", "https://127.0.0.1:8480/", "http://localhost:8480/", "http://192.168.77.1:8480/",
        "http://127.0.0.1:8480/code", "http://127.0.0.1:8480/?a", "http://127.0.0.1:8480/#a", "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://a@127.0.0.1:8480/", "file:///etc/passwd", "http://[::1/",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BoothError, match="only") as told:
        home_of(text)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:84800/", "http://127.0.0.1:8480@example.org/", "http://127.0.0.1:8480.example.org/",
        "https://127.0.0.1:8480/", "http://127.0.0.1/", "http://localhost:8480/", "about:blank", "file:///",
        "data:text/html,x",
    ],
)  # fmt: skip
def test_what_looks_like_it_is_not_ours(address: str) -> None:
    assert not is_ours(address, BOARD)


@given(st.text())
def test_every_page_of_the_board_is_ours(path: str) -> None:
    assert is_ours(BOARD + path, BOARD)
