"""The drain: a row goes when the broker took it, stays when refused, and the window is never passed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.uplink.drain import GRACE_S, LONGEST_RETRY_S, Drain
from appliance.uplink.gate import Gate
from appliance.uplink.message import Ack, LinkLostError
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Outbox
from tests.uplink.fakes import FakeLink

NOT_AUTHORISED = 135


def filled(folder: Path, count: int) -> Outbox:
    outbox = Outbox(folder / "outbox.sqlite")
    for number in range(count):
        assert outbox.add("exception", b"%d" % number)
    return outbox


def longest(_low: float, high: float) -> float:
    return high


class Line:
    """A drain on a fake link with a clock that each step moves."""

    def __init__(self, outbox: Outbox, window: int = 4) -> None:
        self.link = FakeLink(window)
        self.drain = Drain(outbox, lambda kind: kind, longest, Gate(lambda _: True))
        self.now_s = 0.0
        self.heard = True
        "Something comes from the broker at each step."

    def step(self, answers: int | None = None, seconds: float = 1.0) -> None:
        self.now_s += seconds
        self.link.heard_s = self.now_s if self.heard else self.link.heard_s
        self.drain.step(cast(Link, self.link), self.link.answer(answers), self.now_s)

    def settle(self) -> None:
        """Let the grace of all rows that were taken pass."""
        self.step(seconds=GRACE_S)
        self.step(seconds=GRACE_S)

    def lose(self) -> None:
        self.link = FakeLink()
        self.drain.lost(self.now_s)


def test_rows_arrive_in_order_and_are_gone_after(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 11)
    line = Line(outbox)
    for _ in range(5):
        line.step()
    assert line.link.taken == [b"%d" % number for number in range(11)]
    assert line.link.most_on_the_way == 4
    line.settle()
    assert (outbox.rows(), line.drain.sent) == (0, 11)


def test_a_row_without_an_answer_stays(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 3)
    line = Line(outbox)
    for _ in range(5):
        line.step(answers=0)
    assert (line.link.sent, outbox.rows()) == ([b"0", b"1", b"2"], 3)


@pytest.mark.parametrize("code", [0x00, 0x10])
def test_success_without_a_subscriber_is_success(tmp_path: Path, code: int) -> None:
    outbox = filled(tmp_path, 3)
    line = Line(outbox)
    line.link.code = code
    line.step()
    line.settle()
    assert (outbox.rows(), line.drain.unheard) == (0, 3 if code else 0)


def test_refused_rows_stay_and_arrive_once_the_broker_is_mended(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 10)
    line = Line(outbox)
    line.link.code = NOT_AUTHORISED
    for _ in range(4):
        line.step()
    assert (outbox.rows(), len(line.drain.refused)) == (10, 4)
    assert len(line.link.sent) == 4, "a window of refusals is enough to know"
    line.link.code = 0
    for _ in range(6):
        line.step(seconds=LONGEST_RETRY_S)
    line.settle()
    assert sorted(line.link.taken) == [b"%d" % number for number in range(10)]
    assert (outbox.rows(), line.drain.refused) == (0, set())


def test_refused_rows_are_tried_ever_less_often(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 1)
    line = Line(outbox)
    line.link.code = NOT_AUTHORISED
    for _ in range(3600):
        line.step(seconds=10)
    assert 36_000 / LONGEST_RETRY_S <= len(line.link.sent) <= 36_000 / LONGEST_RETRY_S + 20


def test_one_refused_row_holds_up_no_other(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 9)
    line = Line(outbox)
    line.link.codes[b"2"] = NOT_AUTHORISED
    for _ in range(5):
        line.step(seconds=0.1)
    line.link.codes[b"2"] = NOT_AUTHORISED
    line.settle()
    assert [row.payload for row in outbox.batch(9)] == [b"2"]
    assert len(line.drain.refused) == 1


def test_a_refused_row_that_the_outbox_dropped_is_refused_no_longer(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 1)
    line = Line(outbox)
    line.link.code = NOT_AUTHORISED
    line.step()
    line.step()
    assert len(line.drain.refused) == 1
    outbox.delete([outbox.batch(1)[0].number])
    line.step(seconds=LONGEST_RETRY_S)
    assert line.drain.refused == set()


def test_what_was_on_the_way_is_sent_again_after_a_loss(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 6)
    line = Line(outbox)
    line.step()
    line.link.lost = True
    with pytest.raises(LinkLostError):
        line.step(answers=1)
    line.lose()
    for _ in range(3):
        line.step()
    assert line.link.taken == [b"%d" % number for number in range(6)], "0 was taken only just before"
    line.settle()
    assert outbox.rows() == 0


def test_a_disk_that_cannot_delete_sends_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = filled(tmp_path, 6)
    line = Line(outbox)
    delete = outbox.delete
    monkeypatch.setattr(outbox, "delete", lambda numbers: not list(numbers))
    for _ in range(4):
        line.settle()
    assert outbox.rows() == 6
    monkeypatch.setattr(outbox, "delete", delete)
    sent = line.link.sent
    line.lose()
    line.settle()
    assert (sent, line.link.sent) == ([b"%d" % number for number in range(6)], [])
    assert outbox.rows() == 0


def test_a_row_waits_for_a_broker_that_shows_that_it_lives(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 2)
    line = Line(outbox)
    line.step()
    line.step()
    line.heard = False
    for _ in range(10):
        line.settle()
    assert (outbox.rows(), line.link.asked >= 10) == (2, True), "silence proves nothing"
    asked = line.link.asked
    line.heard = True
    line.settle()
    assert (outbox.rows(), line.link.asked - asked) == (0, 0)


def test_what_a_silent_broker_took_is_sent_again_however_late_its_loss_is_found(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 2)
    line = Line(outbox)
    line.step()
    line.step()
    line.heard = False
    line.step(seconds=600)
    line.lose()
    line.step()
    assert line.link.sent == [b"0", b"1"]


def test_a_replaced_outbox_is_drained_from_its_start(tmp_path: Path) -> None:
    outbox = filled(tmp_path, 3)
    line = Line(outbox)
    line.step()
    outbox.file.rename(tmp_path / "aside")
    Outbox(outbox.file).add("exception", b"new")
    line.step()
    line.settle()
    assert line.link.taken[-1] == b"new"
    assert Outbox(outbox.file).rows() == 0


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from([0, 0x10, 135, 151]), st.booleans()),
        max_size=25,
    )
)
def test_every_row_arrives_whatever_the_broker_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, bool]]
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("drain") / "outbox.sqlite")
    line = Line(outbox)
    taken: list[bytes] = []
    safe: set[bytes] = set()
    added = 0
    for adds, answers, code, lost in steps:
        for _ in range(adds):
            outbox.add("exception", b"%d" % added)
            added += 1
        line.link.code = code
        before = list(line.link.taken)
        line.step(answers, seconds=GRACE_S)
        assert not safe.intersection(line.link.sent), "what was taken a while ago is not sent again"
        if lost:
            safe.update(before)
            taken += line.link.taken
            line.lose()
    line.link.code = 0
    for _ in range(added + 3):
        line.step(seconds=LONGEST_RETRY_S)
    line.settle()
    taken += line.link.taken
    assert set(taken) == {b"%d" % number for number in range(added)}
    assert outbox.rows() == 0
    outbox.close()


class Hanging(FakeLink):
    """A broker that hangs up on some payloads instead of an answer, in the order in which they come."""

    def __init__(self, bad: set[bytes], window: int = 4) -> None:
        super().__init__(window)
        self.bad = bad

    def answer(self, count: int | None = None) -> list[Ack]:
        before = next((i for i, (_, payload) in enumerate(self._waiting) if payload in self.bad), None)
        self.lost = before is not None
        return super().answer(before)


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 30), bad=st.sets(st.integers(0, 29), max_size=5))
def test_what_breaks_each_connection_holds_up_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, rows: int, bad: set[int]
) -> None:
    outbox = filled(tmp_path_factory.mktemp("drain"), rows)
    line = Line(outbox)
    payloads = {b"%d" % number for number in bad if number < rows}
    taken: set[bytes] = set()
    good = {b"%d" % number for number in range(rows)} - payloads
    for _ in range(12 * (len(payloads) + 1)):
        line.link = Hanging(payloads)
        for _ in range(rows + 3):
            with suppress(LinkLostError):
                line.step(seconds=0.1)
            if line.link.lost:
                break
        taken.update(line.link.taken)
        if line.link.lost:
            line.drain.lost(line.now_s)
        elif taken == good:
            break
        else:
            line.now_s += LONGEST_RETRY_S
    assert taken == good
    with suppress(LinkLostError):
        line.settle()
    assert payloads <= {row.payload for row in outbox.batch(100)}, "kept, whatever the broker thinks of it"


def test_where_all_break_the_connection_it_stands_between_two_tries(tmp_path: Path) -> None:
    line = Line(filled(tmp_path, 50))
    every = {b"%d" % number for number in range(50)}
    losses = []
    for _ in range(10):
        line.link = Hanging(every)
        for _ in range(20):
            with suppress(LinkLostError):
                line.step(seconds=0.1)
            if line.link.lost:
                line.drain.lost(line.now_s)
                break
        else:
            line.now_s += LONGEST_RETRY_S
        losses.append(line.link.lost)
    assert losses == [True] * 5 + [False, True, False, True, False]
    line.link = FakeLink()
    line.step(seconds=LONGEST_RETRY_S)
    for _ in range(60):
        line.step()
    line.step(seconds=LONGEST_RETRY_S)
    for _ in range(60):
        line.step()
    assert (set(line.link.taken), line.drain.refused) == (every, set())


def test_what_broke_the_connection_is_tried_again_later(tmp_path: Path) -> None:
    line = Line(filled(tmp_path, 1))
    for _ in range(3):
        line.link = Hanging({b"0"})
        line.step(seconds=0.1)
        line.drain.lost(line.now_s)
    assert len(line.drain.refused) == 1
    line.link = FakeLink()
    line.step(seconds=0.1)
    assert line.link.sent == []
    line.step(seconds=LONGEST_RETRY_S)
    line.step()
    assert (line.link.taken, line.drain.refused) == ([b"0"], set())


def test_a_network_that_dies_slowly_blames_no_row(tmp_path: Path) -> None:
    line = Line(filled(tmp_path, 1))
    for _ in range(5):
        line.link = FakeLink()
        line.step(seconds=0.1)
        line.now_s += 60
        line.drain.lost(line.now_s)
    assert line.drain.refused == set()
