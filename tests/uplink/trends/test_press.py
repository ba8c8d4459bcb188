"""How a day is released: in order, once, also over a full disk, a missing library and a clock that is wrong."""

from __future__ import annotations

import builtins
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from appliance.errors import BoothError
from appliance.uplink.outbox import Outbox
from appliance.uplink.papers import read_schema
from appliance.uplink.trends import press as module
from appliance.uplink.trends.account import Account
from appliance.uplink.trends.anchor import FILE as ANCHOR
from appliance.uplink.trends.history import LEAST_DAYS, read_days
from appliance.uplink.trends.ledger import LedgerError, append, read_account
from appliance.uplink.trends.noise import Noisy, Questions, draw
from appliance.uplink.trends.press import Press
from appliance.uplink.trends.shelf import days_of
from appliance.uplink.trends.tally import Tally
from tests.uplink.trends.builders import DARK, DAY, alike, clock_at, desk_in, next_day, street

TODAY = next_day(DAY)


def begun(folder: Path, **changes: Any) -> Press:
    press = Press(replace(desk_in(folder), **changes))
    press.open(clock_at(DAY), DAY, [])
    return press


def release(press: Press, tally: Tally, days: int = 1) -> str:
    assert tally.day is not None
    today = next_day(tally.day, days)
    return press.release(tally, clock_at(today), today, [])


def kinds(folder: Path) -> list[str]:
    account = read_account(folder / "trends")
    assert isinstance(account, Account)
    return [line.kind for line in account.lines]


def sent(folder: Path) -> list[bytes]:
    outbox = Outbox(folder / "outbox.sqlite")
    try:
        rows = outbox.batch(1000)
        assert {row.kind for row in rows} <= {"trend"}
        return [row.payload for row in rows]
    finally:
        outbox.close()


def test_a_day_is_kept_sent_and_written_down_once(tmp_path: Path) -> None:
    press = begun(tmp_path)
    assert release(press, street(400)) == f"{DAY} released"
    (payload,) = sent(tmp_path)
    assert (tmp_path / "trends" / f"{DAY}.json").read_bytes() == payload
    values = json.loads(payload)
    jsonschema.validate(values, read_schema("trend"))
    account = read_account(tmp_path / "trends")
    assert account is not None
    assert values["ledger"] == account.lines[1].head
    assert values["id"] == f"desk-{account.lines[1].hash[:8]}-1"
    assert release(press, street(999, seed=2)) == f"{DAY} released"
    assert release(Press(desk_in(tmp_path)), street(999, seed=2)) == f"{DAY} released"
    assert sent(tmp_path) == [payload]
    assert kinds(tmp_path) == ["begin", "spend", "release"]


def test_releases_are_numbered_without_a_hole_whatever_becomes_of_days_between(tmp_path: Path) -> None:
    press = begun(tmp_path)
    for number in range(6):
        tally = alike(DARK, 300 if number % 2 else 0, next_day(DAY, number))
        assert release(press, tally).endswith("released" if number % 2 else "withheld: too few passages")
    ids = [json.loads(payload)["id"] for payload in sent(tmp_path)]
    assert [one.rpartition("-")[2] for one in ids] == ["1", "2", "3"]
    assert len({one.rpartition("-")[0] for one in ids}) == 1


def test_a_run_of_numbers_ends_where_a_day_was_not_spent(tmp_path: Path) -> None:
    """So whoever counts them misses none that was sent, and the next one is new to whoever knows the old ones."""
    press = begun(tmp_path)
    for number in (0, 1, 2, 4, 5, 9):
        release(press, alike(DARK, 300, next_day(DAY, number)))
    runs = [json.loads(payload)["id"].rsplit("-", 2)[1:] for payload in sent(tmp_path)]
    assert [number for _, number in runs] == ["1", "2", "3", "1", "2", "1"]
    assert [run for run, _ in runs] == [runs[place][0] for place in (0, 0, 0, 3, 3, 5)]
    assert len({run for run, _ in runs}) == 3


