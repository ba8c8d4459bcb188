"""Several views of one person made one: their vectors and weights in, one vector per measure out."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray
from appliance.vision.beta import Figures

ENOUGH_TO_DOUBT = 3
"Views from which the odd one out can be told: of two that differ, either may be the bad one."
ODD = 2.0
"""A view is odd when it is so many times farther from the others' mean than they are from each other.

Measured on 29 passages of street video, distance of three blended views from the rest of the passage, as a share of
that between people: good views .23 colour, .25 striped colour, .44 pattern (plain mean .22, .25, .44; the farthest
always left out .26, .27, .50); with one crop shifted by half a person .20, .19, .40 (.27, .34, .46; .19, .18, .40).
"""


def blended(views: list[dict[str, FloatArray]], weights: list[float]) -> dict[str, FloatArray]:
    """The vector (D,) of each measure that V >= 1 views agree on, by their weights (> 0 in all).

    A weighted mean; of three and more the view farthest from the others is left out first if it is odd, measure by
    measure, so that one bad crop does not decide.
    """
    stacked = {name: np.stack([view[name] for view in views]) for name in views[0]}
    believed = np.array(weights, np.float64)
    return {name: mean_of(rows, without_odd_one(rows, believed)) for name, rows in stacked.items()}


def without_odd_one(rows: FloatArray, weights: Figures) -> Figures:
    """Weights (V,) with 0 for the odd one among rows (V, D), where there is one."""
    count = int((weights > 0).sum())
    if count < ENOUGH_TO_DOUBT:
        return weights
    # A sharp view can be as wrong as a blurred one, so all that count have one voice here.
    voices = (weights > 0).astype(np.float64)
    away = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    odd = int(np.argmax(np.where(voices > 0, away @ voices, -1)))
    voices[odd] = 0
    among_others = voices @ away @ voices / ((count - 1) * (count - 2))
    if np.linalg.norm(rows[odd] - mean_of(rows, voices)) <= ODD * among_others:
        return weights
    return np.where(np.arange(len(rows)) == odd, 0.0, weights)


def mean_of(rows: FloatArray, weights: Figures) -> FloatArray:
    """Weighted mean of rows (V, D), shape (D,), float32."""
    return np.asarray(weights @ rows / weights.sum(), np.float32)
