"""Styles of a bank as colours and patterns: a measure's prototypes in, cards and words out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.artifacts import Measure
from appliance.vocabulary import COLOURS

PARTS = 4
"Of an outfit, from the top down."
SLOPES, PER_SCALE = 12, 3
"Where the slopes of a pattern begin: across, down and diagonal for each scale."
STRIPED = 0.35
"Difference of the log slopes across and down beyond the street's, from which a pattern is called striped."
MARKED = 0.1
"Difference of the mean log figures beyond the street's, from which a style is called plain or patterned."
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Card:
    """One prototype by its colours."""

    shares: tuple[tuple[float, ...], ...]
    "Part from the top down -> share of the outfit by colour of COLOURS; all parts add up to 1."
    supporters: int
    "Distinct people."
    weight: float
    "Share of the street lately, 0..1."


@dataclass(frozen=True)
class Pattern:
    """Prototypes that one word fits, against the street's own mean."""

    word: str
    "'plain', 'striped', 'patterned', or 'as most'."
    styles: int
    "Prototypes."
    supporters: int
    weight: float
    "Share of the street lately, 0..1."


def raw_prototypes(measure: Measure) -> Figures:
    """Prototypes (P, D) in the descriptor's own figures."""
    raw: Figures = measure.prototypes.astype(np.float64) * measure.spread + measure.centre
    return raw


def weights_of(measure: Measure) -> Figures:
    """Share of the street of each prototype, shape (P,): lately where that is known, else ever."""
    counts = measure.supporters.astype(np.float64) if measure.growth is None else measure.growth.weights
    shares: Figures = counts / max(float(counts.sum()), 1e-12)
    return shares


def cards_of(measure: Measure) -> tuple[Card, ...]:
    """Prototypes of the palette, the most worn first. Its figures are square roots of shares."""
    shares = raw_prototypes(measure).clip(min=0) ** 2
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    weights = weights_of(measure)
    parts = shares[:, : PARTS * len(COLOURS)].reshape(-1, PARTS, len(COLOURS))
    return tuple(
        Card(
            tuple(tuple(part) for part in parts[row].tolist()),
            int(measure.supporters[row]),
            float(weights[row]),
        )
        for row in np.argsort(-weights).tolist()
    )


def palette_of(cards: tuple[Card, ...]) -> dict[str, float]:
    """Share of each colour in what the street wears, the most worn first."""
    if not cards:
        return {}
    total = sum(card.weight * np.array(card.shares).sum(axis=0) for card in cards)
    named = dict(zip(COLOURS, np.asarray(total, np.float64).tolist(), strict=True))
    return dict(sorted(named.items(), key=lambda item: -item[1]))


def patterns_of(measure: Measure) -> tuple[Pattern, ...]:
    """Prototypes of the pattern by word, the most worn first."""
    raw, weights = raw_prototypes(measure), weights_of(measure)
    slopes = raw[:, SLOPES:]
    leaning = (slopes[:, 0::PER_SCALE] - slopes[:, 1::PER_SCALE]).mean(axis=1)
    strength = raw.mean(axis=1)
    words = [
        pattern_word(float(lean), float(strong))
        for lean, strong in zip(leaning - weights @ leaning, strength - weights @ strength, strict=True)
    ]
    found = []
    for word in dict.fromkeys(words):
        rows = [row for row, one in enumerate(words) if one == word]
        people = int(measure.supporters[rows].sum())
        found.append(Pattern(word, len(rows), people, float(weights[rows].sum())))
    return tuple(sorted(found, key=lambda one: -one.weight))


def pattern_word(leaning: float, strength: float) -> str:
    """A word for how a pattern differs from the street's mean."""
    if abs(leaning) > STRIPED:
        return "striped"
    if abs(strength) <= MARKED:
        return "as most"
    return "patterned" if strength > 0 else "plain"
