"""booth trends ledger, show and begin: what was spent, what was released, and a new start after somebody touched it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.vitals import write_vitals
from appliance.logbook import record
from appliance.uplink.trends.press import Press
from appliance.verbs import trends as module
from appliance.verbs.trends import begin_anew, give, show_ledger, show_release
from tests.uplink.trends.builders import DARK, DAY, alike, clock_at, desk_in, next_day, street

TODAY = next_day(DAY)


@pytest.fixture
def booth(tmp_path: Path) -> Path:
    """A state folder, and its runtime folder too, with a release and a day that was withheld."""
    press = Press(desk_in(tmp_path))
    press.open(clock_at(DAY), DAY, [])
    press.release(street(400), clock_at(TODAY), TODAY, [])
    press.release(alike(DARK, 3, TODAY), clock_at(next_day(DAY, 2)), next_day(DAY, 2), [])
    return tmp_path


def test_the_ledger_is_printed_and_whole(booth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_ledger(booth, booth, head="", as_json=False) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split()[3] for line in lines] == ["begin:", "spend:", "release:", "spend:", "withheld:"]
    assert last.startswith("whole up to 5:")


def test_the_ledger_is_a_line_of_json_each_for_programs(
    booth: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_ledger(booth, booth, head="", as_json=True)
    *lines, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert last == {"head": f"5:{lines[-1]['hash'][:12]}", "whole": True, "faults": []}


def test_a_head_of_an_old_release_is_looked_for(booth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paid = json.loads((booth / "trends" / f"{DAY}.json").read_text())["ledger"]
    assert show_ledger(booth, booth, head=paid, as_json=False) == 0
    assert show_ledger(booth, booth, head="9:0123456789ab", as_json=False) == 1
    assert "9:0123456789ab is gone" in capsys.readouterr().out
    with pytest.raises(BoothError, match="no head of a ledger"):
        show_ledger(booth, booth, head="yesterday", as_json=False)


def test_a_head_that_the_logbook_noted_is_looked_for_too(booth: Path) -> None:
    record(booth, "vision", "trends", "9:0123456789ab", clock_at(DAY))
    assert show_ledger(booth, booth, head="", as_json=False) == 1


def test_a_touched_ledger_says_where_and_what_to_do(booth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = booth / "trends/ledger.jsonl"
    file.write_bytes(file.read_bytes().replace(b"withheld", b"witheld "))
    assert show_ledger(booth, booth, head="", as_json=False) == 1
    out = capsys.readouterr().out
    assert "trends/ledger.jsonl:5:" in out
    assert "booth trends begin" in out


def test_a_booth_that_has_released_nothing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_ledger(tmp_path, tmp_path, head="", as_json=False) == 0
    assert capsys.readouterr().out == "whole up to none\n"
    with pytest.raises(BoothError, match="the first comes after a whole day"):
        show_release(tmp_path, None, as_json=False)


def test_a_release_is_told_to_people_and_programs(booth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_release(booth, None, as_json=False)
    out = capsys.readouterr().out
    assert out.startswith(f"new-york/desk {DAY}: ")
    assert "style (" in out
    assert "diversity:" in out
    show_release(booth, str(DAY), as_json=True)
    assert json.loads(capsys.readouterr().out)["schema"] == "trend/1"
    for missing in (str(TODAY), "../../etc/passwd", "usual"):
        with pytest.raises(BoothError, match=f"there are {DAY} to {DAY}"):
            show_release(booth, missing, as_json=False)


@pytest.mark.parametrize("content", ["[]", "{}", "1", "null", "no JSON", "[" * 5000, '{"schema": "trend/1"}'])
def test_a_file_that_is_no_release_is_named_in_one_line(booth: Path, content: str) -> None:
    (booth / "trends" / f"{TODAY}.json").write_text(content)
    for as_json in (False, True):
        with pytest.raises(
            BoothError, match=f"{TODAY}.json: no release: [^\n]+; booth trends ledger"
        ) as refused:
            show_release(booth, str(TODAY), as_json=as_json)
        assert "\n" not in str(refused.value)


def settings_of(folder: Path) -> Settings:
    return Settings.model_validate({"folders": {"state": folder, "runtime": folder}})


def test_a_new_ledger_spends_from_tomorrow_on_and_the_old_one_is_kept(booth: Path) -> None:
    file = booth / "trends/ledger.jsonl"
    file.write_bytes(file.read_bytes().replace(b"withheld", b"witheld "))
    (booth / "vision/trends.tally").write_bytes(b"{}")
    today = next_day(DAY, 2)
    said = begin_anew(settings_of(booth), clock_at(today, 12))
    assert "spends from the day after 2026-11-27 on" in said
    assert (booth / "trends.aside-1" / f"{DAY}.json").exists()
    assert not (booth / "vision/trends.tally").exists()
    assert show_ledger(booth, booth, head="", as_json=False) == 0
    press = Press(desk_in(booth))
    for day, kind in ((today, "was spent before"), (next_day(today), "released")):
        after = next_day(day)
        assert press.release(alike(DARK, 400, day), clock_at(after), after, []) == f"{day} {kind}"
    assert not (booth / "trends.aside-1/usual.json").exists()
    if os.geteuid() == 0:
        assert file.stat().st_uid == (booth / "trends.aside-1").stat().st_uid
    assert "trends.aside-2" in begin_anew(settings_of(booth), clock_at(today, 12))


def test_a_ledger_does_not_begin_while_vision_counts_or_without_a_clock(booth: Path) -> None:
    before = (booth / "trends/ledger.jsonl").read_bytes()
    with pytest.raises(BoothError, match="the clock is not set"):
        begin_anew(settings_of(booth), clock_at(DAY, synced=False))
    write_vitals(booth, "vision", {"state": "running"})
    with pytest.raises(BoothError, match="systemctl stop booth-vision"):
        begin_anew(settings_of(booth), clock_at(DAY))
    assert (booth / "trends/ledger.jsonl").read_bytes() == before
    write_vitals(booth, "vision", {"state": "stopped"})
    begin_anew(settings_of(booth), clock_at(DAY))


def test_a_head_that_cannot_be_noted_is_no_success(booth: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "record", lambda *_: False)
    with pytest.raises(BoothError, match="run booth trends begin again"):
        begin_anew(settings_of(booth), clock_at(next_day(DAY, 2), 12))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["trends", "trends/ledger.jsonl"])
def test_a_link_that_somebody_lays_gives_nothing_else_away(booth: Path, tmp_path: Path, name: str) -> None:
    laid, bait = booth / name, booth / "elsewhere"
    laid.rename(bait)
    laid.symlink_to(bait)
    os.chown(booth, 12345, 12345)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        give(booth / "trends", booth.stat())
    assert bait.stat().st_uid == 0
