"""The attack that a stored bank must withstand: was this person in it? Vectors in, the attacker's AUROC out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from calibration.trials.statistics import Figures, auroc

Vectors = Mapping[str, NDArray[Any]]
"""Measure -> raw vectors (N, D)."""

PROTOTYPES, CENTRE, SPREAD = ".prototypes", ".centre", ".spread"


def membership_auc(members: Figures, others: Figures) -> float:
    """How well distances tell members (N,) from others (M,): .5 not at all, 1 always; nan for an empty side.

    The attacker says "member" to whoever is near (Yeom et al. 2018, with the distance for the loss). A bank that
    holds everybody at more than chance's distance is as telling as one that holds them near, hence the larger side.
    """
    near = auroc(-others, -members)
    return max(near, 1 - near)


def nearest(prototypes: NDArray[Any], vectors: NDArray[Any]) -> Figures:
    """Distance of each vector (N, D) to the nearest prototype (P, D), P >= 1, shape (N,)."""
    one, other = vectors.astype(np.float64), prototypes.astype(np.float64)
    squared = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.asarray(np.sqrt(squared.clip(min=0)).min(axis=1, initial=np.inf))


def attack_bank(file: Path, members: Vectors, others: Vectors) -> dict[str, float]:
    """The attack on every measure of a bank file, and on their sum as "all": measure -> AUROC.

    `members` and `others` hold raw vectors, measure -> (N, D), the same people in the same rows of each.
    Raises KeyError for a measure that the bank lacks.
    """
    with safe_open(file, framework="np") as bank:
        stored = {name: bank.get_tensor(name) for name in bank.keys()}  # noqa: SIM118 - not a mapping
    return attack(stored, members, others)


def attack(stored: Mapping[str, NDArray[Any]], members: Vectors, others: Vectors) -> dict[str, float]:
    """The same on the tensors of a bank, by name; see attack_bank."""
    near, far = (
        {name: _distances(stored, name, rows) for name, rows in side.items()} for side in (members, others)
    )
    found = {name: membership_auc(near[name], far[name]) for name in near}
    scale = {name: max(float(np.std(far[name])), 1e-9) if len(far[name]) else 1.0 for name in near}
    summed = [np.sum([side[name] / scale[name] for name in near], axis=0) for side in (near, far)]
    return {**found, "all": membership_auc(summed[0], summed[1])}


def _distances(stored: Mapping[str, NDArray[Any]], name: str, raw: NDArray[Any]) -> Figures:
    """Raw vectors (N, D) made comparable as the bank says, then the distance to its nearest prototype."""
    centre, spread = stored.get(name + CENTRE, 0.0), stored.get(name + SPREAD, 1.0)
    return nearest(stored[name + PROTOTYPES], np.asarray((raw - centre) / spread))
