"""The display process as a browser meets it: a real server on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from starlette.responses import PlainTextResponse
from uvicorn import Config
from uvicorn.server import ServerState

from appliance.display import connections
from appliance.display.api import MOST_STREAMS
from appliance.display.cards import CardSender
from appliance.display.connections import MOST, MOST_OF_ONE, LanConnection
from appliance.display.process import run_display
from appliance.display.situation import Situation
from appliance.errors import BoothError
from appliance.health.vitals import read_vitals, write_vitals
from appliance.remote_file import Kept, Version, write_kept
from tests.display.running import PATIENCE_S, Running, display, settings_for, until

PATHS = ("/", "/board/board.css", "/board/board.js", "/board/tables.js", "/phone", "/state")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with display(tmp_path_factory.mktemp("run")) as process:
        yield process


def events(response: httpx.Response) -> Generator[dict[str, Any], None, None]:
    """The states told; keep the generator, for its end closes the stream."""
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_a_card_reaches_a_listening_page(running: Running) -> None:
    write_vitals(running.runtime, "vision", {"state": "running", "calibrated": "ok", "learned": 320})
    with httpx.stream("GET", running.url + "events", timeout=PATIENCE_S) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response)
        next(state for state in told if state["learned"])
        with closing(CardSender(running.runtime)) as sender:
            assert sender.send(0.987, ("red", "striped", "upper"), "street", time.monotonic())
        state = next(state for state in told if state["cards"])
    card = state["cards"][0]
    assert card["words"] == ["red", "striped", "upper"]
    assert (card["odds"], card["zone"]) == ({"n": 80, "least": False, "of": 320}, "street")
    assert 0 < card["left_s"] <= 20


def test_a_state_tells_words_and_figures_only(running: Running) -> None:
    state = httpx.get(running.url + "state").json()
    assert set(state) == {
        "schema", "at_s", "language", "booth", "notice", "standing", "learned", "needed", "capture", "pause_s", "spot",
        "ask", "cards", "earlier", "service",
    }  # fmt: skip
    assert state["cards"]
    for card in state["cards"]:
        assert set(card) == {
            "number", "words", "odds", "zone", "heading", "outfit", "asked", "open", "left_s", "card_s",
        }  # fmt: skip


def test_the_page_learns_how_vision_stands(running: Running) -> None:
    write_vitals(running.runtime, "vision", {"state": "blind", "reason": "no frame for 5 s"})
    with httpx.stream("GET", running.url + "events", timeout=PATIENCE_S) as response:
        standing = next(
            state["standing"] for state in events(response) if state["standing"]["name"] == "blind"
        )
    assert standing == {"name": "blind", "reason": "no frame for 5 s", "by": []}


@pytest.mark.parametrize("path", [*PATHS, "/missing"])
def test_every_answer_allows_nothing_but_itself(running: Running, path: str) -> None:
    headers = httpx.get(running.url.rstrip("/") + path).headers
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert not any(name.startswith("access-control-") for name in headers)


@pytest.mark.parametrize("path", PATHS)
def test_the_page_names_no_other_place(running: Running, path: str) -> None:
    body = httpx.get(running.url.rstrip("/") + path).text
    assert "http:" not in body
    assert "https:" not in body


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8480",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "10.0.0.7",
        "",
        "[::1",
    ],
)
@pytest.mark.parametrize("path", [*PATHS, "/events"])
def test_a_foreign_host_name_is_turned_away(running: Running, path: str, host: str) -> None:
    response = httpx.get(running.url.rstrip("/") + path, headers={"host": host})
    assert response.status_code == 421
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9999", "localhost", "LOCALHOST:8480", "[::1]", "[::1]:8480"]
)
def test_the_names_of_this_machine_are_let_in(running: Running, host: str) -> None:
    assert httpx.get(running.url + "state", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nobody_can_change_the_board(running: Running, method: str) -> None:
    assert httpx.request(method, running.url + "state", content=b"{}").status_code == 405


def test_only_loopback_listens(running: Running) -> None:
    host, port = running.url.removeprefix("http://").rstrip("/").rsplit(":", 1)
    assert host == "127.0.0.1"
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", int(port)))  # would fail were the server bound to all addresses


def test_pages_beyond_the_bound_are_turned_away(running: Running) -> None:
    with ExitStack() as pages:
        listening = []
        for _ in range(MOST_STREAMS):
            response = pages.enter_context(httpx.stream("GET", running.url + "events", timeout=PATIENCE_S))
            listening.append(events(response))
            next(listening[-1])
        assert httpx.get(running.url + "events").status_code == 503
        assert httpx.get(running.url + "state").status_code == 200


def test_silent_connections_are_cut_off_and_take_no_place_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE_S", 0.5)
    with display(tmp_path) as process, ExitStack() as opened:
        host, port = process.url.removeprefix("http://").rstrip("/").rsplit(":", 1)
        silent = [opened.enter_context(socket.create_connection((host, int(port)))) for _ in range(MOST + 30)]
        silent[0].sendall(b"GET /state HTTP/1.1\r\nHost: ")
        until(lambda: answers(process.url))
        for one in silent:
            one.settimeout(PATIENCE_S)
            with suppress(ConnectionResetError):
                assert one.recv(1) == b""


def answers(url: str) -> bool:
    try:
        return httpx.get(url + "state").status_code == 200
    except httpx.TransportError:
        return False


def knock(there: set[Any], host: str, at_s: float = 0.0) -> LanConnection:
    """Somebody of the LAN connects, beside those who are there."""
    connection = LanConnection(Config(PlainTextResponse("")), ServerState(), {}, Mock())
    connection.connections = there
    connection.loop.time.return_value = at_s  # type: ignore[attr-defined]
    transport = Mock()
    transport.is_closing = lambda: transport.abort.called
    transport.get_extra_info.side_effect = lambda name: None if name == "socket" else (host, 1)
    connection.connection_made(transport)
    return connection


def is_cut_off(connection: LanConnection) -> bool:
    return bool(connection.transport.is_closing())


def test_one_telephone_does_not_take_all_places_of_the_lan() -> None:
    there: set[Any] = set()
    made = [knock(there, "10.0.0.9") for _ in range(MOST_OF_ONE + 1)]
    assert [is_cut_off(one) for one in made] == [False] * MOST_OF_ONE + [True]


def test_where_all_places_are_taken_the_oldest_goes_that_is_not_being_answered() -> None:
    there: set[Any] = set()
    made = [knock(there, f"10.0.0.{number // MOST_OF_ONE}", float(number)) for number in range(MOST)]
    made[0].cycle = Mock(response_complete=False)
    late = [knock(there, "10.0.0.99", 100.0), knock(there, "10.0.0.99", 101.0)]
    assert [one for one in [*made, *late] if is_cut_off(one)] == made[1:3]
    for one in [*made, *late]:
        one.cycle = Mock(response_complete=False)
    assert is_cut_off(knock(there, "10.0.0.99", 102.0))
    assert [one for one in [*made, *late] if is_cut_off(one)] == made[1:3]


def test_a_page_that_listens_is_no_silent_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE_S", 0.2)
    with (
        display(tmp_path) as process,
        httpx.stream("GET", process.url + "events", timeout=PATIENCE_S) as response,
    ):
        told, since_s = events(response), time.monotonic()
        next(told)
        time.sleep(1.0)  # five looks
        write_vitals(tmp_path, "vision", {"state": "blind", "reason": "no frame for 5 s"})
        assert next(state for state in told if state["standing"]["name"] == "blind")
        assert time.monotonic() - since_s >= 1.0


def test_a_flood_of_rubbish_does_not_stop_the_board(running: Running) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for number in range(2000):
            try:
                sender.sendto(b"\xff" * (number % 900), str(running.runtime / "display/cards.sock"))
            except BlockingIOError:
                time.sleep(0.001)
    assert httpx.get(running.url + "state").status_code == 200


def test_a_card_goes_by_itself(tmp_path: Path) -> None:
    with display(tmp_path, card_s=0.5, language="sv") as process:
        with httpx.stream("GET", process.url + "events", timeout=PATIENCE_S) as response:
            told = events(response)
            next(told)
            with closing(CardSender(tmp_path)) as sender:
                sender.send(0.95, ("red",), "street", time.monotonic())
            assert next(state for state in told if state["cards"])["cards"][0]["words"] == ["red"]
            assert next(state for state in told if not state["cards"])
        assert until(lambda: (read_vitals(tmp_path, "display") or {}).get("cards")) == 1


def test_an_identified_booth_says_on_its_board_which_one_it_is(tmp_path: Path) -> None:
    with display(tmp_path, language="fr") as process:
        assert httpx.get(process.url + "state").json()["booth"] is None
        write_vitals(tmp_path, "uplink", {"identify_until_s": time.monotonic() + 1.0})
        named = {"city": "new-york", "booth": "desk"}
        until(lambda: httpx.get(process.url + "state").json()["booth"] == named)
        until(lambda: httpx.get(process.url + "state").json()["booth"] is None)


def test_the_board_goes_on_in_the_language_that_is_set_from_afar(tmp_path: Path) -> None:
    with display(tmp_path) as process:
        with httpx.stream("GET", process.url + "events", timeout=PATIENCE_S) as response:
            told = events(response)
            assert next(told)["language"] == "en"
            write_kept(tmp_path, Kept(Version(1, {"display": {"language": "es", "card_s": 7}}), tried=1))
            assert next(state for state in told if state["language"] == "es")
            told.close()
        with closing(CardSender(tmp_path)) as sender:
            sender.send(0.95, ("red",), "street", time.monotonic())
        (card,) = until(lambda: httpx.get(process.url + "state").json()["cards"])
        assert card["card_s"] == 7


def test_a_listening_page_does_not_delay_the_stop_and_nothing_is_left(tmp_path: Path) -> None:
    with (
        display(tmp_path) as process,
        httpx.stream("GET", process.url + "events", timeout=PATIENCE_S) as response,
    ):
        told = events(response)
        next(told)
        process.stop.set()
        process.thread.join(PATIENCE_S)
        assert not process.thread.is_alive()
        told.close()
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []


def test_a_taken_port_names_its_cure(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BoothError, match=rf"display\.port {port}: .*set display\.port"):
            run_display(settings_for(tmp_path, port=port), threading.Event())


def test_the_watchdog_is_fed_while_the_loop_that_serves_the_pages_turns_and_not_while_it_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[float] = []
    monkeypatch.setattr("appliance.health.notify.alive", lambda: bool(fed.__iadd__([time.monotonic()])))
    hangs = threading.Event()

    def hang(*_: object, **__: object) -> Situation:
        hangs.wait(PATIENCE_S)
        return Situation()

    with display(tmp_path) as process:
        until(lambda: len(fed) >= 2)
        monkeypatch.setattr("appliance.display.staff.situation_of", hang)
        until(lambda: not reachable_soon(process.url))
        before = len(fed)
        time.sleep(1.5)
        assert len(fed) == before
        monkeypatch.undo()
        hangs.set()
    assert fed


def reachable_soon(url: str) -> bool:
    try:
        return httpx.get(url, timeout=0.3).is_success
    except httpx.HTTPError:
        return False
