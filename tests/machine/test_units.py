"""Drop-ins on disk: at once or not at all, only what is stale, and the same a second time."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.machine.units import file_of, stale, write

TEXTS = {"vision": "[Service]\nDeviceAllow=/dev/video0 rw\n", "uplink": "", "display": ""}


def test_what_is_written_is_not_stale(tmp_path: Path) -> None:
    assert write(TEXTS, tmp_path) == [file_of("vision", tmp_path)]
    assert stale(TEXTS, tmp_path) == []
    assert file_of("vision", tmp_path).read_text() == TEXTS["vision"]


def test_a_second_time_nothing_is_touched(tmp_path: Path) -> None:
    write(TEXTS, tmp_path)
    before = file_of("vision", tmp_path).stat().st_mtime_ns
    assert write(TEXTS, tmp_path) == []
    assert file_of("vision", tmp_path).stat().st_mtime_ns == before


def test_a_drop_in_that_is_not_wanted_any_more_goes(tmp_path: Path) -> None:
    write(TEXTS, tmp_path)
    assert write({**TEXTS, "vision": ""}, tmp_path) == [file_of("vision", tmp_path)]
    assert not file_of("vision", tmp_path).exists()


def test_somebodys_own_drop_in_stays(tmp_path: Path) -> None:
    own = file_of("vision", tmp_path).with_name("60-own.conf")
    write(TEXTS, tmp_path)
    own.write_text("[Service]\nNice=5\n")
    write({**TEXTS, "vision": ""}, tmp_path)
    assert own.exists()


def test_a_link_under_the_name_of_the_draft_is_not_followed(tmp_path: Path) -> None:
    import os

    from appliance.disk import write_durably

    victim, target = tmp_path / "victim", tmp_path / "notice-machine.json"
    victim.write_text("whole")
    (tmp_path / f".{target.name}.{os.getpid()}.part").symlink_to(victim)
    write_durably(target, b"news", "cure")
    assert victim.read_text() == "whole"
    assert target.read_bytes() == b"news"


texts = st.fixed_dictionaries(
    {name: st.sampled_from(["", "[Service]\nA=1\n", "[Service]\nB=2\n"]) for name in TEXTS}
)


@given(st.lists(texts, min_size=1, max_size=6))
def test_whatever_came_before_the_last_wish_is_what_is_there(wishes: list[dict[str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for wish in wishes:
            write(wish, root)
        for process, text in wishes[-1].items():
            file = file_of(process, root)
            assert (file.read_text() if file.exists() else "") == text
