"""The booth's own screen in a real WebKit: the board and nothing else, whatever is pressed and whatever fails."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.screen.street import Street, street, until, why_not
from tests.screen.web import PAGE, Web

REASON = why_not()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "it is there")
ON = "STATUS=the board is on the screen"
OFF = "STATUS=the board does not answer"


@pytest.fixture
def elsewhere() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@pytest.fixture
def board(elsewhere: Web) -> Iterator[Web]:
    web = Web(page=PAGE % elsewhere.port)
    yield web
    web.close()


def home(web: Web) -> str:
    return f"http://127.0.0.1:{web.port}/"


@contextlib.contextmanager
def shown(board: Web, **times: int) -> Iterator[Street]:
    with street(home(board), **times) as window:
        until(lambda: "READY=1" in window.said())
        assert ON in window.said()
        yield window


def windows(window: Street) -> list[str]:
    return window.xdo("search", "--onlyvisible", "--name", ".*").split()


def test_keys_reach_the_page_and_lead_nowhere_else(board: Web, elsewhere: Web) -> None:
    with shown(board) as window:
        before = windows(window)
        for key in ("p", "F12", "ctrl+t", "ctrl+shift+i", "alt+F4", "Menu", "shift+F10", "alt+Left"):
            window.press(key)
        for key, told in (("x", "key-x"), ("w", "opened-null"), ("s", "kept-nothing"), ("c", "no-camera")):
            window.press(key)
            until(lambda told=told: board.was_told(told), told)  # type: ignore[misc]
        window.press("q")
        until(lambda: board.was_told("key-q"))
        names = ("p", "F12", "t", "F4", "ContextMenu", "F10", "ArrowLeft")
        assert [name for name in names if not board.was_told(f"key-{name}")] == []
        assert board.asked.count("/") == 1
        assert "/second" not in board.asked
        assert elsewhere.asked == []
        assert windows(window) == before


def test_what_somebody_has_left_open_gives_way_to_the_board_in_the_same_language(board: Web) -> None:
    with shown(board, left_ms=1000) as window:
        window.press("f")
        until(lambda: "/code?lang=sv" in board.asked)
        until(lambda: "/?lang=sv" in board.asked)
        asked = len(board.asked)
        time.sleep(1.5)
        assert not [path for path in board.asked[asked:] if path.startswith("/?")], "the board stays"


def test_the_pointer_shows_while_it_is_moved(board: Web) -> None:
    with shown(board, pointer_ms=500) as window:
        until(lambda: board.was_told("pointer-none"))
        window.xdo("mousemove", "300", "300", "mousemove", "310", "300")
        until(lambda: board.was_told("pointer-auto"))
        until(
            lambda: (
                board.asked[::-1].index("/told?pointer-none") < board.asked[::-1].index("/told?pointer-auto")
            )
        )


def test_a_page_process_that_died_is_replaced_and_the_window_lives_on(board: Web) -> None:
    with shown(board) as window:
        os.kill(window.page_process(), signal.SIGKILL)
        until(lambda: board.asked.count("/") == 2)
        until(lambda: window.said().count(ON) == 2)
        assert window.process.poll() is None


def test_only_a_page_that_answers_feeds_the_watchdog(board: Web) -> None:
    with shown(board) as window:
        until(lambda: window.said().count("WATCHDOG=1") >= 2)
        os.kill(window.page_process(), signal.SIGSTOP)
        time.sleep(0.5)
        fed = window.said().count("WATCHDOG=1")
        time.sleep(2.5)
        assert window.said().count("WATCHDOG=1") == fed


def test_a_board_that_does_not_answer_is_said_and_tried_until_it_does(elsewhere: Web) -> None:
    gone = Web()
    gone.close()
    with street(home(gone)) as window:
        until(lambda: "READY=1" in window.said())
        assert OFF in window.said()
        assert ON not in window.said()
        board = Web(gone.port, PAGE % elsewhere.port)
        until(lambda: ON in window.said())
        board.close()
