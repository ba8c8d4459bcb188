"""The button "score me": an ask with a spot and a camera that looks, a reason without, and an end in any case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.answers import ANSWERS, CUT_OFF, LATE, LOOKING, TOLD
from appliance.config import Capture, Zone
from appliance.display.asking import NO_SPOT, NOT_LOOKING, NOT_WRITTEN, REFUSALS, SHOWN_S, Asked, Asking
from appliance.display.words import LANGUAGES, words_in
from appliance.health.ask import ASK_S, FILE, ask_at

SPOT = Capture(zones=(Zone(name="spot", kind="spot", polygon=((0, 0), (1, 0), (1, 1))),))
RUNNING: dict[str, Any] = {"state": "running"}


def answered(runtime: Path, now_s: float, answer: str) -> dict[str, Any]:
    ask = ask_at(runtime, now_s)
    assert ask is not None
    return {**RUNNING, "ask": ask.number, "answer": answer}


def test_a_press_asks_vision_and_shows_its_answer(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    assert asking.state(RUNNING, 100.0) is None
    assert asking.press(SPOT, RUNNING, 100.0) == ""
    assert asking.state(RUNNING, 101.0) == Asked(LOOKING, ASK_S - 1)
    assert asking.state(answered(tmp_path, 101.0, CUT_OFF), 101.0) == Asked(CUT_OFF, ASK_S - 1)


@pytest.mark.parametrize(
    ("capture", "vitals", "refusal"),
    [
        (Capture(), RUNNING, NO_SPOT),
        (SPOT, None, NOT_LOOKING),
        (SPOT, {"state": "paused"}, NOT_LOOKING),
        (SPOT, {"state": "blind"}, NOT_LOOKING),
    ],
)
def test_a_press_that_nobody_could_answer_is_refused_with_a_reason(
    tmp_path: Path, capture: Capture, vitals: dict[str, Any] | None, refusal: str
) -> None:
    asking = Asking(tmp_path)
    assert asking.press(capture, vitals, 100.0) == refusal
    assert asking.state(vitals, 100.0) is None
    assert ask_at(tmp_path, 100.0) is None


def test_a_folder_that_takes_nothing_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    assert Asking(tmp_path / "run").press(SPOT, RUNNING, 100.0) == NOT_WRITTEN


@pytest.mark.parametrize("vitals", [None, {"state": "paused"}, {"state": "blind"}, {"state": "starting"}])
def test_nobody_is_told_to_stay_while_nobody_looks(tmp_path: Path, vitals: dict[str, Any] | None) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    assert asking.state(vitals, 101.0) == Asked(NOT_LOOKING, ASK_S - 1)


def test_an_ask_ends_with_a_pause_and_goes_on_after_a_moment_without_a_picture(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    for vitals in (None, {"state": "blind"}, RUNNING):
        asking.tend(vitals, 101.0)
        assert ask_at(tmp_path, 101.0)
    asking.tend({"state": "paused"}, 102.0)
    assert ask_at(tmp_path, 102.0) is None
    assert asking.state(RUNNING, 103.0) == Asked(NOT_LOOKING, 0.0)
    asking.press(SPOT, RUNNING, 104.0)
    assert asking.state(RUNNING, 104.0) == Asked(LOOKING, ASK_S)


def test_an_ask_ends_with_its_card_and_the_answer_stays_a_while(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    told = answered(tmp_path, 105.0, TOLD)
    asking.tend(told, 105.0)
    assert ask_at(tmp_path, 105.0) is None
    assert asking.state(told, 106.0) == Asked(TOLD, 0.0)
    assert asking.state(told, 105.0 + SHOWN_S) is None


def test_an_ask_without_a_card_ends_with_its_reason(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    answer = answered(tmp_path, 105.0, CUT_OFF)
    asking.tend(answer, 105.0)
    assert ask_at(tmp_path, 105.0) is not None
    assert asking.state(answer, 100.0 + ASK_S) == Asked(CUT_OFF, 0.0)
    assert asking.state(RUNNING, 100.0 + ASK_S) == Asked(LATE, 0.0)


def test_the_answer_to_another_ask_is_none_and_a_word_of_no_vocabulary_is_not_shown(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    old = answered(tmp_path, 100.0, TOLD)
    asking.press(SPOT, RUNNING, 101.0)
    for vitals in (old, answered(tmp_path, 101.0, "<b>")):
        assert asking.state(vitals, 102.0) == Asked(LOOKING, ASK_S - 1)


def test_the_end_of_the_board_ends_the_ask(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    asking.press(SPOT, RUNNING, 100.0)
    asking.close()
    assert not (tmp_path / FILE).exists()


def test_every_answer_and_refusal_can_be_said_in_every_language() -> None:
    wanted = {f"reply-{name}" for name in (*ANSWERS, *REFUSALS)}
    lines: list[str] = []
    for language in LANGUAGES:
        replies = {word: text for word, text in words_in(language).items() if word.startswith("reply-")}
        assert replies.keys() == wanted
        lines += replies.values()
    assert len(set(lines)) == len(lines)
    assert all(line.endswith(".") and len(line) < 110 for line in lines)
