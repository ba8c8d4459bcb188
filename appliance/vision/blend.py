"""Several views of one person made one: their vectors and weights in, one vector per measure out."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray
from appliance.vision.beta import Figures

ENOUGH_TO_DOUBT = 3
"Views from which the odd one out can be told: of two that differ, either may be the bad one."


def blended(views: list[dict[str, FloatArray]], weights: list[float]) -> dict[str, FloatArray]:
    """The vector (D,) of each measure that V >= 1 views agree on, by their weights (> 0 in all).

    A weighted mean; of three and more the view farthest from the others is left out first, measure by measure,
    so that one bad crop does not decide.
    """
    stacked = {name: np.stack([view[name] for view in views]) for name in views[0]}
    believed = np.array(weights, np.float64)
    return {name: mean_of(rows, without_odd_one(rows, believed)) for name, rows in stacked.items()}


def without_odd_one(rows: FloatArray, weights: Figures) -> Figures:
    """Weights (V,) with 0 for the view farthest from the others in rows (V, D), where there are enough."""
    if (weights > 0).sum() < ENOUGH_TO_DOUBT:
        return weights
    # A sharp view can be as wrong as a blurred one, so all that count have one voice here.
    away = np.linalg.norm(rows[:, None] - rows[None], axis=2) @ (weights > 0)
    kept = weights.copy()
    kept[int(np.argmax(np.where(weights > 0, away, -1)))] = 0
    return kept


def mean_of(rows: FloatArray, weights: Figures) -> FloatArray:
    """Weighted mean of rows (V, D), shape (D,), float32."""
    return np.asarray(weights @ rows / weights.sum(), np.float32)
