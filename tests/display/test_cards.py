"""The card socket: cards arrive whole, everything else is ignored, and nobody ever waits."""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.display.card import MOST_BYTES, Card, card_from_datagram, datagram_from_card
from appliance.display.cards import MOST_AT_ONCE, CardReader, CardSender
from appliance.errors import BoothError
from appliance.outfit import HEADINGS, PARTS, SHADES, Outfit
from appliance.vocabulary import PATTERNS, WORDS

RED = Outfit("red", "black", ("red", "red", "black", "black"), "plain")

WORN = {"upper": "red", "lower": "mixed", "parts": ["red", "red", "black", "mixed"], "pattern": "striped"}
GOOD = {
    "schema": "card/2",
    "at_s": 12.5,
    "rarity": 0.987,
    "why": ["red", "striped", "upper"],
    "zone": "street",
    "outfit": WORN,
    "heading": "left",
    "asked": False,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4),
)
shades = st.sampled_from(SHADES)
exceptions = st.builds(
    Card,
    rarity=st.floats(0, 1),
    why=st.lists(st.sampled_from(WORDS), max_size=3).map(tuple),
    zone=st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,31}\Z"),
    at_s=st.floats(0, 1e9),
    outfit=st.builds(Outfit, shades, shades, st.tuples(*[shades] * PARTS), st.sampled_from(PATTERNS)),
    heading=st.sampled_from(HEADINGS),
)
cards = exceptions | st.builds(replace, exceptions, asked=st.just(True), rarity=st.none() | st.floats(0, 1))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[CardReader]:
    with closing(CardReader(tmp_path)) as opened:
        yield opened


def throw(path: Path, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, str(path))


@given(cards)
def test_a_card_survives_its_way(card: Card) -> None:
    assert card_from_datagram(datagram_from_card(card)) == card


@given(st.binary(max_size=MOST_BYTES + 1))
def test_bytes_that_are_no_card_are_refused_without_being_quoted(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[a-zA-Z0-9_/. ]+$"):
        card_from_datagram(data)


@given(st.sampled_from(sorted(GOOD)), anything)
def test_a_card_with_one_odd_value_is_a_card_or_refused(key: str, value: object) -> None:
    try:
        card = card_from_datagram(json.dumps({**GOOD, key: value}).encode())
    except ValueError:
        return
    assert isinstance(card, Card)


@pytest.mark.parametrize(
    "change",
    [
        {"rarity": True},
        {"rarity": 1.001},
        {"rarity": 10**400},
        {"at_s": float("nan")},
        {"why": ["tall"]},
        {"why": ["red"] * 4},
        {"zone": "street\n"},
        {"zone": "<b>"},
        {"track": 7},
        {"schema": "card/1"},
        {"rarity": None},
        {"heading": "up"},
        {"asked": 1},
        {"outfit": None},
        {"outfit": {**WORN, "upper": "tall"}},
        {"outfit": {**WORN, "upper": ["red"]}},
        {"outfit": {**WORN, "parts": ["red"] * 3}},
        {"outfit": {**WORN, "parts": "redr"}},
        {"outfit": {**WORN, "pattern": "red"}},
        {"outfit": {**WORN, "height": 180}},
    ],
)
def test_what_a_card_must_not_say_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        card_from_datagram(json.dumps({**GOOD, **change}).encode())


def test_the_longest_card_has_room(reader: CardReader, tmp_path: Path) -> None:
    words = sorted(WORDS, key=len)[-3:]
    shade = max(SHADES, key=len)
    worn = Outfit(shade, shade, (shade,) * PARTS, max(PATTERNS, key=len))
    card = Card(1 / 3, tuple(words), "z" * 32, 123456789.123456789, worn, max(HEADINGS, key=len), asked=True)
    assert len(datagram_from_card(card)) < 0.9 * MOST_BYTES


def test_who_asks_before_there_is_a_bank_gets_a_card_without_a_rarity(
    reader: CardReader, tmp_path: Path
) -> None:
    with closing(CardSender(tmp_path)) as sender:
        assert sender.send(None, (), "spot", 12.5, RED, "still", asked=True)
        assert not sender.send(None, (), "spot", 12.5, RED, "still")
    assert list(reader.read()) == [Card(None, (), "spot", 12.5, RED, "still", asked=True)]


def test_a_sent_card_arrives(reader: CardReader, tmp_path: Path) -> None:
    with closing(CardSender(tmp_path)) as sender:
        assert sender.send(0.987, ["red", "upper"], "street", 12.5)
    assert list(reader.read()) == [Card(0.987, ("red", "upper"), "street", 12.5)]


def test_a_card_without_a_board_is_dropped_silently(tmp_path: Path) -> None:
    with closing(CardSender(tmp_path)) as sender:
        assert not sender.send(0.9, ["red"], "street", 1)


def test_the_sender_neither_waits_nor_raises_when_the_board_is_behind(
    reader: CardReader, tmp_path: Path
) -> None:
    with closing(CardSender(tmp_path)) as sender:
        answers = [sender.send(0.9, ["red"], "street", 1) for _ in range(5000)]
    assert not all(answers)


def test_the_sender_swallows_what_is_no_card(reader: CardReader, tmp_path: Path) -> None:
    with closing(CardSender(tmp_path)) as sender:
        assert not sender.send(2.0, ["red"], "street", 1)
        assert not sender.send(0.9, ["tall"], "street", 1)
        assert not sender.send(0.9, ["red"], "", 1)
    assert list(reader.read()) == []


def test_the_sender_reaches_a_board_that_was_started_anew(tmp_path: Path) -> None:
    with closing(CardSender(tmp_path)) as sender:
        for _ in range(2):
            with closing(CardReader(tmp_path)) as reader:
                assert sender.send(0.9, ["red"], "street", 1)
                assert len(list(reader.read())) == 1


def test_bad_datagrams_are_logged_once_and_again_after_a_good_one(
    reader: CardReader, caplog: pytest.LogCaptureFixture
) -> None:
    good = json.dumps(GOOD).encode()
    with caplog.at_level(logging.WARNING):
        throw(reader.path, b"secret", b"x" * 600, b"", good, b"{}")
        assert len(list(reader.read())) == 1
    assert len(caplog.records) == 2
    assert "secret" not in caplog.text


def test_one_reading_is_bounded(reader: CardReader, tmp_path: Path) -> None:
    reader._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    with closing(CardSender(tmp_path)) as sender:
        sent = sum(sender.send(0.9, ["red"], "street", 1) for _ in range(MOST_AT_ONCE * 2))
    assert len(list(reader.read())) <= min(sent, MOST_AT_ONCE)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=2000), max_size=8))
