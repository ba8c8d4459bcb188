"""The picture of the fleet: it fits the terminal, shows trouble first, counts the rest, and cannot be steered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from appliance.fleet.fleet import Fleet
from appliance.fleet.view import Size, fleet_view
from appliance.uplink.message import Message
from tests.uplink.builders import payloads

WELL = {"state": "online", "camera": "ok", "inference": "ok", "calibrated": "ok", "publishing": "ok"}


def say(fleet: Fleet, city: str, booth: str, **values: Any) -> None:
    payload = json.dumps({**WELL, **values}).encode()
    fleet.hear(Message(f"booth/v1/{city}/{booth}/status", payload), 1.0)


def draw(fleet: Fleet, width: int = 160, height: int = 40, heading: str = "mqtt://here") -> list[str]:
    """Lines of the picture as a terminal of that size shows them."""
    console = Console(width=width, height=height, force_terminal=False)
    with console.capture() as captured:
        console.print(fleet_view(fleet, Text(heading), 9.0, 0.0, Size(width, height)))
    return captured.get().splitlines()


def line_of(lines: list[str], word: str) -> str:
    return next(line for line in lines if word in line)


def test_an_empty_fleet_is_drawn_with_its_heading() -> None:
    assert draw(Fleet(), heading="no broker")[0].startswith("no broker")


def test_each_city_has_its_counts() -> None:
    fleet = Fleet()
    say(fleet, "madrid", "sol")
    say(fleet, "madrid", "gran-via", state="offline", reason="connection lost")
    say(fleet, "madrid", "atocha", state="starting")
    say(fleet, "toronto", "queen")
    lines = draw(fleet)
    assert "madrid: 1 online, 1 starting, 1 offline" in line_of(lines, "madrid")
    assert "1 online" in line_of(lines, "toronto")


@pytest.mark.parametrize("width", [80, 160])
def test_what_is_wrong_is_on_the_booths_own_line(width: int) -> None:
    fleet = Fleet()
    say(fleet, "madrid", "sol", camera="no frames", dropped=17)
    say(fleet, "madrid", "atocha")
    lines = draw(fleet, width)
    assert "camera: no frames" in line_of(lines, "sol")
    assert "all well" in line_of(lines, "atocha")


def test_of_thousands_the_troubled_are_shown_and_the_rest_is_counted() -> None:
    fleet = Fleet()
    for number in range(2000):
        say(fleet, "madrid", f"b{number}", camera="no frames" if number % 500 == 3 else "ok")
    say(fleet, "madrid", "gone", state="offline", reason="connection lost")
    lines = draw(fleet, 80, 24)
    names = [line.split()[0] for line in lines if line.startswith("  ") and line.strip()]
    assert names[0:5] == ["gone", "b1003", "b1503", "b3", "b503"]
    assert len(lines) == 23
    assert f"madrid: 2000 online, 1 offline; {2001 - len(names)} of 2001 not shown" in lines


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,20}", fullmatch=True), st.integers(min_value=1, max_value=30), max_size=30
    ),
    st.integers(0, 60),
    st.integers(60, 200),
    st.integers(16, 60),
)
def test_the_picture_fits_any_terminal(cities: dict[str, int], events: int, width: int, height: int) -> None:
    fleet = Fleet()
    for city, count in cities.items():
        for number in range(count):
            say(fleet, city, f"b{number}", camera="x" * 120)
    for payload in payloads(events):
        fleet.hear(Message("booth/v1/new-york/desk/exception", payload), 1.0)
    lines = draw(fleet, width, height)
    assert len(lines) < height
    assert all(len(line) <= width for line in lines)


def test_the_newest_event_is_on_top() -> None:
    fleet = Fleet()
    for payload in payloads(2):
        values = json.loads(payload)
        values["zone"] = f"zone-{values['id'][-1]}"
        fleet.hear(Message("booth/v1/new-york/desk/exception", json.dumps(values).encode()), 1.0)
    lines = [line for line in draw(fleet) if "zone-" in line]
    assert [line.split()[-2] for line in lines] == ["zone-2", "zone-1"]


def test_a_booth_cannot_steer_the_terminal() -> None:
    fleet = Fleet()
    say(fleet, "madrid", "sol", reason="\x1b[2Jred[/]", state="starting", camera="[bold]ok\u202e")
    drawn = "\n".join(draw(fleet))
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert "?[2Jred[/]" in drawn
    assert "[bold]ok?" in drawn
