"""The ledger of the budget: days only rise, a torn end is mended and told, and every other touch is found."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.uplink.trends import ledger
from appliance.uplink.trends.account import Account
from appliance.uplink.trends.audit import faults_of, sound_account
from appliance.uplink.trends.ledger import FILE, LedgerError, append, begin, read_account
from appliance.uplink.trends.line import LOST, WITHHELD, Line, line_from
from appliance.uplink.trends.press import Press
from tests.uplink.trends.builders import DARK, DAY, alike, clock_at, desk_in, next_day

CLOCK = clock_at(DAY)
SUM = "0" * 64


def spend(folder: Path, day: date, what: str = "withheld") -> None:
    """A day's budget, and what became of it."""
    append(folder, "spend", day.isoformat(), "epsilon 1", CLOCK)
    notes = {"withheld": WITHHELD, "lost": LOST, "release": f"1 {SUM}"}
    append(folder, what, day.isoformat(), notes[what], CLOCK)


def known(folder: Path) -> Account:
    account = read_account(folder)
    assert account is not None
    return account


@pytest.fixture(scope="module")
def booth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A booth with three releases by a real press, of streets where everybody wears the same."""
    folder = tmp_path_factory.mktemp("booth")
    press = Press(desk_in(folder))
    for number in range(3):
        day, today = next_day(DAY, number), next_day(DAY, number + 1)
        if not number:
            press.open(clock_at(DAY), DAY, [])
        assert press.release(alike(DARK, 300, day), clock_at(today), today, []) == f"{day} released"
    return folder / "trends"


@pytest.fixture
def copy(booth: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(booth, tmp_path / "trends"))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_account(tmp_path) is None
    begin(tmp_path, CLOCK, DAY)
    begin(tmp_path, CLOCK, next_day(DAY))
    spend(tmp_path, next_day(DAY))
    spend(tmp_path, next_day(DAY, 3), "release")
    account = known(tmp_path)
    assert [line.kind for line in account.lines] == ["begin", "spend", "withheld", "spend", "release"]
    assert (account.last_day, account.releases, account.open_line) == (next_day(DAY, 3), 1, None)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("day", [DAY, next_day(DAY, -400), next_day(DAY)])
def test_a_day_that_is_spent_or_before_the_ledger_is_refused(tmp_path: Path, day: date) -> None:
    begin(tmp_path, CLOCK, DAY)
    spend(tmp_path, next_day(DAY))
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(LedgerError, match="days only rise"):
        append(tmp_path, "spend", day.isoformat(), "epsilon 1", CLOCK)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "note"), [("withheld", WITHHELD), ("lost", LOST), ("release", f"1 {SUM}"), ("begin", "0badcafe")]
)
def test_nothing_becomes_of_a_day_that_was_not_spent(tmp_path: Path, kind: str, note: str) -> None:
    begin(tmp_path, CLOCK, DAY)
    with pytest.raises(LedgerError, match="no step of a day"):
        append(tmp_path, kind, DAY.isoformat(), note, CLOCK)


def test_a_day_is_spent_once_however_many_ask_at_a_time(tmp_path: Path) -> None:
    begin(tmp_path, CLOCK, DAY)
    done: list[str] = []

    def ask() -> None:
        try:
            append(tmp_path, "spend", next_day(DAY).isoformat(), "epsilon 1", CLOCK)
            done.append("spent")
        except (LedgerError, BlockingIOError):
            done.append("refused")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["refused"] * 7 + ["spent"]


def test_a_line_torn_by_a_power_cut_is_cut_off_and_told(tmp_path: Path) -> None:
    begin(tmp_path, CLOCK, DAY)
    whole = (tmp_path / FILE).read_bytes()
    for left in (1, 40, len(whole) - 1):
        (tmp_path / FILE).write_bytes(whole + whole[:left])
        assert known(tmp_path).torn == left
        append(tmp_path, "spend", next_day(DAY).isoformat(), "epsilon 1", CLOCK)
        assert [line.kind for line in known(tmp_path).lines] == ["begin", "torn", "spend"]
        assert known(tmp_path).lines[1].note == f"{left} bytes cut off"


@pytest.mark.parametrize("left", [0, 20])
def test_a_ledger_whose_first_line_never_was_whole_begins_anew(tmp_path: Path, left: int) -> None:
    begin(tmp_path, CLOCK, DAY)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:left])
    assert read_account(tmp_path) is None
    begin(tmp_path, CLOCK, DAY)
    assert len(known(tmp_path).lines) == 1


def test_a_disk_that_refuses_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path, CLOCK, DAY)
    before = (tmp_path / FILE).read_bytes()

    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        append(tmp_path, "spend", next_day(DAY).isoformat(), "epsilon 1", CLOCK)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_ledger_that_grows_beyond_measure_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path, CLOCK, DAY)
    monkeypatch.setattr(ledger, "MOST_BYTES", 10)
    with pytest.raises(LedgerError, match="longer"):
        read_account(tmp_path)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_every_bit_that_flips_is_found(
    booth: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray((booth / FILE).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    assert touched(booth, tmp_path_factory.mktemp("flipped"), bytes(content), known(booth).head.head)


def touched(booth: Path, folder: Path, content: bytes, *heads: str) -> bool:
    """Whether the audit finds that the ledger was replaced by `content`."""
    copy = Path(shutil.copytree(booth, folder / "trends"))
    (copy / FILE).write_bytes(content)
    try:
        sound_account(copy, heads)
    except LedgerError:
        return True
    finally:
        shutil.rmtree(copy)
    return False


def test_every_byte_that_changes_is_found(booth: Path) -> None:
    """All of them, by the chain alone but for the last line's end, which the releases find."""
    content = (booth / FILE).read_bytes()
    lines = content.splitlines(keepends=True)
    for place in range(len(content) - len(lines[-1])):
        flipped = bytearray(content)
        flipped[place] ^= 0x01
        with pytest.raises((LedgerError, ValueError)):
            chain_of(bytes(flipped))
    assert len(chain_of(content)) == 7