def test_a_backup_that_is_put_back_gives_no_id_again(tmp_path: Path) -> None:
    """With all that could tell of it gone: the machine was booted, and the logbook is as old as the ledger."""
    press = begun(tmp_path)
    release(press, alike(DARK, 300, DAY))
    shutil.copytree(tmp_path / "trends", tmp_path / "backup")
    release(press, alike(DARK, 300, next_day(DAY)))
    shutil.rmtree(tmp_path / "trends")
    (tmp_path / "backup").rename(tmp_path / "trends")
    (tmp_path / "vision" / ANCHOR).unlink()
    release(Press(desk_in(tmp_path)), alike(DARK, 300, next_day(DAY, 2)))
    ids = [json.loads(payload)["id"] for payload in sent(tmp_path)]
    assert len(set(ids)) == 3


def test_a_day_on_which_nobody_passed_is_spent_and_withheld(tmp_path: Path) -> None:
    press = begun(tmp_path)
    assert release(press, Tally(DAY)) == f"{DAY} withheld: too few passages"
    assert (sent(tmp_path), days_of(tmp_path / "trends")) == ([], [])
    assert kinds(tmp_path) == ["begin", "spend", "withheld"]
    assert read_days(tmp_path / "trends") == []


def test_after_a_week_a_release_says_how_new_the_day_is(tmp_path: Path) -> None:
    press = begun(tmp_path)
    for number in range(LEAST_DAYS + 1):
        tally = street(3000, seed=number, red=3 if number < LEAST_DAYS else 25)
        tally.day = next_day(DAY, number)
        release(press, tally)
    *before, last = map(json.loads, sent(tmp_path))
    assert all(values["novelty"] is None is values["movers"] for values in before)
    assert last["novelty"]["days"] == last["movers"]["days"] == LEAST_DAYS
    assert last["novelty"]["low"] > 0
    moved = {(cell["table"], cell["label"]): cell["change"] for cell in last["movers"]["cells"]}
    assert moved["upper-colour", "red"] > 0
    assert moved["style", "vivid-top"] > 0


@pytest.mark.parametrize("day", [DAY, next_day(DAY, -30), next_day(DAY, 1)])
def test_only_a_day_after_the_last_and_before_today_is_released(tmp_path: Path, day: Any) -> None:
    press = begun(tmp_path)
    release(press, street(400))
    tally = alike(DARK, 300, day)
    before = (kinds(tmp_path), sent(tmp_path))
    if day == TODAY:
        with pytest.raises(ValueError, match="over"):
            press.release(tally, clock_at(TODAY), TODAY, [])
    else:
        press.release(tally, clock_at(TODAY), TODAY, [])
    assert (kinds(tmp_path), sent(tmp_path)) == before


def test_a_clock_that_went_back_spends_nothing_and_says_so(tmp_path: Path) -> None:
    press = begun(tmp_path)
    release(press, street(400))
    release(press, alike(DARK, 300, next_day(DAY)))
    with pytest.raises(
        BoothError, match="days up to 2026-11-26 are spent, and it is 2026-11-20; set the clock"
    ):
        press.open(clock_at(next_day(DAY, -5)), next_day(DAY, -5), [])
    assert kinds(tmp_path).count("spend") == 2


def test_a_new_ledger_spends_no_day_before_it_was_begun(tmp_path: Path) -> None:
    press = begun(tmp_path)
    said = press.release(alike(DARK, 300, next_day(DAY, -1)), clock_at(DAY), DAY, [])
    assert said == "2026-11-24 was spent before"
    assert kinds(tmp_path) == ["begin"]


def test_without_the_library_nothing_is_spent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    press, real = begun(tmp_path), builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("opendp"):
            raise ImportError("libopendp.so: cannot be mapped")
        return real(name, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", refuse)
        with pytest.raises(ImportError):
            release(press, street(400))
    assert kinds(tmp_path) == ["begin"]
    assert release(press, street(400)) == f"{DAY} released"


@pytest.mark.parametrize("refuses", ["put", "_send", "append"])
def test_a_disk_that_fills_after_the_drawing_loses_nothing_while_the_process_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: str
) -> None:
    press, drawn = begun(tmp_path), list[Noisy]()

    def counted(tally: Tally, questions: Questions) -> Noisy:
        drawn.append(draw(tally, questions))
        return drawn[-1]

    monkeypatch.setattr(module, "draw", counted)

    def full(*rest: Any) -> Any:
        if refuses == "append" and rest[1] == "spend":
            return append(*rest)
        raise BoothError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Press if refuses == "_send" else module, refuses, full)
        for _ in range(3):
            with pytest.raises(BoothError, match="no space"):
                release(press, street(400))
    assert release(press, street(400)) == f"{DAY} released"
    assert (len(drawn), len(set(sent(tmp_path)))) == (1, 1)
    assert kinds(tmp_path) == ["begin", "spend", "release"]


