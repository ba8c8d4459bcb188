"""Where exact counts end: a tally in, counts with noise out, all of them through one budget that OpenDP keeps.

Two tallies are neighbours when one has one passage more. That moves the number of passages by one and, in each table,
one cell by one: an L1 distance of one per question. OpenDP adds discrete Laplace noise of scale 1 / epsilon, adds the
epsilons up, and refuses a question beyond them. That tallies are made so (tally.py) is what it cannot check itself.

Whoever knows how many passed, as health tells, asks what somebody wore: an outfit that is replaced moves each table by
two and the number by none, which costs up to twice what the tables cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.uplink.trends.tables import all_tables
from appliance.uplink.trends.tally import Tally

PASSAGES = "passages"
PASSAGES_PART = 0.2
"Of the budget; the tables share the rest alike."
MARGIN = 1e-9
"OpenDP rounds sums up; without it six parts of one whole come to 1.0000000000000002."


@dataclass(frozen=True)
class Query:
    """One question to the tally."""

    name: str
    "A table, or PASSAGES."
    epsilon: float
    "What it costs at the most."

    @property
    def scale(self) -> float:
        """Of the noise in each count."""
        return (1 + MARGIN) / self.epsilon


@dataclass(frozen=True)
class Noisy:
    """What came out; safe to be told, and counts may be below 0."""

    passages: int
    counts: dict[str, tuple[int, ...]]


def queries(epsilon: float) -> tuple[Query, ...]:
    """The questions of one day, which cost `epsilon` together."""
    tables = all_tables()
    part = epsilon * (1 - PASSAGES_PART) / len(tables)
    return Query(PASSAGES, epsilon * PASSAGES_PART), *(Query(table.name, part) for table in tables)


def draw(tally: Tally, questions: Questions) -> Noisy:
    """Ask everything once."""
    left = questions.open(tally)
    answers = {query.name: questions.answer(left, query) for query in queries(questions.epsilon)}
    return Noisy(answers.pop(PASSAGES)[0], answers)


class Questions:
    """What may be asked within a budget. Importing OpenDP costs 40 MB, so nothing does until a day is over."""

    def __init__(self, epsilon: float) -> None:
        import opendp.prelude as dp

        dp.enable_features("contrib", "honest-but-curious")
        self._dp = dp
        self._domain = dp.user_domain("tally", lambda _: True)
        self._metric = dp.user_distance("passages")
        self._asked = {query: self._measurement(query) for query in queries(epsilon)}
        self.epsilon = epsilon
        parts = [asked.map(1) for asked in self._asked.values()]
        self._whole: Any = dp.c.make_adaptive_composition(
            self._domain, self._metric, dp.max_divergence(), d_in=1, d_mids=parts
        )
        if self.cost > epsilon:
            raise ValueError(f"the questions of a day would cost {self.cost}, not {epsilon}")

    @property
    def cost(self) -> float:
        """What all questions cost together, as OpenDP adds it up."""
        cost: float = self._whole.map(1)
        return cost

    def open(self, tally: Tally) -> Any:
        """A tally behind OpenDP's gate, which takes each question once and in order."""
        return self._whole({PASSAGES: [tally.passages], **tally.counts})

    def answer(self, left: Any, query: Query) -> tuple[int, ...]:
        """The counts with noise. Raises OpenDPException for a question that the budget does not hold any more."""
        return tuple(left(self._asked.get(query) or self._measurement(query)))

    def _measurement(self, query: Query) -> Any:
        """Pick the counts of one question, then add noise to each."""
        dp = self._dp
        counts, distance = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        pick = dp.t.make_user_transformation(
            self._domain,
            self._metric,
            counts,
            distance,
            lambda tally: tally[query.name],
            lambda passages: passages,
        )
        return pick >> dp.m.then_laplace(query.scale)