def chain_of(content: bytes) -> list[Line]:
    lines: list[Line] = []
    for line in content.split(b"\n")[:-1]:
        lines.append(ledger.next_line(line, lines))
    if lines[-1].kind != "release":
        raise ValueError("cut off")
    return lines


def test_an_end_that_is_cut_off_is_found_by_the_releases(booth: Path, tmp_path: Path) -> None:
    content = (booth / FILE).read_bytes()
    lines = content.splitlines(keepends=True)
    assert not touched(booth, tmp_path, content)
    for kept in range(len(lines)):
        assert touched(booth, tmp_path, b"".join(lines[:kept])) == (kept < len(lines) - 1), kept


def test_a_last_line_that_is_gone_is_found_by_whoever_has_a_later_head(copy: Path) -> None:
    head = known(copy).head.head
    lines = (copy / FILE).read_bytes().splitlines(keepends=True)
    (copy / FILE).write_bytes(b"".join(lines[:-1]))
    assert sound_account(copy) is not None
    with pytest.raises(LedgerError, match=f"{head} is gone"):
        sound_account(copy, [head])


def test_a_copy_that_is_put_back_with_its_releases_is_found_by_a_later_head(
    booth: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    press = Press(desk_in(folder))
    press.open(clock_at(DAY), DAY, [])
    shutil.copytree(folder / "trends", tmp_path / "old")
    press.release(alike(DARK, 300, DAY), clock_at(next_day(DAY)), next_day(DAY), [])
    shutil.rmtree(folder / "trends")
    shutil.copytree(tmp_path / "old", folder / "trends")
    with pytest.raises(LedgerError, match="cut or put back"):
        press.release(alike(DARK, 300, DAY), clock_at(next_day(DAY)), next_day(DAY), [])
    assert len(known(folder / "trends").lines) == 1


def test_a_ledger_that_is_gone_is_found_by_the_releases(copy: Path) -> None:
    (copy / FILE).unlink()
    with pytest.raises(LedgerError, match="cut or put back"):
        sound_account(copy)


def test_another_ledger_in_its_place_is_found(copy: Path) -> None:
    (copy / FILE).unlink()
    begin(copy, CLOCK, DAY)
    spend(copy, next_day(DAY), "release")
    assert "cut or put back" in faults_of(copy, known(copy))[0]


def test_a_release_that_was_changed_is_found(copy: Path) -> None:
    file = copy / f"{DAY}.json"
    values = json.loads(file.read_bytes())
    values["passages"]["count"] += 1
    file.write_text(json.dumps(values))
    with pytest.raises(LedgerError, match="not the release that was sent"):
        sound_account(copy)


def forged(folder: Path, day: date, ledger: str) -> None:
    """A release that the booth never made, which names a line that there is."""
    values = json.loads((folder / f"{DAY}.json").read_bytes())
    (folder / f"{day}.json").write_text(json.dumps({**values, "day": str(day), "ledger": ledger}))


def test_a_release_of_a_day_that_its_line_did_not_pay_for_is_found(copy: Path) -> None:
    for line in known(copy).lines:
        forged(copy, next_day(DAY, -5), line.head)
        with pytest.raises(LedgerError, match="did not pay for 2026-11-20"):
            sound_account(copy)


def test_a_release_of_a_day_that_was_withheld_or_lost_is_found(copy: Path) -> None:
    for number, what in ((3, "withheld"), (4, "lost")):
        day = next_day(DAY, number)
        line = append(copy, "spend", day.isoformat(), "epsilon 1", CLOCK)
        forged(copy, day, line.head)
        assert sound_account(copy) is not None, "its fate is open"
        append(copy, what, day.isoformat(), {"withheld": WITHHELD, "lost": LOST}[what], CLOCK)
        with pytest.raises(LedgerError, match="not the release that was sent"):
            sound_account(copy)
        (copy / f"{day}.json").unlink()


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"ledger": 3}', b"[" * 5000])
def test_a_file_that_is_no_release_is_a_fault_and_no_crash(copy: Path, content: bytes) -> None:
    (copy / f"{next_day(DAY, 9)}.json").write_bytes(content)
    with pytest.raises(LedgerError, match="did not pay for"):
        sound_account(copy)


