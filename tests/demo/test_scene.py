"""What the demo shows: plain lines on change only, a table that tells the same at any width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from appliance.demo.scene import Lines, Scene
from appliance.demo.supervisor import Kept, Restarts
from appliance.demo.table import LiveTable
from appliance.demo.tally import Figures
from appliance.demo.telling import odds, process_line, summary, watch_command
from appliance.uplink.event import event_from_payload
from tests.demo.rehearsal import event_payload

SHOW_CURSOR = "\x1b[?25h"
EVENT = event_from_payload(event_payload("demo-00000001-1"))


def scene(fresh: bool = False, vision: str = "running", **figures: object) -> Scene:
    return Scene(
        "booth demo: clip.avi",
        Figures(**{"url": "http://127.0.0.1:8480/", **figures}),  # type: ignore[arg-type]
        (("broker", "up, mqtt://127.0.0.1:1883"), ("vision", vision)),
        (EVENT,) if fresh else (),
        (watch_command(1883), "Ctrl-C stops everything."),
    )


def test_a_standing_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(clock=lambda: "12:00:00")
    for _ in range(3):
        lines.show(scene())
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "booth watch --broker mqtt://127.0.0.1:1883",
        "Ctrl-C stops everything.",
        "12:00:00 broker: up, mqtt://127.0.0.1:1883",
        "12:00:00 vision: running",
        "12:00:00 staff board: http://127.0.0.1:8480/",
    ]


def test_a_change_and_an_event_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(clock=lambda: "12:00:00")
    lines.show(scene())
    capsys.readouterr()
    lines.show(scene(fresh=True, vision="blind (no frame for 5 s)"))
    assert capsys.readouterr().out.splitlines() == [
        "12:00:00 vision: blind (no frame for 5 s)",
        "12:00:00 exception 1 in 20 (0.950): red striped upper, street",
    ]


@pytest.mark.parametrize("width", [40, 100])
def test_the_table_shows_the_same_at_any_width(width: int) -> None:
    screen = io.StringIO()
    table = LiveTable(Console(file=screen, force_terminal=True, width=width, height=40))
    table.show(scene(fresh=True, frames=1234, frames_per_second=9.96))
    table.close()
    text = screen.getvalue()
    for word in ("1234", "frames", "red", "1 in 20", "http://127.0.0.1:8480/", "Ctrl-C", SHOW_CURSOR):
        assert word in text


def test_a_hostile_word_is_no_markup() -> None:
    screen = io.StringIO()
    table = LiveTable(Console(file=screen, force_terminal=True, width=100))
    table.show(scene(vision="down ([bold]odd[/])"))
    table.close()
    assert "[bold]odd[/]" in screen.getvalue()


@pytest.mark.parametrize(
    ("rarity", "said"), [(0.0, "1 in 1"), (0.8, "1 in 5"), (0.95, "1 in 20"), (1.0, "1 in 1000")]
)
def test_rarity_is_told_as_odds(rarity: float, said: str) -> None:
    assert odds(rarity) == said


def test_a_process_that_is_down_says_why() -> None:
    kept = Kept("vision", lambda: pytest.fail("not started here"), Restarts())
    kept.fault, kept.restarts.total = "out of memory", 2
    assert process_line(kept, "running") == "down, coming back, restarted 2x (out of memory)"
    kept.state = "running"
    assert process_line(kept, "blind") == "blind, restarted 2x"


def test_the_summary_counts_and_names_what_waits() -> None:
    kept = Kept("uplink", lambda: pytest.fail("not started here"), Restarts())
    kept.restarts.total = 1
    figures = Figures(frames=795, passages=20, exceptions=4, delivered=3, outbox_rows=1)
    assert summary(figures, [kept]) == [
        "795 frames, 20 passages, 4 exceptions, 3 delivered, 0 lost",
        "1 still wait in the outbox",
        "uplink was restarted 1x",
    ]
