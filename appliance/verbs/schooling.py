"""What is usual, while looking: settled passages and a switch in; the judge of the newest bank, and states, out."""

from __future__ import annotations

import logging

from appliance.app import Eyes
from appliance.artifacts import Bank
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.verbs.apprentice import Apprentice, make_apprentice
from appliance.verbs.figures import Figures
from appliance.verbs.scribe import Hand, do_here
from appliance.vision.novelty import Judge
from appliance.vision.pace import Pace
from appliance.vision.pipeline import Step
from appliance.vision.rarity import least_passages

log = logging.getLogger(__name__)


class Schooling:
    """Owner of the judge in use and of the apprentice, who may be told to rest and to go on."""

    def __init__(
        self,
        settings: Settings,
        eyes: Eyes,
        judge: Judge | None,
        figures: Figures,
        now_s: float,
        hand: Hand = do_here,
    ) -> None:
        """`hand` has a bank written."""
        self.judge = judge
        self._eyes = eyes
        self._figures = figures
        self._learning = settings.novelty.learning
        self._rule = settings.decision
        self._hand = hand
        self._apprentice = make_apprentice(settings, judge, now_s, read_clock(), hand)
        self._unjudged = ""
        "Why the newest bank is not judged by."

    def learn(self, step: Step, now_s: float) -> None:
        """After the judging: nobody is less rare for having passed himself."""
        calibrated, learning = step.calibrated, "off"
        if self._learner is not None:
            self._learner.see(step.passages, now_s)
            learning = self._unjudged or self._learner.state
            calibrated = calibrated if self.judge else learning
        learned, needed = step.progress if self.judge else self._progress()
        self._figures.set(calibrated=calibrated, learning=learning, learned=learned, needed=needed)

    def tend(self, now_s: float) -> Judge | None:
        """To be called at least every few seconds; a judge by a new bank when one is due."""
        bank = self._learner.tend(now_s, read_clock) if self._learner is not None else None
        return self._judge_of(bank) if bank is not None else None

    def switch(self, settings: Settings, now_s: float) -> Judge | None:
        """Learn or rest, as `settings` say now; before a rest what was learned is kept, and may bring a judge."""
        self._rule = settings.decision
        if settings.novelty.learning == self._learning:
            return None
        bank = self._learner.close(now_s, read_clock()) if self._learner is not None else None
        self._learning = settings.novelty.learning
        if self._learning and self._apprentice is None:
            self._apprentice = make_apprentice(settings, self.judge, now_s, read_clock(), self._hand)
        return self._judge_of(bank) if bank is not None else None

    def forget(self) -> None:
        """Drop whoever passed a moment ago and is not part of what was learned yet."""
        if self._learner is not None:
            self._learner.forget()

    def close(self, now_s: float) -> None:
        """Have what was learned kept."""
        if self._learner is not None:
            self._learner.close(now_s, read_clock())
            self._figures.set(learning=self._unjudged or self._learner.state)

    def _progress(self) -> tuple[int, int]:
        """People known and needed before there is a bank, at the share that is wanted at first."""
        known = self._learner.known if self._learner is not None else 0
        return known, least_passages(Pace(self._rule).share(0.0))

    @property
    def _learner(self) -> Apprentice | None:
        """The apprentice while there is one and he does not rest."""
        return self._apprentice if self._learning else None

    def _judge_of(self, bank: Bank) -> Judge | None:
        """Its judge; None, and the last one goes on, where the device has no room for it, which is a state."""
        try:
            self.judge = Judge(bank, bank.neighbours, self._eyes.wing.neighbours)
        except BoothError as error:
            if not self._unjudged:
                log.warning("the new bank is not judged by: %s", error)
            self._unjudged = f"not judged by: {error}"
            return None
        self._unjudged = ""
        self._figures.set(bank=bank.id)
        return self.judge
