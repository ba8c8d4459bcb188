"""A view survives its way, anything else is refused, and only display can get one."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.mailbox import Outgoing
from appliance.display.view import (
    MOST_BYTES,
    MOST_PEOPLE,
    MOST_SIDE,
    Drawing,
    View,
    datagram_from_view,
    view_from_datagram,
)
from appliance.display.views import STALE_S, ViewReader, ViewSender
from appliance.errors import BoothError

DRAWING = Drawing(9, 2, b"\x80\x80\x00\x01", b"\xff\x80\x00\x00")
VIEW = View(
    at_s=100.0,
    width=1280,
    height=720,
    frames_per_second=24.5,
    people=((0.1, 0.2, 0.05, 0.3),),
    focus=(12.5, None, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, None),
    in_focus=0.875,
    brightness=0.5,
    dark=0.01,
    bright=0.0,
    moving=False,
    drawing=DRAWING,
)
SHARES = st.floats(0, 1)
FIGURES = st.none() | st.floats(0, 1e6)


@st.composite
def views(draw: st.DrawFn) -> View:
    width, height = draw(st.integers(1, MOST_SIDE)), draw(st.integers(1, 20))
    size = height * -(-width // 8)
    maps = [draw(st.binary(min_size=size, max_size=size)) for _ in range(2)]
    return replace(
        VIEW,
        at_s=draw(st.floats(0, 1e9)),
        people=tuple(draw(st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES), max_size=5))),
        focus=tuple(draw(st.lists(FIGURES, min_size=9, max_size=9))),
        in_focus=draw(st.none() | SHARES),
        dark=draw(SHARES),
        moving=draw(st.booleans()),
        drawing=Drawing(width, height, *maps),
    )


@given(views())
def test_a_view_survives_its_way(view: View) -> None:
    assert view_from_datagram(datagram_from_view(view)) == view


def test_the_largest_view_is_small_enough_to_travel() -> None:
    bits = bytes([255]) * (MOST_SIDE * MOST_SIDE // 8)
    people = ((0.1234, 0.1234, 0.1234, 0.1234),) * MOST_PEOPLE
    view = replace(VIEW, people=people, drawing=Drawing(MOST_SIDE, MOST_SIDE, bits, bits))
    assert len(datagram_from_view(view)) < MOST_BYTES


def test_what_is_seen_is_what_is_not_unseen() -> None:
    assert VIEW.seen == pytest.approx(1 - 9 / 18)


@pytest.mark.parametrize(
    "change",
    [
        {"at_s": float("inf")},
        {"width": 0},
        {"height": 20_000},
        {"frames_per_second": -1.0},
        {"people": ((0.1, 0.2, 0.3),)},
        {"people": ((0.1, 0.2, 0.3, 1.1),)},
        {"people": ((0.1, 0.2, 0.3, 0.4),) * (MOST_PEOPLE + 1)},
        {"focus": (1.0,) * 8},
        {"focus": (-1.0,) * 9},
        {"in_focus": 1.5},
        {"dark": float("nan")},
    ],
)
def test_a_view_checks_itself(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no|not"):
        replace(VIEW, **change)


@pytest.mark.parametrize(
    ("width", "height", "lines", "unseen"),
    [(0, 1, 0, 0), (MOST_SIDE + 1, 1, 25, 25), (8, 2, 1, 2), (8, 2, 2, 3), (9, 1, 1, 1)],
)
def test_a_drawing_is_of_its_size(width: int, height: int, lines: int, unseen: int) -> None:
    with pytest.raises(ValueError, match="size"):
        Drawing(width, height, bytes(lines), bytes(unseen))


def changed(**values: Any) -> bytes:
    return json.dumps({**json.loads(datagram_from_view(VIEW)), **values}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff", b"[]", b"{}", b"[" * 20_000, b" " * (MOST_BYTES + 1),
        changed(schema="view/2"), changed(pixels="AAAA"), changed(at_s=True), changed(width=1.5),
        changed(people={}), changed(people=[[1, 2]]), changed(people=[[0, 0, "1", 1]]), changed(focus=None),
        changed(moving=1), changed(drawing=None), changed(drawing={"width": 1}), changed(in_focus=10**400),
        changed(drawing={"width": 8, "height": 1, "lines": "*", "unseen": "AA=="}),
        changed(drawing={"width": 8, "height": 1, "lines": 1, "unseen": "AA=="}),
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_being_quoted(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[a-zA-Z0-9 _./]+$"):
        view_from_datagram(data)


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^no"):
        view_from_datagram(data)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[ViewReader]:
    one = ViewReader(tmp_path)
    yield one
    one.close()


def test_the_freshest_view_of_now_is_shown_and_the_others_are_dropped(
    tmp_path: Path, reader: ViewReader
) -> None:
    sender = ViewSender(tmp_path)
    assert reader.read(100.0) is None
    for at_s in (99.0, 99.5, 100.0):
        assert sender.send(replace(VIEW, at_s=at_s))
    assert reader.read(100.2) == VIEW
    assert reader.read(100.2) is None
    sender.send(VIEW)
    assert reader.read(100.0 + STALE_S + 0.1) is None
    sender.close()


def test_a_reader_that_is_behind_stops_nobody(tmp_path: Path, reader: ViewReader) -> None:
    sender = ViewSender(tmp_path)
    sent = [sender.send(VIEW) for _ in range(1000)]
    assert sent[0]
    assert not sent[-1]
    assert reader.read(100.0) == VIEW
    sender.close()


def test_noise_between_the_views_is_passed_over_and_told_once(
    tmp_path: Path, reader: ViewReader, caplog: pytest.LogCaptureFixture
) -> None:
    sender = ViewSender(tmp_path)
    for _ in range(3):
        Outgoing(reader.path).send(b"noise")
    sender.send(VIEW)
    assert reader.read(100.0) == VIEW
    assert caplog.text.count("no views") == 1
    sender.close()


def test_nobody_who_listens_is_no_error(tmp_path: Path) -> None:
    sender = ViewSender(tmp_path)
    assert not sender.send(VIEW)
    reader = ViewReader(tmp_path)
    reader.close()
    assert not reader.path.exists()
    assert not sender.send(VIEW)
    sender.close()


def test_the_group_may_send_and_nobody_but_the_page_may_read(reader: ViewReader) -> None:
    """What a datagram socket is bound to reads it; its file's mode says who may send, unix(7)."""
    assert stat.S_IMODE(reader.path.stat().st_mode) == 0o620


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a socket to another user")
def test_a_socket_of_another_user_is_sent_nothing(tmp_path: Path, reader: ViewReader) -> None:
    """The uplink may make files in the runtime folder, but none that are display's."""
    sender = ViewSender(tmp_path)
    os.chown(reader.path, 54_321, -1)
    assert not sender.send(VIEW)
    assert reader.read(100.0) is None
    sender.close()


def test_two_pages_do_not_share_a_socket(tmp_path: Path, reader: ViewReader) -> None:
    with pytest.raises(BoothError, match="another field page"):
        ViewReader(tmp_path)
    assert reader.path.exists()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(BoothError, match=r"view\.sock: .*folders\.runtime"):
        ViewReader(tmp_path / "run")
