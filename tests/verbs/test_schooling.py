"""Learning switched from afar: a rest learns nothing and loses nothing, and the newest bank is judged by."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.artifacts import load_bank
from appliance.config import Settings
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.verbs.apprentice import KEPT
from appliance.verbs.figures import Figures
from appliance.verbs.schooling import Schooling
from appliance.vision.descriptor import VERSION
from appliance.vision.pipeline import Step
from tests.streets import passage, random_measures, tracks

EYES = cast(Eyes, SimpleNamespace(wing=SimpleNamespace(neighbours=CpuNeighbours)))

FEW = "learning: fewer than ten people so far"


class School:
    """A schooling, and people who pass it one a second."""

    def __init__(self, folder: Path, learning: bool = True) -> None:
        self.folder = folder
        self.now_s = 0.0
        self.figures = Figures(folder / "run")
        self.rng = np.random.default_rng(0)
        self.schooling = Schooling(self.settings(learning), EYES, None, self.figures, self.now_s)

    def settings(self, learning: bool) -> Settings:
        folders = {"state": self.folder, "runtime": self.folder / "run"}
        return Settings.model_validate({"folders": folders, "novelty": {"learning": learning}})

    def switch(self, learning: bool) -> Any:
        return self.schooling.switch(self.settings(learning), self.now_s)

    def pass_by(self, people: int) -> None:
        for _ in range(people):
            self.now_s += 1
            settled = [passage(1, random_measures(self.rng))]
            self.schooling.learn(Step(tracks({}), settled, [], "ok", 0, (51, 66)), self.now_s)
            self.schooling.tend(self.now_s)

    def progress(self) -> tuple[int, int]:
        return int(self.figures._values["learned"]), int(self.figures._values["needed"])

    def learning(self) -> str:
        return str(self.figures._values["learning"])


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(tmp_path)


def test_a_rest_keeps_what_was_learned_and_brings_its_judge(school: School) -> None:
    school.pass_by(61)
    judge = school.switch(learning=False)
    assert school.schooling.judge is not None
    assert school.schooling.judge is judge
    assert judge.bank.passages == load_bank(school.folder / KEPT, VERSION).passages == 61


def test_nobody_is_learned_during_a_rest_and_learning_goes_on_after_it(school: School) -> None:
    school.pass_by(61)
    school.switch(learning=False)
    school.pass_by(50)
    assert school.learning() == "off"
    school.schooling.close(school.now_s)
    assert load_bank(school.folder / KEPT, VERSION).passages == 61
    assert school.switch(learning=True) is None
    school.pass_by(12)
    assert school.learning() == "ok"
    school.schooling.close(school.now_s)
    assert load_bank(school.folder / KEPT, VERSION).passages == 73


def test_a_booth_whose_files_say_no_learning_begins_when_it_is_wished(tmp_path: Path) -> None:
    school = School(tmp_path, learning=False)
    school.pass_by(30)
    assert school.learning() == "off"
    school.switch(learning=True)
    school.pass_by(40)
    school.schooling.close(school.now_s)
    assert load_bank(tmp_path / KEPT, VERSION).passages == 40


def test_the_same_wish_again_changes_nothing(school: School) -> None:
    school.pass_by(5)
    assert school.switch(learning=True) is None
    assert (school.learning(), school.progress()[0]) == (FEW, 5)


def test_who_is_forgotten_is_not_learned(school: School) -> None:
    school.pass_by(9)
    school.schooling.forget()
    school.pass_by(3)
    assert (school.learning(), school.progress()[0]) == (FEW, 3)


def test_how_far_learning_is_are_two_numbers_before_there_is_a_bank_and_after(school: School) -> None:
    school.pass_by(5)
    assert school.progress() == (5, 66)
    school.pass_by(38)
    school.switch(learning=False)
    school.pass_by(1)
    assert school.progress() == (51, 66), "what the pipeline says of its bank"


def test_who_learns_nothing_knows_nobody(tmp_path: Path) -> None:
    school = School(tmp_path, learning=False)
    school.pass_by(3)
    assert school.progress() == (0, 66)


def test_no_single_person_moves_what_is_told_afar_of_learning(school: School) -> None:
    told = []
    for _ in range(35):
        school.pass_by(1)
        told.append(school.learning())
    assert len(set(told)) <= 4, told
