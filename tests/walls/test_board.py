"""What the display lets out while a card is on the board: its words to the pages, and nothing to any file or log.

The card is of nobody else's zone, rarity and moment, so that it is known again wherever it turns up.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from appliance.display.cards import CardSender
from appliance.health.vitals import read_vitals, write_vitals
from appliance.outfit import Outfit
from tests.walls.channels import Form, anything, strangers, vitals_of
from tests.walls.serving import served, wait_until
from tests.walls.tracing import Trace

CARD_S = 1.5
ZONE, RARITY = "canary-zone", 0.98765
OUTFIT = Outfit("purple", "cyan", ("purple", "orange", "orange", "cyan"), "striped")
MARKS = [ZONE.encode(), b"98765", b"purple", b"cyan", b"striped"]
"By which the card is known."
STATE = {
    "schema", "at_s", "language", "booth", "notice", "standing", "learned", "needed", "capture", "pause_s", "spot",
    "ask", "cards", "earlier", "service",
}  # fmt: skip
CARD = {"number", "words", "odds", "zone", "heading", "outfit", "asked", "open", "left_s", "card_s"}
CHANNELS: dict[str, Form] = {
    r"run/\.display\.json\.\d+": vitals_of("display"),
    r"TCP:\[.*\]?": anything,
}
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


@dataclass(frozen=True)
class Shown:
    """One card's life on the board."""

    trace: Trace
    folder: Path
    at_s: float
    "When the outfit was seen."
    during: dict[str, Any]
    "The board with the card."
    after: dict[str, Any]
    streamed: list[dict[str, Any]]
    left: set[str]
    "Files in the folder once the card was gone."

    def wire(self) -> list[bytes]:
        return [write.content for write in self.trace.writes if write.target.startswith("TCP:")]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("display")
    settings = folder / "booth.yaml"
    folders = {"state": str(folder / "state"), "runtime": str(folder / "run")}
    settings.write_text(json.dumps({"folders": folders, "display": {"port": 0, "card_s": CARD_S}}))
    with served("display", settings, folder.parent / "display.strace", folder) as left:
        url = wait_until(lambda: read_vitals(folder / "run", "display"))["url"]
        write_vitals(
            folder / "run",
            "vision",
            {"state": "running", "calibrated": "ok", "learned": 320, "people": 40_077},
        )
        wait_until(lambda: state_of(url)["learned"])
        with closing(CardSender(folder / "run")) as sender:
            at_s = time.monotonic()
            assert sender.send(RARITY, ("purple", "striped"), ZONE, at_s, OUTFIT, "left")
        streamed = stream_of(url)
        during = wait_until(lambda: with_cards(state_of(url)))
        verdict = {"number": during["cards"][0]["number"], "verdict": "greeted"}
        origin = {"origin": url.rstrip("/")}
        assert httpx.post(url + "act/verdict", json=verdict, headers=origin).json()["counted"]
        after = wait_until(lambda: without_cards(state_of(url)))
        wait_until(lambda: (read_vitals(folder / "run", "display") or {}).get("greeted"))
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    return Shown(left.trace, folder, at_s, during, after, streamed, files)


def state_of(url: str) -> dict[str, Any]:
    try:
        state: dict[str, Any] = httpx.get(url + "state").json()
    except httpx.TransportError:
        return {"learned": None, "cards": []}
    return state


def with_cards(state: dict[str, Any]) -> dict[str, Any]:
    return state if state["cards"] else {}


def without_cards(state: dict[str, Any]) -> dict[str, Any]:
    return {} if state["cards"] else state


def stream_of(url: str) -> list[dict[str, Any]]:
    """What a page that listens is told, until the card is there."""
    told: list[dict[str, Any]] = []
    with httpx.stream("GET", url + "events", timeout=10) as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
                if told[-1]["cards"]:
                    break
    return told


def test_the_display_writes_to_known_places_only_and_each_in_its_form(shown: Shown) -> None:
    assert strangers(shown.trace, shown.folder, "display", CHANNELS) == []
    assert shown.trace.families <= {"AF_UNIX", "AF_INET"}


def test_a_card_is_told_to_pages_and_written_nowhere(shown: Shown) -> None:
    for write in shown.trace.writes:
        if not write.target.startswith("TCP:"):
            assert not [mark for mark in MARKS if mark in write.content], write.target
    assert shown.left == {
        "booth.yaml",
        "run/vision.json",
        "run/display.json",
        "run/display/cards.sock",
    }


def test_a_page_is_told_the_words_of_a_card_and_not_when_it_was_seen(shown: Shown) -> None:
    for state in (shown.during, shown.after, *shown.streamed):
        assert set(state) == STATE
    (card,) = shown.during["cards"]
    assert set(card) == CARD
    assert (card["zone"], card["words"]) == (ZONE, ["purple", "striped"])
    moment = f"{shown.at_s:.6f}"[:-1].encode()
    for content in shown.wire():
        assert moment not in content
        assert b"98765" not in content, "the rarity is told as odds"
        assert b"40077" not in content, "how many people are in view is told to nobody"


def test_a_card_that_is_gone_is_told_to_nobody(shown: Shown) -> None:
    assert (shown.after["cards"], shown.after["earlier"]) == ([], None)
    assert not [mark for mark in MARKS if mark in json.dumps(shown.after).encode()]


def test_every_answer_is_of_http_and_text(shown: Shown) -> None:
    heads = [content for content in shown.wire() if content.startswith(b"HTTP/")]
    assert heads
    for head in heads:
        assert STATUS.match(head)
        kind = re.search(rb"content-type: ([a-z/-]+)", head)
        assert kind
        assert kind[1] in {b"application/json", b"text/event-stream"}
    for content in shown.wire():
        content.decode("utf-8")
