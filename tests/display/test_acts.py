"""What people press: from the booth's own page alone, as often as a finger may, and the pause for everybody."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from appliance.config import Settings
from appliance.display.acts import EVERY_S
from appliance.display.card import Card
from appliance.display.field.request import Refused
from appliance.display.guard import Guard, is_loopback
from appliance.display.staff import Staff
from appliance.display.ticket import FILE
from appliance.errors import BoothError
from appliance.health.ask import ask_at
from appliance.health.pause import owners_of
from appliance.health.vitals import write_vitals
from tests.display.colleague import SPOT
from tests.display.field.desk import ORIGIN, Client
from tests.display.test_button import Pin

DEVICE = ("pause", "ask", "verdict", "arm")
LAN = ("pause", "ask", "verdict")


class Counter:
    """A board without a process, at a time that a test sets."""

    def __init__(self, folder: Path, **sections: Any) -> None:
        folders = {"runtime": str(folder / "run"), "state": str(folder / "state")}
        self.settings = Settings.model_validate({"folders": folders, **sections})
        self.runtime, self.state = folder / "run", folder / "state"
        self.now_s = 1000.0
        self.staff = Staff(self.settings, "http://192.168.77.1:8480/", lambda: self.now_s)
        self.device = Client(Guard(Starlette(routes=self.staff.device_routes()), is_loopback))
        self.lan = Client(Guard(Starlette(routes=self.staff.lan_routes()), is_loopback))

    def press(
        self, name: str, body: Any = None, client: Client | None = None, **headers: str
    ) -> httpx.Response:
        """A press as the page sends it."""
        kept = {"origin": ORIGIN, **headers}
        return (client or self.device).post(
            f"/act/{name}", json=body if body is not None else {}, headers=kept
        )

    def look(self) -> dict[str, Any]:
        """What the page is shown."""
        state: dict[str, Any] = self.device.get("/state").json()
        return state

    @property
    def secret(self) -> str:
        return f"Bearer {(self.runtime / FILE).read_text()}"

    def close(self) -> None:
        self.staff.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with closing(Counter(tmp_path, capture=SPOT)) as made:
        yield made


@pytest.mark.parametrize("name", DEVICE)
def test_only_the_booths_own_page_may_press(counter: Counter, name: str) -> None:
    for origin in ("http://evil.example", "null", ""):
        assert counter.press(name, origin=origin).status_code == 403
    kept = {"origin": ORIGIN}
    assert counter.device.post(f"/act/{name}", headers=kept).status_code == 415
    assert (
        counter.device.post(
            f"/act/{name}", content=b"{}", headers={**kept, "content-type": "text/plain"}
        ).status_code
        == 415
    )
    assert counter.device.get(f"/act/{name}").status_code == 405
    assert not list(counter.state.rglob("*.json"))


@pytest.mark.parametrize("name", LAN)
def test_on_the_lan_only_who_scanned_the_code_may_press(counter: Counter, name: str) -> None:
    assert counter.press(name, client=counter.lan).status_code == 401
    assert counter.press(name, client=counter.lan, authorization="Bearer " + "0" * 32).status_code == 401
    assert counter.press(name, client=counter.lan, authorization=counter.secret).status_code not in (401, 403)


def test_nobody_on_the_lan_arms_the_booth(counter: Counter) -> None:
    assert counter.press("arm", client=counter.lan, authorization=counter.secret).status_code == 404
    assert counter.press("arm").status_code == 200
    assert json.loads((counter.state / "display/armed.json").read_text())["schema"] == "armed/1"


def test_other_processes_of_the_booth_may_close_the_camera_and_do_nothing_else(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_request: object) -> None:
        raise Refused(403, "no-code")

    monkeypatch.setattr("appliance.display.api.check_peer", refuse)
    with closing(Counter(tmp_path / "two", capture=SPOT)) as other:
        for name in ("ask", "verdict", "arm"):
            assert other.press(name).status_code == 403
        for path in ("/state", "/events"):
            assert other.device.get(path).status_code == 403
        assert other.press("pause").status_code == 200
        assert owners_of(other.state, other.runtime) == ["passer-by"]


def test_a_press_closes_the_camera_and_a_flood_of_them_wears_no_disk(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    presses = watch(counter, monkeypatch)
    for _ in range(20):
        assert counter.press("pause").status_code == 200
    assert len(presses) == 1
    assert counter.look()["pause_s"] == pytest.approx(900, abs=2)
    counter.now_s += EVERY_S
    counter.press("pause")
    assert len(presses) == 2


def watch(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    presses: list[int] = []
    pausing: Any = counter.staff._pausing
    press: Callable[[], None] = pausing.press

    def counted() -> None:
        presses.append(1)
        press()

    monkeypatch.setattr(pausing, "press", counted)
    return presses


def test_a_pause_that_nothing_takes_is_said_and_the_next_press_tries_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise BoothError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(counter.staff._pausing, "press", fails)
        answer = counter.press("pause")
        assert (answer.status_code, answer.json()["error"]) == (507, "pause-failed")
    assert counter.press("pause").status_code == 200
    assert owners_of(counter.state, counter.runtime) == ["passer-by"]


def test_a_press_is_answered_while_the_disk_hangs(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, hangs = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        hangs.set()
        disk.wait(20)

    monkeypatch.setattr("appliance.display.pausing.settle", hang)
    counter.staff.tend(counter.now_s)
    assert hangs.wait(10)
    try:
        assert counter.press("pause").status_code == 200
        assert owners_of(counter.state, counter.runtime) == ["passer-by"]
        assert not disk.is_set()
    finally:
        disk.set()


def test_who_presses_while_a_press_is_failing_is_told_so(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, presses = threading.Event(), []

    def fails() -> None:
        presses.append(1)
        goes_on.wait(20)
        raise BoothError("no space left")

    monkeypatch.setattr(counter.staff._pausing, "press", fails)

    async def act() -> list[bool]:
        acts = counter.staff._acts
        both = [asyncio.ensure_future(acts.press(counter.now_s + later_s)) for later_s in (0.0, 0.5, 5.0)]
        await asyncio.sleep(0)
        goes_on.set()
        return list(await asyncio.gather(*both))

    assert asyncio.run(act()) == [False, False, False]
    assert len(presses) == 1
    counter.staff.look(counter.now_s)
    assert counter.look()["notice"].startswith("a pause was asked for and could not be kept: cover the lens")


@pytest.mark.parametrize("works", [True, False], ids=["closed", "not to be closed"])
def test_a_press_takes_all_cards_away_and_what_was_seen_before_comes_too_late(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    def fails() -> None:
        raise BoothError("no space left")

    if not works:
        monkeypatch.setattr(counter.staff._pausing, "press", fails)
    counter.staff.take(Card(0.99, ("red",), "street", counter.now_s - 1))
    assert len(counter.look()["cards"]) == 1
    counter.press("pause")
    assert counter.look()["cards"] == []
    counter.staff.take(Card(0.99, ("green",), "street", counter.now_s - 0.1))
    assert counter.look()["cards"] == []
    counter.now_s += 1.5
    counter.staff.take(Card(0.99, ("blue",), "street", counter.now_s))
    assert len(counter.look()["cards"]) == (not works), "while a pause lasts nobody is shown"


@pytest.mark.parametrize("reason", ["paused by operator", "dead-man: nobody armed the booth for 24 h"])
def test_cards_go_with_a_pause_that_came_from_elsewhere(counter: Counter, reason: str) -> None:
    counter.staff.take(Card(0.99, ("red",), "street", counter.now_s))
    write_vitals(counter.runtime, "vision", {"state": "paused", "reason": reason}, counter.now_s)
    counter.staff.tend(counter.now_s)
    assert counter.look()["cards"] == []
    counter.staff.take(Card(0.99, ("green",), "street", counter.now_s + 0.1))
    assert counter.look()["cards"] == []
    counter.now_s += 1
    write_vitals(counter.runtime, "vision", {"state": "running"}, counter.now_s)
    counter.staff.tend(counter.now_s)
    counter.staff.take(Card(0.99, ("blue",), "street", counter.now_s))
    assert [card["words"] for card in counter.look()["cards"]] == [["blue"]]


def test_a_press_ends_the_ask_and_says_that_nobody_looks(counter: Counter) -> None:
    write_vitals(counter.runtime, "vision", {"state": "running", "camera": "ok"}, counter.now_s)
    counter.press("ask")
    counter.press("pause")
    assert ask_at(counter.runtime, counter.now_s) is None
    assert counter.look()["ask"] == {"word": "not-looking", "left_s": 0}


def test_who_asks_is_heard_once_a_second(counter: Counter) -> None:
    write_vitals(counter.runtime, "vision", {"state": "running", "camera": "ok"}, counter.now_s)
    assert counter.press("ask").status_code == 200
    first = ask_at(counter.runtime, counter.now_s)
    answer = counter.press("ask")
    assert (answer.status_code, answer.json()["error"]) == (429, "too-often")
    assert ask_at(counter.runtime, counter.now_s) == first
    assert counter.look()["ask"] == {"word": "looking", "left_s": 30}


def test_who_asks_while_nobody_looks_is_told_so(counter: Counter) -> None:
    answer = counter.press("ask")
    assert (answer.status_code, answer.json()["error"]) == (409, "reply-not-looking")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": 1},
        {"number": "1", "verdict": "greeted"},
        {"number": True, "verdict": "greeted"},
        {"number": 0, "verdict": "greeted"},
        {"number": 2**60, "verdict": "greeted"},
        {"number": 1, "verdict": "bought"},
        {"number": 1, "verdict": "greeted" * 9},
        {"number": 1, "verdict": ["greeted"]},
    ],
)
def test_a_word_that_is_none_is_refused(counter: Counter, body: dict[str, Any]) -> None:
    assert counter.press("verdict", body).status_code == 400


def test_each_card_counts_once_and_no_other_number_does(counter: Counter) -> None:
    counter.staff.take(Card(0.99, ("red",), "street", counter.now_s))
    (card,) = counter.look()["cards"]
    for number, counted in ((card["number"] + 1, False), (card["number"], True), (card["number"], False)):
        answer = counter.press("verdict", {"number": number, "verdict": "disagree"})
        assert answer.json() == {"counted": counted}
    figures = counter.staff.figures()
    assert {name: figures[name] for name in ("cards", "greeted", "not_found", "disagree")} == {
        "cards": 1, "greeted": 0, "not_found": 0, "disagree": 1,
    }  # fmt: skip
    assert counter.look()["earlier"] is None


def test_a_card_that_is_gone_may_still_have_its_word_and_nothing_else_is_kept_of_it(counter: Counter) -> None:
    counter.staff.take(Card(0.99, ("red",), "street", counter.now_s))
    number = counter.look()["cards"][0]["number"]
    counter.now_s += 21
    state = counter.look()
    assert (state["cards"], state["earlier"]) == ([], number)
    assert "red" not in json.dumps(state)
    counter.now_s += 200
    assert counter.look()["earlier"] is None


def test_a_card_for_who_asked_waits_for_no_word(counter: Counter) -> None:
    counter.staff.take(Card(None, (), "spot", counter.now_s, asked=True))
    (card,) = counter.look()["cards"]
    assert not card["open"]
    assert counter.press("verdict", {"number": card["number"], "verdict": "greeted"}).json() == {
        "counted": False
    }


def test_the_button_on_a_pin_closes_the_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = Pin()
    monkeypatch.setattr("appliance.display.button.request_line", pin.request)
    display = {"pause_gpio": {"chip": "/dev/gpiochip0", "line": 7}}

    async def act() -> None:
        made = Counter(tmp_path, display=display)
        made.staff.look(made.now_s)
        pin.lines[0].push()
        deadline_s = time.monotonic() + 10
        while owners_of(made.state, made.runtime) != ["passer-by"] and time.monotonic() < deadline_s:
            await asyncio.sleep(0.01)
        assert owners_of(made.state, made.runtime) == ["passer-by"]
        assert made.staff.figures()["button"] == "ok"
        made.close()

    asyncio.run(act())
    assert pin.lines[0].released == 1


def test_a_button_that_is_not_there_is_said_on_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = Pin(OSError(2, "No such file or directory"))
    monkeypatch.setattr("appliance.display.button.request_line", pin.request)
    with closing(Counter(tmp_path, display={"pause_gpio": {"chip": "/dev/gpiochip9", "line": 7}})) as made:
        made.staff.look(made.now_s)
        assert made.look()["notice"].startswith(
            "/dev/gpiochip9 line 7: No such file or directory; set display"
        )


def test_how_the_booth_stands_is_vision_s_alone_to_say(counter: Counter) -> None:
    """Whoever is of the booth's group may rename a file of its own over vision's, the uplink too."""
    write_vitals(counter.runtime, "vision", {"state": "paused", "camera": "paused"}, counter.now_s)
    counter.staff.tend(counter.now_s)
    closed = counter.look()["capture"]["word"]
    if os.geteuid() != 0:
        pytest.skip("only root may give a file to another user")
    os.chown(counter.runtime / "vision.json", 54_321, -1)
    counter.staff.tend(counter.now_s)
    assert (closed, counter.look()["capture"]["word"]) == ("closed", "unknown")
