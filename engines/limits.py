"""What a comparison has to reach: the one table of limits, and the report that holds figures against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DETECTOR, BODY, APPEARANCE = "person detector", "body points", "appearance"
"Roles of models.yaml that are compared."


@dataclass(frozen=True)
class Limit:
    """What a figure must reach."""

    value: float
    most: bool
    "True: the figure may be so large at the most; False: it must be so large at the least."
    reason: str

    def holds(self, figure: float) -> bool:
        """Whether a figure is within; one that is no number never is."""
        return figure <= self.value if self.most else figure >= self.value


LIMITS: Mapping[str, Mapping[str, Limit]] = {
    DETECTOR: {
        "recall": Limit(
            0.95, False, "a lost person is a lost passage; the tracker bridges one frame in twenty"
        ),
        "precision": Limit(
            0.95, False, "an invented person costs a look of the body network and may be told"
        ),
        "mean_iou": Limit(0.95, False, "the tracker and the crop forgive a twentieth of a box"),
    },
    BODY: {
        "mask_iou": Limit(0.95, False, "the network itself has .93 with what people label, see models.yaml"),
        "point_px": Limit(
            3.0, True, "of 256, where a person is about 200 tall: head and bones are drawn wider than that"
        ),
        "presence": Limit(
            0.95, False, "a body that only one side sees is a passage that is judged or is not"
        ),
    },
    APPEARANCE: {
        "cosine": Limit(0.98, False, "8 bit with all layers has .84, with those that hurt in float .99"),
        "same_nearest": Limit(
            0.75, False, "about four of the five most alike must stay, or a bank means something else"
        ),
    },
}


@dataclass(frozen=True)
class Report:
    """What a comparison found."""

    role: str
    figures: Mapping[str, float]
    pictures: int
    "Compared."

    @property
    def faults(self) -> tuple[str, ...]:
        """Figures beyond their limit, in words; also when there was nothing to compare."""
        missed = [
            f"{name} {self.figures[name]:.3f}, {'at most' if limit.most else 'at least'} {limit.value:g} is needed"
            for name, limit in LIMITS[self.role].items()
            if name in self.figures and not limit.holds(self.figures[name])
        ]
        unknown = [f"{name} is not known" for name in LIMITS[self.role] if name not in self.figures]
        return (*missed, *unknown)

    @property
    def passed(self) -> bool:
        """Whether the candidate may run."""
        return not self.faults

    @property
    def line(self) -> str:
        """Verdict and figures in one line."""
        figures = ", ".join(f"{name} {value:.3f}" for name, value in self.figures.items())
        verdict = "passed" if self.passed else f"failed ({'; '.join(self.faults)})"
        return f"{verdict}: {figures or 'nothing to compare'} on {self.pictures} pictures"

    def tree(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "role": self.role, "passed": self.passed, "faults": list(self.faults),
            "figures": {name: round(value, 5) for name, value in self.figures.items()},
            "pictures": self.pictures,
        }  # fmt: skip
