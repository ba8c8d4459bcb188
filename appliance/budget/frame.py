"""A frame's time on paper: work and a board in, seconds by part and the frame rate they allow out."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.budget.board import Board
from appliance.budget.load import Load, Sight
from appliance.budget.work import Work, work_of


@dataclass(frozen=True)
class Share:
    """One part of the frame's time."""

    work: Work
    memory_s: float
    compute_s: float

    @property
    def seconds(self) -> float:
        """The longer of the two: a kernel that fetches well computes meanwhile (roofline, Williams et al. 2009)."""
        return max(self.memory_s, self.compute_s)


def shares_of(board: Board, load: Load, sight: Sight) -> list[Share]:
    """Every part of a frame in its order."""
    return [
        Share(work, board.memory_s(work.moved), board.compute_s(work.operations, work.unit))
        for work in work_of(load, sight)
    ]


def frames_per_second(shares: list[Share]) -> float:
    """What the parts one after the other allow: no launches, no waiting, nothing of the processor, so a bound."""
    return 1 / sum(share.seconds for share in shares)


def stage_ms(shares: list[Share]) -> dict[str, float]:
    """Stage of the pipeline -> milliseconds."""
    stages: dict[str, float] = {}
    for share in shares:
        stages[share.work.stage] = stages.get(share.work.stage, 0.0) + 1000 * share.seconds
    return stages
