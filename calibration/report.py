"""The report of `booth learn`: a portrait of a bank in, JSON and a page without people out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from types import MappingProxyType

from appliance.artifacts import MIN_SUPPORTERS
from appliance.vocabulary import COLOURS
from calibration.cards import Card
from calibration.page import Bar, bar_of, render
from calibration.portrait import Portrait, Step
from calibration.thresholds import figures_of, words_of

SCHEMA = "learned/1"
SWATCHES = MappingProxyType({
    "black": "#1c1c1e", "white": "#f7f7f5", "grey": "#8c8c8c", "red": "#c0282d", "orange": "#e6842a",
    "yellow": "#e8c832", "green": "#3c8c46", "cyan": "#3caab4", "blue": "#2d50a0", "purple": "#6e3c96",
    "pink": "#e68cb4", "brown": "#6e4628", "beige": "#d2bea0",
})  # fmt: skip
"How each named colour is shown."
CARD_WIDTH, CARD_HEIGHT = 96.0, 128.0
LEAST_SHOWN = 0.005
"Smaller shares would be thinner than a line."
CHART_WIDTH, CHART_HEIGHT = 640.0, 120.0


@dataclass(frozen=True)
class Patch:
    """A rectangle of one colour, in pixels."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True)
class Swatch:
    """One colour of the palette."""

    name: str
    share: str
    bar: Bar | None
    fill: str


def learned_json(portrait: Portrait) -> str:
    """All figures, for programs; what is infinite is null."""
    thresholds = [figures_of(one) for one in portrait.thresholds]
    return json.dumps({"schema": SCHEMA, **asdict(portrait), "thresholds": thresholds}, indent=1)


def learned_page(portrait: Portrait) -> str:
    """The whole page."""
    most = max(portrait.palette.values(), default=0.0)
    return render(
        "learned.html",
        one=portrait,
        least=MIN_SUPPORTERS,
        first=portrait.days[0] or "unknown",
        last=portrait.days[1] or "unknown",
        swatches=[
            Swatch(name, f"{share:.1%}", bar_of(share, greatest=most), SWATCHES[name])
            for name, share in portrait.palette.items()
        ],
        cards=[(card, f"{card.weight:.1%}", patches_of(card)) for card in portrait.cards],
        card_size=(CARD_WIDTH, CARD_HEIGHT),
        patterns=[
            (one.word, f"{one.weight:.1%}", str(one.styles), str(one.supporters)) for one in portrait.patterns
        ],
        thresholds=[words_of(one) for one in portrait.thresholds],
        columns=columns_of(portrait.steps),
        chart_size=(CHART_WIDTH, CHART_HEIGHT),
        farthest=f"{portrait.steps[-1].low:.2f}" if portrait.steps else "",
        refused=[(reason, str(count)) for reason, count in portrait.reasons.items()],
        abstained=str(portrait.abstained) if portrait.abstained >= MIN_SUPPORTERS else f"fewer than {MIN_SUPPORTERS}",
    )  # fmt: skip


def patches_of(card: Card) -> list[Patch]:
    """A prototype as stripes from the top down, as high as the part's share; in each the colours side by side."""
    patches, y = [], 0.0
    for part in card.shares:
        whole, x = sum(part), 0.0
        height = CARD_HEIGHT * whole
        for name, share in zip(COLOURS, part, strict=True):
            if whole > 0 and share >= LEAST_SHOWN:
                width = CARD_WIDTH * share / whole
                patches.append(
                    Patch(round(x, 1), round(y, 1), round(width, 1), round(height, 1), SWATCHES[name])
                )
                x += width
        y += height
    return patches


def columns_of(steps: tuple[Step, ...]) -> list[Patch]:
    """The histogram: each step as wide as its distances and as high as it is dense; the open one as the last."""
    closed = [step for step in steps if step.high is not None]
    if not closed:
        return []
    end = max(step.high or 0.0 for step in closed) * 1.1
    dense = [step.share / ((step.high or end) - step.low) for step in steps]
    most = max(dense)
    return [
        Patch(
            round(CHART_WIDTH * step.low / end, 1),
            round(CHART_HEIGHT * (1 - density / most), 1),
            round(CHART_WIDTH * ((step.high or end) - step.low) / end, 1),
            round(CHART_HEIGHT * density / most, 1),
            "#4a6fa5" if step.high is not None else "#b7791f",
        )
        for step, density in zip(steps, dense, strict=True)
    ]