def test_a_disk_that_is_full_before_the_drawing_spends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = begun(tmp_path)

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module, "append", full)
        patch.setattr(module, "draw", lambda *_: pytest.fail("drawn although nothing is spent"))
        with pytest.raises(OSError, match="No space"):
            release(press, street(400))
    assert release(press, street(400), 2) == f"{DAY} released"


def test_a_comparison_that_cannot_be_kept_costs_no_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = begun(tmp_path)

    def full(*_: Any) -> None:
        raise BoothError("no space")

    monkeypatch.setattr(module, "write_days", full)
    assert release(press, street(400)) == f"{DAY} released"


def test_two_processes_are_not_at_one_day_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the second calls a day lost that the first is about to send, and gives its number to another."""
    press, other = begun(tmp_path), Press(desk_in(tmp_path))
    refused: list[str] = []

    def meanwhile(tally: Tally, questions: Questions) -> Noisy:
        for work in (lambda: release(other, street(400)), lambda: other.open(clock_at(TODAY), TODAY, [])):
            with pytest.raises(BoothError, match="another process is at it") as error:
                work()
            refused.append(str(error.value))
        return draw(tally, questions)

    monkeypatch.setattr(module, "draw", meanwhile)
    assert release(press, street(400)) == f"{DAY} released"
    assert len(refused) == 2
    assert release(other, street(400)) == f"{DAY} released"
    assert (kinds(tmp_path), len(sent(tmp_path))) == (["begin", "spend", "release"], 1)


def test_a_torn_file_of_comparisons_only_begins_them_anew(tmp_path: Path) -> None:
    press = begun(tmp_path)
    (tmp_path / "trends/usual.json").write_text('{"schema":"usual/1","days":[{"day":')
    assert release(press, street(400)) == f"{DAY} released"
    assert len(read_days(tmp_path / "trends")) == 1


def test_an_old_ledger_put_back_while_the_booth_runs_is_found(tmp_path: Path) -> None:
    """Also one whose day left no release: the runtime folder remembers the end."""
    press = begun(tmp_path)
    file = tmp_path / "trends/ledger.jsonl"
    old = file.read_bytes()
    release(press, Tally(DAY))
    file.write_bytes(old)
    for tried in (press, Press(desk_in(tmp_path))):
        with pytest.raises(LedgerError, match="cut or put back"):
            release(tried, alike(DARK, 400))
    assert file.read_bytes() == old
    (tmp_path / "vision" / ANCHOR).unlink()
    with pytest.raises(LedgerError, match="9:0123456789ab is gone"):
        press.open(clock_at(TODAY), TODAY, ["9:0123456789ab"])


@pytest.mark.parametrize("count", ["1e999", "1e9999999", "99999999999999999999", "true", "NaN"])
def test_comparisons_out_of_this_world_cost_no_day(tmp_path: Path, count: str) -> None:
    """Read before the budget is spent, and none of it believed."""
    press = begun(tmp_path)
    release(press, street(400))
    file = tmp_path / "trends/usual.json"
    values = json.loads(file.read_text())
    values["days"][0]["passages"] = "count"
    file.write_text(json.dumps(values).replace('"count"', count))
    assert read_days(tmp_path / "trends") == []
    assert release(press, alike(DARK, 400, TODAY)) == f"{TODAY} released"


def test_comparisons_are_kept_no_longer_than_releases(tmp_path: Path) -> None:
    press = begun(tmp_path, keep_days=2)
    for number in range(4):
        release(press, alike(DARK, 400, next_day(DAY, number)))
    assert [one.day for one in read_days(tmp_path / "trends")] == [next_day(DAY, 2), next_day(DAY, 3)]
