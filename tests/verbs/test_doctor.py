"""`booth doctor`: four states, one line each, and an exit code that only a failure changes."""

from __future__ import annotations

import errno
import json

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.checks import Advice, Checks, NotChecked
from appliance.verbs import doctor
from appliance.verbs.doctor import Finding, examine, find, table_of
from tests.command import booth


def raises(error: Exception) -> str:
    raise error


def good(*_: object, **__: object) -> Checks:
    yield "clock", lambda: "2026-11-22T17:01:00Z"
    yield "keys", lambda: raises(NotChecked("no keys\nare used"))
    yield "heat", lambda: raises(Advice("90 C; free its [fan]"))


def bad(*_: object, **__: object) -> Checks:
    yield from good()
    yield "camera", lambda: raises(BoothError("csi:0: no frame; reseat the cable"))


def test_each_outcome_is_a_state_of_its_own_and_one_line() -> None:
    assert [find(part, check) for part, check in bad()] == [
        Finding("clock", "ok", "2026-11-22T17:01:00Z"),
        Finding("keys", "skipped", "no keys are used"),
        Finding("heat", "advice", "90 C; free its [fan]"),
        Finding("camera", "failed", "csi:0: no frame; reseat the cable"),
    ]


def test_what_belongs_to_another_user_fails_its_part_and_no_other() -> None:
    locked = PermissionError(errno.EACCES, "Permission denied", "/var/lib/booth/vision/street.bank")
    found = find("bank", lambda: raises(locked))
    assert found.state == "failed"
    assert found.detail.startswith("/var/lib/booth/vision/street.bank: Permission denied; be the user")


def test_a_check_that_breaks_is_our_fault_and_not_a_finding() -> None:
    with pytest.raises(ZeroDivisionError):
        find("clock", lambda: str(1 // 0))


@pytest.mark.parametrize(("parts", "code"), [(good, 0), (bad, 1)])
def test_only_a_failure_changes_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], parts: object, code: int
) -> None:
    monkeypatch.setattr(doctor, "checks", parts)
    assert examine(Settings(), as_json=True, configured=False) == code
    told = json.loads(capsys.readouterr().out)
    assert [set(one) for one in told] == [{"part", "state", "detail"}] * len(told)
    assert examine(Settings(), as_json=False, configured=False) == code
    assert "free its [fan]" in capsys.readouterr().out


def test_what_stands_in_brackets_is_not_taken_for_a_colour() -> None:
    assert list(table_of([Finding("a", "ok", "b [red]")]).columns[2].cells) == [r"b \[red]"]


def test_a_computer_is_examined_without_settings() -> None:
    done = booth("doctor", "--json")
    found = {one["part"]: one for one in json.loads(done.out)}
    assert done.code == int(any(one["state"] == "failed" for one in found.values()))
    assert {"python", "wing", "gpu", "gstreamer", "networks", "engine cache", "clock", "camera"} <= set(found)
    assert found["wing"] == {"part": "wing", "state": "ok", "detail": "cpu"}
    assert found["camera"]["state"] == "skipped"
    assert "booth doctor --config FILE" in found["camera"]["detail"]
