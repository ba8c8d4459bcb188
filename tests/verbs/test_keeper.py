"""A bank on its way to the disk: nobody who learns waits for it, and whatever becomes of it is a state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.artifacts import MIN_SUPPORTERS, Bank, load_bank
from appliance.health.clock import Clock
from appliance.verbs.apprentice import RENEW_EVERY_S, Apprentice
from appliance.verbs.keeper import HANGS, HANGS_S
from appliance.verbs.scribe import Work
from appliance.vision.descriptor import VERSION
from calibration.street import Street
from tests.streets import passage, random_measures

NOW = Clock(1_795_000_000.0, synced=True)
PEOPLE, MORE = 40, MIN_SUPPORTERS
"Who make the first bank, and the next one."


class Learner:
    """An apprentice whom so many people have passed, and the writes that he has handed over."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.waiting: list[Work] = []
        self.apprentice = Apprentice(Street(), file, 0.0, hand=self.waiting.append)
        self.rng = np.random.default_rng(0)
        self.now_s = 0.0
        self.pass_by(PEOPLE)

    def pass_by(self, people: int) -> None:
        for _ in range(people):
            self.apprentice.see([passage(1, random_measures(self.rng))], self.now_s)

    def tend(self, after_s: float) -> Bank | None:
        self.now_s += after_s
        return self.apprentice.tend(self.now_s, lambda: NOW)

    def write(self) -> None:
        """The disk takes or refuses all that waits."""
        while self.waiting:
            self.waiting.pop(0)()


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path / "street.bank")


def test_what_is_written_later_is_the_bank_as_it_was_then(learner: Learner) -> None:
    bank = learner.tend(1.0)
    assert bank is not None
    learner.pass_by(200)
    assert not learner.file.exists()
    learner.write()
    kept = load_bank(learner.file, VERSION)
    assert (kept.id, kept.passages) == (bank.id, PEOPLE)


def test_a_disk_that_refuses_is_a_state_as_soon_as_that_is_known(learner: Learner) -> None:
    learner.file.mkdir()
    assert learner.tend(1.0) is not None
    assert learner.apprentice.state == "ok"
    learner.write()
    assert learner.apprentice.state.startswith("not kept: ")
    learner.file.rmdir()
    learner.pass_by(MORE)
    assert learner.tend(1.0) is not None
    learner.write()
    assert learner.apprentice.state == "ok"


def test_a_disk_that_hangs_is_a_state_told_once_until_it_has_the_newest_bank(
    learner: Learner, caplog: pytest.LogCaptureFixture
) -> None:
    learner.tend(1.0)
    states = []
    for after_s in (HANGS_S - 1, 2.0, RENEW_EVERY_S, RENEW_EVERY_S):
        learner.pass_by(MORE)
        learner.tend(after_s)
        states.append(learner.apprentice.state)
    hangs = f"not kept: {learner.file}: {HANGS}"
    assert states == ["ok", hangs, hangs, hangs]
    assert caplog.text.count(HANGS) == 1
    learner.waiting.pop(0)()
    learner.tend(1.0)
    assert learner.apprentice.state == hangs
    learner.write()
    learner.tend(1.0)
    assert learner.apprentice.state == "ok"
    assert load_bank(learner.file, VERSION).passages == PEOPLE + 4 * MORE


def test_the_last_bank_is_handed_over_at_the_end(learner: Learner) -> None:
    learner.tend(1.0)
    learner.pass_by(MORE)
    learner.apprentice.close(learner.now_s, NOW)
    learner.write()
    assert load_bank(learner.file, VERSION).passages == PEOPLE + MORE
