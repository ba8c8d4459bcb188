"""The journal beside a bank: whichever bank a crash leaves, it knows what is in it, and it holds nothing of anybody."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.journal import Journal, Progress, key_of

KEYS = st.text("0123456789abcdef", min_size=16, max_size=16)
STATES = st.builds(
    Progress,
    st.text("0123456789abcdef", min_size=12, max_size=12),
    st.lists(KEYS, max_size=4).map(tuple),
    KEYS,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


@given(STATES, STATES)
def test_both_the_old_and_the_new_bank_are_known(tmp_path: Path, before: Progress, after: Progress) -> None:
    journal = Journal(tmp_path / "street.bank")
    journal.write(before, after)
    assert journal.read(after.bank) == after
    if after.bank != before.bank:
        assert journal.read(before.bank) == before


def test_a_source_that_brought_nobody_is_done_too(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "street.bank")
    journal.write(Progress("a"), Progress("a", ("empty",)))
    assert journal.read("a").done == ("empty",)


def test_of_another_bank_nothing_is_known(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "street.bank")
    assert journal.read("a") == Progress("a")
    journal.write(Progress(), Progress("b", ("key",)))
    assert journal.read("a") == Progress("a")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"entries": [{"bank": 1}]}', b"\xff\xfe", b'{"entries": [7]}']
)
def test_a_damaged_journal_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "street.bank.journal").write_bytes(content)
    assert Journal(tmp_path / "street.bank").read("a") == Progress("a")


def test_a_journal_holds_keys_and_counts_only(tmp_path: Path) -> None:
    file = tmp_path / "anna.mp4"
    file.write_bytes(b"frames")
    Journal(tmp_path / "street.bank").write(Progress(), Progress("b", (key_of(str(file), ""),), "", 0, 3))
    content = (tmp_path / "street.bank.journal").read_text()
    assert "anna" not in content
    assert set(json.loads(content)["entries"][1]) == {"bank", "done", "part", "passages", "abstained"}


def test_a_file_has_a_key_until_it_or_the_wanted_part_changes(tmp_path: Path) -> None:
    file = tmp_path / "clip.avi"
    file.write_bytes(b"frames")
    keys = {key_of(str(file), "first half"), key_of(str(file), "all")}
    assert key_of(str(file), "all") in keys
    os.utime(file, ns=(1, 1))
    keys.add(key_of(str(file), "all"))
    assert len(keys) == 3
    assert all(len(key) == 16 for key in keys)


@pytest.mark.parametrize("source", ["rtsp://camera/1", "v4l2:/dev/video0", "test:", "gone.mp4"])
def test_a_camera_has_no_key(source: str) -> None:
    assert key_of(source, "") == ""
