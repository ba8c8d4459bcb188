"""Who is an exception: passages and the judge's figures in, one decision per passage out."""

from __future__ import annotations

import numpy as np

from appliance.config import Rule
from appliance.records import Decision, FloatArray, Passage
from appliance.vision.novelty import Judge, Novelty
from appliance.vision.reasons import reasons


class Decider:
    """Judges passages against a bank by the wanted share."""

    def __init__(self, rule: Rule, judge: Judge) -> None:
        self._rule = rule
        self._judge = judge

    def decide(self, passages: list[Passage]) -> list[Decision]:
        """One decision per passage, in the same order; passages without a view are abstained from."""
        seen = [passage for passage in passages if not passage.abstained]
        novelty = self._judge.judge(stacked(seen, self._judge)) if seen else None
        row = iter(range(len(seen)))
        return [
            abstention(passage)
            if passage.abstained or novelty is None
            else self._decision(passage, novelty, next(row))
            for passage in passages
        ]

    def _decision(self, passage: Passage, novelty: Novelty, row: int) -> Decision:
        rarity = float(novelty.rarities[row])
        surprises = {name: float(nats[row]) for name, nats in novelty.surprises.items()}
        return Decision(
            track=passage.track,
            at_s=passage.at_s,
            box=passage.box,
            rarity=rarity,
            distance=float(novelty.distances[row]),
            why=reasons(surprises, passage.measures, self._usual(novelty, row)),
            zone=passage.zone,
            exception=rarity >= 1 - self._rule.wanted_share,
        )

    def _usual(self, novelty: Novelty, row: int) -> dict[str, FloatArray]:
        bank = self._judge.bank.measures
        return {
            name: bank[name].prototypes[rows[row]] * bank[name].spread + bank[name].centre
            for name, rows in novelty.nearest.items()
        }


def stacked(passages: list[Passage], judge: Judge) -> dict[str, FloatArray]:
    """Vectors of N >= 1 passages as one matrix (N, D) per measure of the bank."""
    return {name: np.stack([passage.measures[name] for passage in passages]) for name in judge.bank.measures}


def abstention(passage: Passage) -> Decision:
    """The decision that nothing can be said."""
    return Decision(
        passage.track,
        passage.at_s,
        passage.box,
        0.0,
        0.0,
        (),
        passage.zone,
        exception=False,
        abstained=passage.abstained,
    )
