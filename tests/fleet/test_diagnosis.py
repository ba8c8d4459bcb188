"""A booth judged: silence, faults, losses and drift are told, the worst first, and a healthy one has none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from appliance.fleet.diagnosis import (
    SILENT_S,
    Finding,
    Level,
    Now,
    diagnose,
    duration,
    usual_version,
)
from appliance.fleet.fleet import Fleet
from appliance.uplink.message import Message

DESK = "booth/v1/new-york/desk"
NOON = 1_795_348_800.0
"2026-11-22T12:00:00Z"
WELL = {
    "state": "online",
    "reason": "",
    "camera": "ok",
    "inference": "ok",
    "calibrated": "ok",
    "publishing": "ok",
}
VERSIONS = {"booth": "1.2", "engine": "picodet", "bank": "3f2a"}


def finding(after_s: float = 1.0, retain: bool = False, usual: str = "", **kinds: dict[str, Any]) -> Finding:
    """Of a booth that said `kinds` at 0 s, looked at `after_s` later."""
    fleet = Fleet()
    for kind, values in kinds.items():
        topic = f"{DESK}/{kind.replace('_', '/')}"
        fleet.hear(Message(topic, json.dumps(values).encode(), retain=retain), 0.0)
    return diagnose(fleet.booths["new-york", "desk"], Now(after_s, NOON, usual))


def test_a_healthy_booth_has_no_troubles() -> None:
    found = finding(status={**WELL, "certificate": "ok"}, health={"dropped": 0, "outbox_rows": 0})
    assert (found.state, found.level, found.troubles) == ("online", Level.WELL, ())


@pytest.mark.parametrize("part", ["camera", "inference", "calibrated", "publishing"])
def test_a_part_that_is_not_ok_is_wrong_and_told(part: str) -> None:
    found = finding(status={**WELL, part: "no frames"})
    assert (found.level, found.troubles) == (Level.WRONG, (f"{part}: no frames",))


def test_a_starting_booth_is_let_alone() -> None:
    found = finding(status={**WELL, "state": "starting", "camera": "unknown", "reason": "building engines"})
    assert (found.level, found.troubles) == (Level.NOTE, ("building engines", "camera: unknown"))


def test_a_booth_that_says_nothing_for_three_periods_is_silent() -> None:
    assert finding(SILENT_S, status=WELL).state == "online"
    found = finding(SILENT_S + 1, status={**WELL, "camera": "no frames"})
    assert (found.state, found.since, found.level) == ("silent", "15 min", Level.GONE)
    assert found.troubles == ("says nothing",), "what it said of its parts is old"


def test_a_retained_word_makes_no_booth_heard_for_ever() -> None:
    assert finding(SILENT_S + 1, retain=True, status=WELL).state == "silent"


def test_an_offline_booth_is_offline_however_long() -> None:
    found = finding(7200, status={"state": "offline", "reason": "connection lost", "camera": "unknown"})
    assert (found.state, found.since, found.level) == ("offline", "2 h", Level.GONE)
    assert found.troubles == ("connection lost",)


def test_a_booth_that_was_stopped_on_purpose_is_a_note() -> None:
    assert finding(status={"state": "offline", "reason": "stopped"}).level == Level.NOTE


@pytest.mark.parametrize(
    ("reason", "synced", "since"),
    [("stopped", True, "3 h"), ("connection lost", True, "<3 h"), ("stopped", False, "")],
)
def test_since_when_a_retained_status_tells(reason: str, synced: bool, since: str) -> None:
    status = {"state": "offline", "reason": reason, "at": "2026-11-22T09:00:00Z", "clock_synced": synced}
    assert finding(retain=True, status=status).since == since


def test_a_booth_that_never_told_its_state_is_unknown() -> None:
    assert finding(health={}).state == "unknown"
    assert finding(status={"state": "\x1b[2J"}).state == "unknown"


def test_losses_are_told_the_present_ones_first() -> None:
    found = finding(status=WELL, health={"dropped": 3, "refused": 2, "unheard": 1})
    assert found.troubles == ("2 refused", "3 dropped", "1 unheard")
    assert found.level == Level.WRONG


@pytest.mark.parametrize(
    ("certificate", "level"),
    [("ok", 0), ("none", 0), ("expires in 9 days", 1), ("expired", 2), ("booth.key: not readable", 2)],
)
def test_a_certificate_is_told_before_it_is_too_late(certificate: str, level: int) -> None:
    assert finding(status={**WELL, "certificate": certificate}).level == level


@pytest.mark.parametrize(
    ("result", "level", "text"),
    [
        ("applied", 0, ""),
        ("none", 0, ""),
        ("on trial", 1, "settings 7 on trial"),
        ("rejected", 2, "settings 7 rejected: detector.width"),
        ("reverted", 2, "settings 7 reverted: detector.width"),
    ],
)
def test_settings_that_were_not_taken_are_told(result: str, level: int, text: str) -> None:
    reported = {"version": 6, "wanted": 7, "result": result, "reason": "detector.width"}
    found = finding(status=WELL, config_reported=reported)
    assert (found.level, "; ".join(found.troubles)) == (level, text)


def test_a_clock_that_is_not_set_is_a_note() -> None:
    assert finding(status={**WELL, "clock_synced": False}).troubles == ("clock not set",)


def test_trends_that_are_not_released_are_wrong_and_counting_is_well() -> None:
    assert finding(status={**WELL, "trends": "counting; 2026-11-25 released"}).level == Level.WELL
    found = finding(status={**WELL, "trends": "no release: trends/ledger.jsonl: it is gone"})
    assert (found.level, found.troubles[0][:20]) == (Level.WRONG, "trends: no release: ")


def test_another_version_than_most_have_is_told() -> None:
    status = {**WELL, "versions": VERSIONS}
    assert finding(usual="1.2 picodet", status=status).level == Level.WELL
    assert finding(usual="1.3 picodet", status=status).troubles == (
        "version 1.2 picodet, most have 1.3 picodet",
    )
    starting = {**WELL, "versions": {**VERSIONS, "engine": "none"}}
    assert finding(usual="1.3 picodet", status=starting).level == Level.WELL


@pytest.mark.parametrize(
    ("versions", "usual"), [([], ""), (["1", "2"], ""), (["1", "2", "2"], "2 net"), (["1"], "1 net")]
)
def test_the_usual_version_is_that_of_more_than_half(versions: list[str], usual: str) -> None:
    fleet = Fleet()
    for number, version in enumerate(versions):
        status = json.dumps({"versions": {"booth": version, "engine": "net"}}).encode()
        fleet.hear(Message(f"booth/v1/madrid/b{number}/status", status), 0.0)
    assert usual_version(fleet.booths.values()) == usual


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (200_000, "2 d"),
    ],
)
def test_durations_are_in_one_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