def test_a_release_that_was_deleted_is_no_fault(copy: Path) -> None:
    (copy / f"{DAY}.json").unlink()
    assert sound_account(copy) is not None


@given(st.binary(max_size=200))
def test_other_bytes_are_no_line(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        line_from(content)


@pytest.mark.parametrize(
    "change",
    [
        {"n": 0}, {"kind": "spent"}, {"note": "epsilon one"}, {"day": "2026-13-01"}, {"at": "now"}, {"prev": "0"},
    ],
)  # fmt: skip
def test_a_line_of_another_form_is_refused_at_birth(change: dict[str, object]) -> None:
    values: dict[str, object] = {
        "n": 2, "at": CLOCK.minute, "kind": "spend", "day": str(DAY), "note": "epsilon 1", "prev": SUM,
    }  # fmt: skip
    make: Callable[..., Line] = Line
    make(**values)
    with pytest.raises(ValueError, match=r".+"):
        make(**{**values, **change})


def test_a_folder_that_is_a_link_or_somebody_elses_holds_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "trends").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="no folder of the user"):
        Press(desk_in(tmp_path)).open(CLOCK, DAY, [])
    (tmp_path / "trends").unlink()
    (tmp_path / "trends").mkdir()
    if os.geteuid() == 0:
        os.chown(tmp_path / "trends", 12345, 12345)
        with pytest.raises(LedgerError, match="no folder of the user"):
            Press(desk_in(tmp_path)).open(CLOCK, DAY, [])
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", [FILE, "usual.json", f"{DAY}.json"])
def test_what_was_laid_in_a_files_place_holds_nobody_up(tmp_path: Path, name: str) -> None:
    """A pipe that nobody writes to; the release goes on or says why not."""
    press = Press(desk_in(tmp_path))
    if name != FILE:
        press.open(CLOCK, DAY, [])
    (tmp_path / "trends").mkdir(exist_ok=True)
    os.mkfifo(tmp_path / "trends" / name)
    try:
        press.release(alike(DARK, 300, DAY), clock_at(next_day(DAY)), next_day(DAY), [])
    except (LedgerError, OSError):
        assert name != "usual.json"
