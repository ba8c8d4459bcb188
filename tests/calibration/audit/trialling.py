"""Test people made of numbers, and courts that judge them fairly or not."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray
from appliance.vision.descriptor import KINDS, VERSION
from calibration.audit.privacy import BankFacts, Network
from calibration.audit.report import Facts
from calibration.audit.rulings import Court
from calibration.audit.sight import Seen, Sights, Trials
from calibration.trials.statistics import Figures

OUTFIT, SKIN = "texture", "light"
"Measures that stand in for what is worn and for who wears it."


def seen(rng: np.random.Generator, outfit: float, skin: float = 0.0) -> Seen:
    """Somebody whose outfit is as unusual as `outfit`, 0..1."""
    measures: dict[str, FloatArray] = {
        name: rng.random(kind.length).astype(np.float32) for name, kind in KINDS.items()
    }
    measures[OUTFIT][0], measures[SKIN][0] = outfit, skin
    return Seen(measures)


def trials(people: int = 40, everyday: int = 120, lost: int = 0) -> Trials:
    """Everyday people, the same with another skin, exceptions; of the other skin, the first `lost` are not seen."""
    rng = np.random.default_rng(3)
    worn = rng.random(everyday)
    names = [f"{number:03d}" for number in range(everyday)]
    sights: Sights = {
        "bank": {name: seen(rng, float(rng.random())) for name in names},
        "normal": {name: seen(rng, outfit) for name, outfit in zip(names, worn.tolist(), strict=True)},
        "exc_none": {name: seen(rng, float(rng.random())) for name in names[:people]},
        "exc_hue90": {name: seen(rng, 3.0) for name in names[:people]},
        "exc_cape": {name: seen(rng, 1.5) for name in names[:people]},
    }
    sights["fair_tone9"] = {
        name: Seen({}, "no mask") if place < lost else seen(rng, outfit, 1.0)
        for place, (name, outfit) in enumerate(zip(names[:people], worn.tolist(), strict=False))
    }
    return Trials(
        "numbers", sights, {"skin tone Monk 2/9": ("normal", "fair_tone9")}, {"exc_cape": "quiet shape"}
    )


def court(skin: float = 0.0) -> Court:
    """Distance is the outfit, and so much for the skin; rarity grows with it."""

    def rule(vectors: dict[str, FloatArray]) -> tuple[Figures, Figures]:
        distances = vectors[OUTFIT][:, 0].astype(np.float64) + skin * vectors[SKIN][:, 0]
        return distances, distances.clip(0, 1)

    return rule


def facts(fewest: int = 10, unknown: tuple[str, ...] = (), masks: tuple[bool, ...] = (True, True)) -> Facts:
    """A booth whose networks are as they should be."""
    file = BankFacts(
        "bank/2", VERSION, 400, ("2026-11-01", "2026-11-22"), 2048, {"colour": 9}, fewest, unknown
    )
    networks = (Network("picodet-s", "finds people", "Apache-2.0", "0" * 64, known=True),)
    return Facts(file, networks, ("numpy", "rich"), masks)
