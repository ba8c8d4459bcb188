"""The logbook shows every touch: a byte flipped, a line taken out, the end cut off; and holds nothing of anybody."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.clock import Clock
from appliance.logbook import head_words, record
from appliance.logbook.chain import FILE, OLDER, Head, faults_of, head_of, links_of
from appliance.logbook.entry import BEGIN, FORMS, Entry, canonical, entry_from
from tests.command import booth

CLOCK = Clock(1_795_000_000.0, synced=True)
MODES = ("open-street", "opt-in-zone")


def written(folder: Path, entries: int = 6) -> bytes:
    """A logbook of so many entries; its bytes."""
    for number in range(entries):
        assert record(folder, "vision", "mode", MODES[number % 2], CLOCK)
    return (folder / FILE).read_bytes()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("book"))


def faults(folder: Path, content: bytes, head: str = "") -> list[str]:
    (folder / FILE).write_bytes(content)
    return faults_of(folder, head)


def test_a_sound_logbook_has_no_fault(tmp_path: Path, book: bytes) -> None:
    assert faults(tmp_path, book) == []
    assert [link.entry.n for link in links_of(tmp_path) if link.entry] == [1, 2, 3, 4, 5, 6]
    assert faults_of(tmp_path, head_words(tmp_path)) == []


def test_every_single_flipped_byte_is_found_at_its_line_or_the_next(tmp_path: Path, book: bytes) -> None:
    starts = list(itertools.accumulate(len(line) + 1 for line in book.split(b"\n")))
    for place in range(len(book)):
        flipped = bytearray(book)
        flipped[place] ^= 1
        found = faults(tmp_path, bytes(flipped))
        line = next(number for number, end in enumerate(starts, start=1) if place < end)
        assert found, place
        assert int(found[0].split(":")[1]) == line, (place, found)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_other_change_of_a_byte_is_found_too(
    tmp_path: Path, book: bytes, place: int, change: int
) -> None:
    content = bytearray(book)
    content[place % len(content)] ^= change
    assert faults(tmp_path, bytes(content))


@given(st.permutations(range(6)), st.sets(st.integers(0, 5), max_size=3))
def test_lines_that_are_moved_or_taken_out_are_missed(
    tmp_path: Path, book: bytes, order: list[int], gone: set[int]
) -> None:
    lines = book.splitlines(keepends=True)
    kept = [number for number in order if number not in gone]
    whole = kept == list(range(kept[0], kept[0] + len(kept)))
    assert bool(faults(tmp_path, b"".join(lines[number] for number in kept))) != whole
    # What is whole has lost its beginning, as the years take it, or its end: that the head of a status shows.
    if whole and kept[-1] != 5:
        assert faults_of(tmp_path, f"6:{entry_from(lines[5][:-1]).hash[:12]}")


def test_a_line_that_was_written_anew_with_a_fitting_hash_breaks_the_next(
    tmp_path: Path, book: bytes
) -> None:
    lines = book.splitlines(keepends=True)
    values = json.loads(lines[2])
    values.pop("hash")
    forged = Entry(**{**values, "by": "field"})
    lines[2] = forged.line
    assert faults(tmp_path, b"".join(lines)) == [
        f"{FILE}:4: does not follow on the line before, which was changed"
    ]


def test_a_chain_that_was_made_anew_from_the_change_on_is_betrayed_by_an_old_status(tmp_path: Path) -> None:
    written(tmp_path)
    told = head_words(tmp_path)
    (tmp_path / FILE).unlink()
    written(tmp_path / "other", 2)
    record(tmp_path / "other", "field", "mode", "open-street", CLOCK)
    written(tmp_path / "other", 4)
    assert head_of(tmp_path / "other").n >= 6
    assert faults_of(tmp_path / "other", "") == []
    assert faults_of(tmp_path / "other", told) == ["entry 6 is another than the one that was told"]


@pytest.mark.parametrize("head", ["6", "six:000000000000", "6:0000", "6:00000000000g", " 6:000000000000"])
def test_what_is_no_head_is_refused(tmp_path: Path, book: bytes, head: str) -> None:
    with pytest.raises(ValueError, match="N:HASH12"):
        faults(tmp_path, book, head)


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize(
    "value",
    [
        "rtsp://admin:hunter2@10.0.0.3/stream",
        "anna.svensson@example.com",
        "Anna Svensson",
        "10.0.0.3",
        "seen at the corner",
        "",
        "a" * 200,
    ],
)
def test_no_name_and_no_address_has_a_place_in_it(tmp_path: Path, kind: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"no .* of the logbook"):
        record(tmp_path, "vision", kind, value)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_whatever_fits_is_short_plain_and_comes_back_the_same(kind: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(re.compile(FORMS[kind], re.ASCII), fullmatch=True))
    entry = Entry(1, CLOCK.minute, True, "update", kind, "", value, BEGIN)
    assert entry_from(entry.line[:-1]) == entry
    assert len(entry.line) < 512
    assert set(json.loads(entry.line)) == {
        "at", "by", "clock_synced", "hash", "kind", "n", "now", "prev", "was",
    }  # fmt: skip


@given(st.binary(max_size=200) | st.from_type(dict).map(str).map(str.encode))
def test_no_bytes_raise_anything_but_the_error_for_a_line(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        entry_from(line)


def test_the_same_entry_with_another_key_or_order_is_none(book: bytes) -> None:
    values = json.loads(book.splitlines()[0])
    for other in ({**values, "name": "anna"}, {**values, "at": "2026-11-26T10:01:01Z"}):
        with pytest.raises(ValueError, match=r"no|hash"):
            entry_from(canonical(other))
    with pytest.raises(ValueError, match="hash"):
        entry_from(json.dumps(values).encode())


def test_nothing_is_written_twice_in_a_row(tmp_path: Path) -> None:
    for _ in range(3):
        assert record(tmp_path, "vision", "bank", "none", CLOCK)
        assert record(tmp_path, "vision", "mode", "open-street", CLOCK)
    assert head_of(tmp_path).n == 2


def test_each_entry_says_what_was_before(tmp_path: Path) -> None:
    record(tmp_path, "vision", "mode", "open-street", CLOCK)
    record(tmp_path, "update", "update", "trying 0.2.0", CLOCK)
    record(tmp_path, "vision", "mode", "opt-in-zone", CLOCK)
    entries = [link.entry for link in links_of(tmp_path) if link.entry]
    told = [(entry.n, entry.by, entry.kind, entry.was, entry.now) for entry in entries]
    assert told == [
        (1, "vision", "mode", "", "open-street"),
        (2, "update", "update", "", "trying 0.2.0"),
        (3, "vision", "mode", "open-street", "opt-in-zone"),
    ]


def test_the_command_prints_what_changed_and_says_where_it_is_broken(tmp_path: Path) -> None:
    content = written(tmp_path, 3)
    done = booth("logbook", "--state", tmp_path)
    assert done.code == 0
    assert "    2 2026-11-18T" in done.out
    assert "vision: mode open-street -> opt-in-zone" in done.out
    assert done.out.splitlines()[-1] == f"whole up to {head_words(tmp_path)}"
    (tmp_path / FILE).write_bytes(content.replace(b"opt-in-zone", b"opt-in-zoNe", 1))
    broken = booth("logbook", "--state", tmp_path, "--verify")
    assert broken.code == 1
    assert f"{FILE}:2: " in broken.out
    as_json = booth("logbook", "--state", tmp_path, "--json")
    assert as_json.code == 1
    assert json.loads(as_json.out.splitlines()[-1])["whole"] is False


def test_the_command_asks_whether_an_old_status_still_fits(tmp_path: Path) -> None:
    content = written(tmp_path, 3)
    told = head_words(tmp_path)
    assert booth("logbook", "--state", tmp_path, "--head", told).code == 0
    (tmp_path / FILE).write_bytes(b"".join(content.splitlines(keepends=True)[:2]))
    done = booth("logbook", "--state", tmp_path, "--head", told)
    assert done.code == 1
    assert "entry 3 is gone: the chain was cut off at 2" in done.out
    assert booth("logbook", "--state", tmp_path, "--head", "x").code == 1


def test_an_older_status_than_all_that_is_kept_is_no_proof_of_anything(tmp_path: Path) -> None:
    """Whoever takes the oldest lines away must not hear that all is whole up to there."""
    content = written(tmp_path, 4)
    told = str(Head(1, entry_from(content.splitlines()[0]).hash))
    assert faults_of(tmp_path, told) == []
    (tmp_path / FILE).write_bytes(b"".join(content.splitlines(keepends=True)[2:]))
    done = booth("logbook", "--state", tmp_path, "--head", told)
    assert done.code == 1
    assert "entry 1 is older than what is kept, from 3 on" in done.out


def test_an_empty_folder_has_an_empty_logbook(tmp_path: Path) -> None:
    assert head_words(tmp_path) == "none"
    assert booth("logbook", "--state", tmp_path).out == "whole up to 0:000000000000\n"
    assert not any((tmp_path / name).exists() for name in OLDER)


@pytest.mark.parametrize("n", [10**4300 - 1, 10**9 + 1, 1.0, True])
def test_a_number_that_no_booth_counts_to_stops_no_booth(tmp_path: Path, n: int) -> None:
    written(tmp_path)
    forged = Entry(n, CLOCK.minute, True, "uplink", "mode", "", "open-street", BEGIN)
    with (tmp_path / FILE).open("ab") as book:
        book.write(forged.line)
    assert record(tmp_path, "vision", "law", "se", CLOCK)
    assert head_words(tmp_path).startswith("8:")
    assert len(faults_of(tmp_path)) == 1