def test_the_reader_survives_any_datagrams(reader: CardReader, datagrams: list[bytes]) -> None:
    throw(reader.path, *datagrams)
    assert list(reader.read()) == []
    throw(reader.path, json.dumps(GOOD).encode())
    assert len(list(reader.read())) == 1


def test_only_this_user_and_the_folders_group_may_send(reader: CardReader) -> None:
    assert reader.path.stat().st_mode & 0o777 == 0o660


def test_a_second_board_is_refused_with_its_cure(reader: CardReader, tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="another staff board"):
        CardReader(tmp_path)


def test_the_socket_of_a_dead_board_is_replaced(tmp_path: Path) -> None:
    CardReader(tmp_path)._socket.close()
    with closing(CardReader(tmp_path)) as reader:
        assert reader.path.is_socket()


def test_a_path_too_long_for_a_socket_names_its_cure(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"folders\.runtime"):
        CardReader(tmp_path / ("x" * 120))


def test_a_card_of_another_user_is_dropped(reader: CardReader) -> None:
    """Whoever is of the booth's group may write to the socket, the uplink too."""
    if os.geteuid() != 0:
        pytest.skip("only root may say that it is another user")
    data = json.dumps(GOOD).encode()
    own, other = (struct.pack("3i", os.getpid(), user, 0) for user in (0, 54_321))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for named in (other, own):
            note = (socket.SOL_SOCKET, socket.SCM_CREDENTIALS, named)
            sender.sendmsg([data], [note], 0, str(reader.path))
            assert len(list(reader.read())) == (named == own)


def test_files_that_are_passed_along_with_a_card_are_not_kept(reader: CardReader) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        passed = array("i", [sender.fileno()])
        note = (socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)
        sender.sendmsg([json.dumps(GOOD).encode()], [note], 0, str(reader.path))
        assert len(list(reader.read())) == 1
    assert len(list(Path("/proc/self/fd").iterdir())) == before
