"""Status and health: whatever vision's vitals hold, the messages keep their schemas and give nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Identity
from appliance.uplink.status import (
    MACHINE_FIGURES,
    SILENT,
    START_S,
    TEMPERATURES,
    Sending,
    booth_state,
    health_values,
    status_values,
)
from appliance.uplink.trends.trends import NO_CLOCK, UNCONFIRMED
from appliance.uplink.wording import payload_from_values
from appliance.vision.pipeline import NO_BANK
from appliance.vision.rarity import readiness
from tests.uplink.builders import CLOCK, check_schema

BOOTH = Identity(city="new-york", id="desk")
WELL = Sending(rows=2, sent=5, dropped=0, refused=0, fault="")
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
)
KEYS = st.sampled_from(
    [
        "state",
        "reason",
        "camera",
        "camera_path",
        "inference",
        "calibrated",
        "bank",
        "engine",
        "frames",
        "late",
        "passages",
        *MACHINE_FIGURES,
        *TEMPERATURES,
        "x",
    ]
)


def status(vision: dict[str, Any] | None, state: str = "online", sending: Sending = WELL) -> dict[str, Any]:
    values = status_values(BOOTH, state, "", vision, sending=sending, clock=CLOCK)
    return check_schema("status", payload_from_values(values))


@given(st.none() | st.dictionaries(KEYS, ANYTHING))
def test_any_vitals_give_messages_by_the_schema(vision: dict[str, Any] | None) -> None:
    state, reason = booth_state(vision, 100.0)
    values = status_values(BOOTH, state, reason, vision, sending=WELL, clock=CLOCK)
    check_schema("status", payload_from_values(values))
    figures = health_values(BOOTH, vision, sending=WELL, uptime_s=1.5, clock=CLOCK)
    check_schema("health", payload_from_values(figures))


def test_each_part_is_told_on_its_own() -> None:
    said = status(
        {"camera": "ok", "inference": "no engine", "calibrated": "ok", "bank": "b1", "engine": "e1"}
    )
    assert (said["camera"], said["inference"], said["calibrated"]) == ("ok", "no engine", "ok")
    assert (said["versions"]["bank"], said["versions"]["engine"]) == ("b1", "e1")
    assert said["publishing"] == "ok"


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("trends", "person at .41 .63 red coat 13:41:07"),
        ("trends", "counting; 2026-11-25 released\n"),
        ("calibrated", "person 17 of 40"),
        ("camera_path", "software: .41 .63 at 13:41:07"),
        ("state", "x" * 40),
    ],
)
def test_a_line_that_has_not_the_form_of_what_is_said_there_is_told_as_unknown(key: str, line: str) -> None:
    values = status({key: line}) if key != "state" else {}
    state, reason = booth_state({key: line}, 100.0)
    assert values.get(key, "unknown") == "unknown"
    assert (state, reason) == ("online", "unknown")


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("trends", "off"),
        ("trends", "counting"),
        ("trends", f"{NO_CLOCK}; 2026-11-25 withheld: too few passages"),
        ("trends", UNCONFIRMED),
        ("trends", "no release: trends/ledger.jsonl: it is gone"),
        ("calibrated", NO_BANK),
        ("calibrated", "not kept: /var/lib/booth/vision/street.bank: No space left on device; free space"),
        ("calibrated", "not judged by: a bank of 9 x 9 takes 9 MB"),
        ("camera_path", "software: camera.nvmm is off"),
    ],
)
def test_what_vision_says_is_told_as_it_is(key: str, line: str) -> None:
    assert status({key: line})[key] == line


@given(st.integers(0, 5000), st.floats(0.001, 0.5))
def test_no_count_of_a_young_booth_moves_with_a_single_person(known: int, wanted: float) -> None:
    early = status({"calibrated": readiness(wanted, known)})["calibrated"]
    learning = status({"calibrated": f"learning: {known} people so far"})["calibrated"]
    for line in (early, learning):
        assert all(int(word) % 10 == 0 for word in line.split() if word.isdecimal()), line
    assert early == "ok" or early.startswith("too early to tell: ")
    assert learning.startswith("learning: ")


def test_the_way_of_the_frames_is_told_once_it_is_known() -> None:
    assert (
        status({"camera_path": "software: no nvvidconv here"})["camera_path"] == "software: no nvvidconv here"
    )
    assert status({"camera": "ok"})["camera_path"] == "unknown"


def test_nothing_is_claimed_about_parts_that_are_silent() -> None:
    assert status(None)["camera"] == SILENT
    assert status(None, "offline")["camera"] == "unknown"
    assert status({"inference": "starting"}, "starting")["calibrated"] == "unknown"


def test_the_head_of_the_logbook_is_told() -> None:
    assert status(None)["logbook"] == "none"
    sending = Sending(0, 0, 0, 0, "", logbook="12:3f2a9c01d4e5")
    assert status(None, sending=sending)["logbook"] == "12:3f2a9c01d4e5"


def test_refusals_and_a_broken_outbox_are_told() -> None:
    assert "refuses 3" in status(None, sending=Sending(9, 0, 0, 3, ""))["publishing"]
    assert status(None, sending=Sending(0, 0, 0, 0, "disk full"))["publishing"] == "disk full"


def test_events_that_vision_could_not_keep_are_told() -> None:
    full = {"outbox": "database or disk is full"}
    refusing = Sending(9, 0, 0, 3, "")
    assert status(full)["publishing"] == "the newest event is lost: database or disk is full"
    assert (
        status(full, sending=refusing)["publishing"] == "the newest event is lost: database or disk is full"
    )
    assert status({"outbox": "ok"})["publishing"] == "ok"
    assert status({"outbox": "ok"}, sending=refusing)["publishing"] == "broker refuses 3 messages"


@pytest.mark.parametrize("secret", ["rtsp://admin:hunter2@10.0.0.3/stream", "user:hunter2@camera"])
def test_addresses_of_cameras_stay_in_the_booth(secret: str) -> None:
    said = status({"camera": f"no answer from {secret}, 3 tries", "reason": secret})
    assert "hunter2" not in str(said)
    assert said["camera"] == "no answer from (address) 3 tries"


@pytest.mark.parametrize(
    ("vision", "age_s", "expected"),
    [
        (None, START_S - 1, ("starting", "")),
        (None, START_S, ("online", SILENT)),
        ({"state": "starting"}, 900, ("starting", "")),
        ({"state": "running"}, 900, ("online", "")),
        ({"state": "blind", "reason": "camera lost"}, 900, ("online", "camera lost")),
        ({"state": "paused"}, 900, ("online", "paused")),
    ],
)
def test_the_state_of_a_booth(vision: dict[str, Any] | None, age_s: float, expected: tuple[str, str]) -> None:
    assert booth_state(vision, age_s) == expected


@pytest.mark.parametrize("figure", [10**330, float("inf"), float("nan"), -1])
def test_a_figure_of_no_world_is_not_told(figure: float) -> None:
    values = health_values(BOOTH, {"frames": figure}, sending=WELL, uptime_s=0, clock=CLOCK)
    assert values["frames"] is None


@given(
    st.none()
    | st.dictionaries(st.sampled_from(["cards", "greeted", "not_found", "disagree", "button"]), ANYTHING)
)
def test_what_became_of_the_cards_is_told_in_whole_numbers_or_not_at_all(
    board: dict[str, Any] | None,
) -> None:
    values = health_values(BOOTH, None, board, sending=WELL, uptime_s=0, clock=CLOCK)
    check_schema("health", payload_from_values(values))
    assert "button" not in values


def test_the_counters_of_the_board_go_up_as_they_are() -> None:
    board = {"cards": 9, "greeted": 3, "not_found": 2, "disagree": 1}
    values = health_values(BOOTH, {"cards": 77}, board, sending=WELL, uptime_s=0, clock=CLOCK)
    assert {name: values[name] for name in board} == board


def test_the_health_of_the_machine_is_told() -> None:
    sensed = {"power_w": 10.164, "throttled": 1.0, "gpu_temperature_c": 49.5, "temperature_c": -12.25}
    values = health_values(BOOTH, sensed, sending=WELL, uptime_s=0, clock=CLOCK)
    check_schema("health", payload_from_values(values))
    assert {name: values[name] for name in sensed} == {**sensed, "power_w": 10.16}
    assert values["memory_free_mb"] is None


def test_the_load_of_the_machine_is_not_told_for_it_moves_with_the_people_in_view() -> None:
    values = health_values(BOOTH, {"gpu_load_percent": 73.4}, sending=WELL, uptime_s=0, clock=CLOCK)
    assert "gpu_load_percent" not in values


def test_a_temperature_below_what_there_is_is_not_known() -> None:
    values = health_values(BOOTH, {"temperature_c": -256.0}, sending=WELL, uptime_s=0, clock=CLOCK)
    assert values["temperature_c"] is None


@given(st.floats(0, 1e6))
def test_how_long_the_oldest_event_waits_is_told_in_whole_minutes(waits_s: float) -> None:
    sending = Sending(1, 0, 0, 0, "", oldest_s=waits_s)
    values = health_values(BOOTH, None, sending=sending, uptime_s=0, clock=CLOCK)
    check_schema("health", payload_from_values(values))
    assert values["outbox_oldest_s"] % 60 == 0
    assert 0 <= waits_s - values["outbox_oldest_s"] < 60
