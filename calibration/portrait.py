"""What a bank has learned, without anybody in it: a bank in, named colours, patterns, thresholds and counts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.artifacts import MIN_SUPPORTERS, Bank, Cells
from appliance.vision.novelty import references_of
from appliance.vocabulary import COLOURS
from calibration.cards import PARTS, PER_SCALE, SLOPES, Card, Pattern, cards_of, palette_of, patterns_of
from calibration.thresholds import USUAL, Threshold, threshold_of

PALETTE, TEXTURE = "palette", "texture"


@dataclass(frozen=True)
class Step:
    """One step of the histogram of how far the street was from its own bank."""

    low: float
    high: float | None
    "None: open above."
    share: float
    "Of the passages, faded."
    passages: int


@dataclass(frozen=True)
class Portrait:
    """Everything that may be told of what was learned."""

    bank: str
    descriptor: str
    days: tuple[str, str]
    people: int
    references: int
    "Passages that the calibration rests on."
    prototypes: dict[str, int]
    "Measure -> how many."
    fewest: int
    "Supporters of the least prototype."
    palette: dict[str, float]
    "Colour -> share of what the street wears."
    cards: tuple[Card, ...]
    patterns: tuple[Pattern, ...]
    thresholds: tuple[Threshold, ...]
    steps: tuple[Step, ...]
    abstained: int
    reasons: dict[str, int]
    "Why, of those told by this run; a reason of few people is among the others."


def portrait_of(bank: Bank, abstained: int = 0, reasons: Mapping[str, int] | None = None) -> Portrait:
    """Everything that may be told of a bank; `reasons`: why nothing could be said of people -> how many."""
    cards = cards_of(bank.measures[PALETTE]) if fits(bank, PALETTE, PARTS * len(COLOURS)) else ()
    return Portrait(
        bank.id,
        bank.descriptor,
        bank.days,
        bank.passages,
        references_of(bank),
        {name: len(measure.prototypes) for name, measure in bank.measures.items()},
        min(int(measure.supporters.min()) for measure in bank.measures.values()),
        palette_of(cards),
        cards,
        patterns_of(bank.measures[TEXTURE]) if fits(bank, TEXTURE, SLOPES + PER_SCALE) else (),
        tuple(threshold_of(bank, wanted) for wanted in USUAL),
        steps_of(bank.cells) if bank.cells else (),
        abstained,
        common(reasons or {}),
    )


def fits(bank: Bank, name: str, length: int) -> bool:
    """Whether a bank has a measure of at least that length."""
    return name in bank.measures and len(bank.measures[name].centre) >= length


def steps_of(cells: Cells) -> tuple[Step, ...]:
    """The histogram of distances that the bank keeps."""
    shares = cells.weights / cells.weights.sum()
    ends = [*cells.lows[1:].tolist(), None]
    return tuple(
        Step(low, high, float(share), round(float(passages)))
        for low, high, share, passages in zip(cells.lows.tolist(), ends, shares, cells.passages, strict=True)
    )


def common(reasons: Mapping[str, int]) -> dict[str, int]:
    """Reasons of so many people that they tell of nobody; the others together, and not at all when they are few."""
    told = {reason: count for reason, count in reasons.items() if count >= MIN_SUPPORTERS}
    rest = sum(reasons.values()) - sum(told.values())
    told = dict(sorted(told.items(), key=lambda item: -item[1]))
    return {**told, "other reasons": rest} if rest >= MIN_SUPPORTERS else told
