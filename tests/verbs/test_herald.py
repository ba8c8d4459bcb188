"""What vision tells of others: an event on disk and a card for each exception, a card for who asks, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.answers import LOOKING, TOLD
from appliance.display.cards import CardReader
from appliance.errors import SourceError
from appliance.health.ask import ASK_S, Ask, write_ask
from appliance.health.clock import Clock
from appliance.records import Frame
from appliance.uplink.event import event_from_payload
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import Bounds
from appliance.vision.pipeline import Step
from tests.fakes import Deliver, End, Fail, FakePipeline, Freeze, decision
from tests.verbs.booth import FILE, Acts, Booth


@pytest.fixture
def board(tmp_path: Path) -> Iterator[CardReader]:
    reader = CardReader(tmp_path / "run")
    yield reader
    reader.close()


def test_an_exception_is_an_event_on_disk_and_a_card(booth: Booth, board: CardReader) -> None:
    booth.pipeline = FakePipeline(every=10)
    booth.look([Deliver(35), End()], source=FILE)
    events = [event_from_payload(payload) for payload in booth.events()]
    assert [event.why for event in events] == [("red", "upper")] * 3
    assert [event.id.rsplit("-", 1)[1] for event in events] == ["1", "2", "3"]
    assert booth.told[-1]["exceptions"] == 3
    assert booth.told[-1]["last_event"] == events[-1].id
    assert len(list(board.read())) == 3


class Asked(FakePipeline):
    """Somebody stands on the spot from the first frame on, and is told at the third of each ask."""

    def __init__(self, *, judged: bool = True) -> None:
        super().__init__()
        self.judged = judged
        self.number: int | None = None
        self.looks = 0

    def ask(self, number: int | None) -> str:
        if number != self.number:
            self.number, self.looks = number, 0
        return TOLD if self.looks > 3 else LOOKING

    def step(self, seen: Frame) -> Step:
        self.looks += self.number is not None
        told = [decision(4, at_s=seen.captured_s, zone="spot", asked=True, judged=self.judged)]
        return replace(super().step(seen), asked=told if self.looks == 4 else [])


@pytest.mark.parametrize("judged", [True, False])
def test_who_asks_gets_a_card_and_neither_an_event_nor_a_count(
    booth: Booth, board: CardReader, judged: bool
) -> None:
    booth.pipeline = Asked(judged=judged)
    asks: list[Ask] = []
    for at_s in (1001.0, 1005.0):
        booth.clock.at(at_s, lambda: asks.append(write_ask(booth.folder / "run", booth.clock.now_s)))
    booth.look([Deliver(600)], stop_s=50)
    cards = list(board.read())
    assert [(card.rarity, card.zone, card.asked) for card in cards] == [
        (0.97 if judged else None, "spot", True)
    ] * 2
    assert booth.events() == []
    last = booth.told[-1]
    assert (last["passages"], last["exceptions"]) == (0, 0)
    assert (last["ask"], last["answer"]) == (asks[-1].number, LOOKING)
    assert TOLD in [vitals["answer"] for vitals in booth.told if vitals.get("ask") == asks[0].number]


def test_vision_hears_within_a_moment_of_an_ask_and_of_its_end(booth: Booth) -> None:
    booth.pipeline = pipeline = Asked()
    heard: list[int | None] = []
    write = lambda: heard.append(write_ask(booth.folder / "run", booth.clock.now_s).number)  # noqa: E731
    booth.clock.at(1001.0, write)
    booth.clock.at(1001.5, lambda: heard.append(pipeline.number))
    booth.clock.at(1000.5 + ASK_S, lambda: heard.append(pipeline.number))
    booth.clock.at(1001.5 + ASK_S, lambda: heard.append(pipeline.number))
    booth.look([Deliver(600)], stop_s=50)
    assert heard == [heard[0], heard[0], heard[0], None]


class RefusesTwice(Outbox):
    """On a disk that is read-only while the second and the third message are added."""

    def __init__(self, file: Path, bounds: Bounds) -> None:
        super().__init__(file, bounds)
        self._adds = 0

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        self._adds += 1
        assert self._opened is not None
        self._opened.base.execute(f"PRAGMA query_only = {self._adds in (2, 3)}")
        return super().add(kind, payload, clock)


def test_an_event_that_the_disk_refuses_is_a_gap_that_is_seen_and_counted(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The camera goes on, the card is shown, the state says why, and the numbers tell a backend what it lacks."""
    monkeypatch.setattr("appliance.verbs.herald.Outbox", RefusesTwice)
    booth.pipeline = FakePipeline(every=10)
    booth.look([Deliver(60)], stop_s=8)
    events = [event_from_payload(payload).id for payload in booth.events()]
    assert [int(event.rpartition("-")[2]) for event in events] == [1, 4, 5, 6]
    assert len({event.rpartition("-")[0] for event in events}) == 1
    assert Outbox(booth.folder / "state/outbox.sqlite").dropped() == 2
    said = [vitals.get("outbox", "") for vitals in booth.told]
    assert any("readonly" in words for words in said)
    newest = dict.fromkeys(str(vitals["last_event"]) for vitals in booth.told if "last_event" in vitals)
    assert list(newest) == events, "what was not kept is not told as the newest"
    assert said[-1] == "ok"
    assert len(booth.pipeline.seen) == 60


@pytest.mark.parametrize("acts", [[Deliver(3), End()], [Deliver(3), Freeze(1000)]])
def test_who_was_in_view_at_the_end_is_still_told(booth: Booth, acts: Acts) -> None:
    booth.pipeline = FakePipeline(at_the_end=2)
    booth.look(acts, source=FILE, stop_s=2)
    assert len(booth.events()) == 2
    assert booth.told[-1]["passages"] == 2


def test_who_was_in_view_when_the_camera_was_lost_is_told_once_while_it_is_still_away(booth: Booth) -> None:
    booth.pipeline = FakePipeline(at_the_end=2)
    booth.look([Deliver(3), Fail()], *[SourceError("cam: gone")] * 100, stop_s=100)
    assert len(booth.events()) == 2
    told = next(vitals for vitals in booth.told if vitals["passages"] == 2)
    assert 4 < told["written_s"] - booth.pipeline.seen[-1].captured_s < 40
    assert booth.told[-1]["passages"] == 2


def test_a_board_that_does_not_listen_costs_no_event(booth: Booth) -> None:
    booth.pipeline = FakePipeline(every=5)
    booth.look([Deliver(20), End()], source=FILE)
    assert len(booth.events()) == 4
