"""Learning into a file: it goes on where an earlier run was cut off, knows its sources, and starts afresh on demand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.artifacts import BankError, load_bank, save_bank, write_atomically
from appliance.errors import BoothError
from appliance.records import Passage
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.novelty import Judge
from calibration.learn import Lesson
from tests.streets import passage, random_bank

VERSION = "descriptor/1"
DAY = "2026-11-22"


def people(seed: int, count: int) -> list[Passage]:
    rng = np.random.default_rng(seed)
    return [
        passage(i, {"colour": rng.random(6, np.float32), "texture": rng.random(4, np.float32)}, at_s=float(i))
        for i in range(count)
    ]


def attend(lesson: Lesson, key: str, passages: list[Passage], stop_after: int | None = None) -> None:
    """One source, or its first passages as if the machine had then been switched off."""
    known = lesson.begin(key)
    for one in passages[known:stop_after]:
        lesson.see(one, one.at_s)
    if stop_after is None:
        lesson.end()


def test_a_source_is_known_once_it_is_saved_and_not_before(tmp_path: Path) -> None:
    file = tmp_path / "bank"
    first = Lesson(file, VERSION, 1, DAY)
    attend(first, "monday", people(1, 30))
    assert first.knows("monday")
    assert not Lesson(file, VERSION, 1, DAY).knows("monday")
    first.save()
    again = Lesson(file, VERSION, 1, DAY)
    assert again.knows("monday")
    assert not again.knows("tuesday")
    assert again.street.people == 30


@pytest.mark.parametrize("cut", [0, 5, 25, 40, 59])
def test_whoever_was_saved_is_learned_once_however_often_it_is_cut_off(tmp_path: Path, cut: int) -> None:
    file, street = tmp_path / "bank", people(2, 60)
    attend(first := Lesson(file, VERSION, 1, DAY), "monday", street, stop_after=cut)
    first.save()
    second = Lesson(file, VERSION, 1, DAY)
    attend(second, "monday", street)
    assert second.close().people == 60
    assert load_bank(file, VERSION).passages == 60


def test_going_on_gives_nearly_the_bank_of_one_run(tmp_path: Path) -> None:
    street = people(3, 100)
    attend(whole := Lesson(tmp_path / "whole", VERSION, 1, DAY), "monday", street)
    whole.close()
    attend(first := Lesson(tmp_path / "cut", VERSION, 1, DAY), "monday", street, stop_after=70)
    first.save()
    attend(second := Lesson(tmp_path / "cut", VERSION, 1, DAY), "monday", street)
    second.close()
    one, other = (load_bank(tmp_path / name, VERSION) for name in ("whole", "cut"))
    new = {name: np.stack([person.measures[name] for person in people(4, 200)]) for name in one.measures}
    rarities = [Judge(bank, 1, CpuNeighbours).judge(new).rarities for bank in (one, other)]
    # Not the same: how prototypes were about to split is not stored.
    assert np.corrcoef(rarities)[0, 1] > 0.7
    assert abs((rarities[0] >= 0.95).mean() - (rarities[1] >= 0.95).mean()) < 0.05


@pytest.mark.parametrize("broken", ["journal", "bank"])
def test_a_crash_between_journal_and_bank_loses_nothing_and_counts_nobody_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    file = tmp_path / "bank"
    first = Lesson(file, VERSION, 1, DAY)
    attend(first, "monday", people(4, 30))
    first.save()
    attend(first, "tuesday", people(5, 30))

    def crash(path: Path, content: bytes) -> None:
        if path.name.endswith("journal") == (broken == "journal"):
            raise KeyboardInterrupt
        write_atomically(path, content)

    for place in ("calibration.journal.write_atomically", "appliance.artifacts.file.write_atomically"):
        monkeypatch.setattr(place, crash)
    with pytest.raises(KeyboardInterrupt):
        first.save()
    monkeypatch.undo()
    second = Lesson(file, VERSION, 1, DAY)
    assert (second.knows("monday"), second.knows("tuesday")) == (True, False)
    assert second.street.people == 30


def test_nothing_new_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bank"
    attend(first := Lesson(file, VERSION, 1, DAY), "monday", people(6, 30))
    learned, content = first.close(), file.read_bytes()
    assert Lesson(file, VERSION, 1, "2026-11-30").close() == learned
    assert file.read_bytes() == content


def test_the_same_people_make_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "other"):
        attend(lesson := Lesson(tmp_path / name, VERSION, 1, DAY), "monday", people(6, 70))
        lesson.close()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_afresh_forgets_what_was_learned(tmp_path: Path) -> None:
    file = tmp_path / "bank"
    attend(first := Lesson(file, VERSION, 1, DAY), "monday", people(7, 30))
    first.close()
    attend(second := Lesson(file, VERSION, 1, DAY, again=True), "monday", people(8, 40))
    assert second.close().people == 40
    assert Lesson(file, VERSION, 1, DAY).street.people == 40


def test_a_bank_that_cannot_be_gone_on_with_names_the_cure(tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"no bank")
    save_bank(random_bank(), tmp_path / "finished")
    for name in ("none", "finished"):
        with pytest.raises(BankError, match=r"start afresh: booth learn --again"):
            Lesson(tmp_path / name, VERSION, 1, DAY)
        Lesson(tmp_path / name, VERSION, 1, DAY, again=True)


def test_the_days_of_learning_are_kept_as_dates(tmp_path: Path) -> None:
    file = tmp_path / "bank"
    for day, source in ((DAY, "monday"), ("2026-12-01", "tuesday")):
        attend(lesson := Lesson(file, VERSION, 1, day), source, people(9, 30))
        lesson.close()
    assert load_bank(file, VERSION).days == (DAY, "2026-12-01")


def test_too_few_people_leave_no_file(tmp_path: Path) -> None:
    attend(lesson := Lesson(tmp_path / "bank", VERSION, 1, DAY), "monday", people(10, 9))
    assert lesson.save() is None
    with pytest.raises(BoothError, match="only 9 people"):
        lesson.close()
    assert list(tmp_path.iterdir()) == []
