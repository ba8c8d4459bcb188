"""Who is an exception: passages and the judge's figures in, one decision per passage out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from appliance.config import Rule
from appliance.records import Decision, FloatArray, Passage
from appliance.vision.novelty import Judge, Novelty
from appliance.vision.outfits import outfit_of
from appliance.vision.pace import Pace
from appliance.vision.rarity import enough, least_passages, readiness, share_interval
from appliance.vision.reasons import reasons

DOUBT, MOST_DOUBT = 4.0, 0.5
"""A passage whose rarity lies within so many times the wanted share of 1, but not farther than the second, waits.

One view tells the rarity to .13 on the average, two to .08, three to .06 (29 passages of street video).
"""


class Decider:
    """Judges passages against a bank by the wanted share or rate. Owner: the vision loop."""

    def __init__(self, rule: Rule, judge: Judge, least_views: int = 1) -> None:
        """Fewer than `least_views` views are too few for an exception: one bad crop shall not decide."""
        self._pace = Pace(rule)
        self._judge = judge
        self._least_views = least_views

    def adopt(self, judge: Judge) -> None:
        """Judge by a newer bank from now on; what is known of the street's pace stays."""
        self._judge = judge

    def wish(self, rule: Rule) -> None:
        """Tell as many as `rule` says from now on."""
        self._pace.rule = rule

    def readiness(self, now_s: float) -> str:
        """'ok', or why no exception is told at `now_s`: the bank has seen too few passages for so small a share."""
        return readiness(self._pace.share(now_s), self._judge.references)

    def progress(self, now_s: float) -> tuple[int, int]:
        """Passages that the bank has seen, and how many it takes to tell of anybody at `now_s`."""
        return int(self._judge.references), least_passages(self._pace.share(now_s))

    def interval(self, rarity: float) -> tuple[float, float]:
        """Between which rarities the true one lies with 90 % probability, given how few passages are known."""
        low, high = share_interval(1 - rarity, self._judge.references)
        return 1 - float(high), 1 - float(low)

    def decide(self, passages: list[Passage]) -> list[Decision]:
        """One decision per passage, in the same order; passages without a view are abstained from.

        A passage that is not final and near the threshold comes back unsettled: never an exception yet.
        """
        seen = [passage for passage in passages if not passage.abstained]
        novelty = self._judge.judge(stacked(seen, self._judge)) if seen else None
        row = iter(range(len(seen)))
        return [
            abstention(passage)
            if passage.abstained or novelty is None
            else self._decision(passage, novelty, next(row))
            for passage in passages
        ]

    def answer(self, passages: list[Passage]) -> list[Decision]:
        """One decision for each of N >= 1 people who asked: no exceptions, and nothing is counted of them."""
        novelty = self._judge.judge(stacked(passages, self._judge))
        return [
            replace(asked(passage), judged=True, **self._figures(passage, novelty, row))
            for row, passage in enumerate(passages)
        ]

    def _figures(self, passage: Passage, novelty: Novelty, row: int) -> dict[str, Any]:
        """What the bank says of a passage, `row` of the novelty, by the fields of its decision."""
        surprises = {name: float(nats[row]) for name, nats in novelty.surprises.items()}
        return {
            "rarity": float(novelty.rarities[row]),
            "distance": float(novelty.distances[row]),
            "why": reasons(surprises, passage.measures, self._usual(novelty, row)),
        }

    def _decision(self, passage: Passage, novelty: Novelty, row: int) -> Decision:
        settled, exception = self._verdict(passage, float(novelty.rarities[row]))
        return Decision(
            **self._figures(passage, novelty, row),
            track=passage.track,
            at_s=passage.at_s,
            box=passage.box,
            zone=passage.zone,
            exception=exception,
            outfit=outfit_of(passage.measures),
            heading=passage.heading,
            settled=settled,
        )

    def _verdict(self, passage: Passage, rarity: float) -> tuple[bool, bool]:
        """Whether nothing can change any more, and whether it is an exception."""
        share = self._pace.share(passage.at_s)
        if not passage.final and rarity >= 1 - max(share, min(DOUBT * share, MOST_DOUBT)):
            return False, False
        self._pace.count(passage.at_s)
        known = passage.views >= self._least_views and enough(share, self._judge.references)
        return True, known and rarity >= 1 - share

    def _usual(self, novelty: Novelty, row: int) -> dict[str, FloatArray]:
        bank = self._judge.bank.measures
        return {
            name: bank[name].prototypes[rows[row]].mean(axis=0) * bank[name].spread + bank[name].centre
            for name, rows in novelty.nearest.items()
        }


def stacked(passages: list[Passage], judge: Judge) -> dict[str, FloatArray]:
    """Vectors of N >= 1 passages as one matrix (N, D) per measure of the bank."""
    return {name: np.stack([passage.measures[name] for passage in passages]) for name in judge.bank.measures}


def asked(passage: Passage) -> Decision:
    """The decision on somebody who asked, where there is no bank to judge by."""
    return Decision(
        passage.track,
        passage.at_s,
        passage.box,
        0.0,
        0.0,
        (),
        passage.zone,
        exception=False,
        outfit=outfit_of(passage.measures),
        heading=passage.heading,
        asked=True,
        judged=False,
    )


def abstention(passage: Passage) -> Decision:
    """The decision that nothing can be said, for good once the passage is final."""
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
        settled=passage.final,
    )
