"""Why an outfit stands out, in words: what drove its distance in, at most three words of the vocabulary out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from appliance.records import FloatArray
from appliance.vision.beta import Figures
from appliance.vision.colours import bin_colours
from appliance.vocabulary import COLOURS, MOST_WORDS

READS = {"colour": "colour", "stripes": "colour", "texture": "pattern", "structure": "cut"}
"Measure -> what it is about; a measure that is not here adds to the distance but has no words."
COLOURS_BY_PART, PATTERN_BY_PART = "stripes", "texture"
"The measures that are read stripe by stripe; their layout is that of runtime/cpu/measures.py."
STRIPES, FIGURES, SLOPES = 4, 18, 9
"Stripes of a cut; pattern figures of one; where |Sobel x|, |Sobel y|, diagonal begin, for three scales."
UPPER = 2
"Stripes of the upper half."
WORTH_SAYING = 0.5
"A subject is named when its surprise is at least so large a part of the greatest one..."
SURELY_WORTH = 3.0
"...or so many nats: one in twenty has it."
BOTH = 0.2
"Part of a contribution from which the other half of the body has it too."
MIXED = 0.35
"A colour that explains less of what is new than this is one of many."
STRIPED = 0.35
"Difference of the log slopes across and down, beyond the usual one, from which a pattern has a direction."


def reasons(
    surprises: Mapping[str, float], measures: Mapping[str, FloatArray], usual: Mapping[str, FloatArray]
) -> tuple[str, ...]:
    """Words for one passage. `surprises`: nats by measure; `measures` and `usual`: raw vectors (D,) by measure.

    `usual` is the mean of the nearest prototypes. Subjects speak in the order of their surprise: colour, pattern,
    cut; each by the bins and stripes that add most to its squared distance. Always the same words for the same
    figures.
    """
    words: dict[str, None] = {}
    for subject in subjects_of(surprises):
        if subject == "colour":
            said = colour_words(measures.get(COLOURS_BY_PART), usual.get(COLOURS_BY_PART))
        elif subject == "pattern":
            said = pattern_words(measures.get(PATTERN_BY_PART), usual.get(PATTERN_BY_PART))
        else:
            said = (subject,)
        words |= dict.fromkeys(said)
    return trimmed(tuple(words))


def subjects_of(surprises: Mapping[str, float]) -> list[str]:
    """What there is to say, the most surprising first; ties in the order of READS."""
    nats = dict.fromkeys(READS.values(), 0.0)
    for measure, surprise in surprises.items():
        if measure in READS:
            nats[READS[measure]] = max(nats[READS[measure]], surprise)
    ranked = sorted(nats, key=lambda subject: -nats[subject])
    least = min(WORTH_SAYING * nats[ranked[0]], SURELY_WORTH)
    return [
        subject for place, subject in enumerate(ranked) if place == 0 or nats[subject] >= max(least, 1e-9)
    ]


def trimmed(words: tuple[str, ...]) -> tuple[str, ...]:
    """At most MOST_WORDS, and one part of the body: the first that was named."""
    parts = [word for word in words if word in ("upper", "lower", "whole")]
    return tuple(word for word in words if word not in parts[1:])[:MOST_WORDS]


def colour_words(stripes: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """The colour of which there is more than usual, and where; 'colour' where no bins are known.

    Vectors are square roots of shares, so a bin adds the square of its difference to the squared distance
    (Hellinger); only what is there, not what is missing, has a name.
    """
    named = bin_colours()
    if stripes is None or usual is None or len(stripes) != STRIPES * len(named):
        return ("colour",)
    more = np.maximum(stripes - usual, 0).astype(np.float64).reshape(STRIPES, -1) ** 2
    by_name = np.stack([more[:, named == place].sum(axis=1) for place in range(len(COLOURS))])
    totals = by_name.sum(axis=1)
    best = int(np.argmax(totals))
    if totals[best] < MIXED * totals.sum():
        return ("mixed", part_of(by_name.sum(axis=0)))
    return (COLOURS[best], part_of(by_name[best]))


def pattern_words(texture: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """plain, striped or patterned, and where; 'pattern' where no figures are known.

    Less structure than usual is plain; more has a direction or none. Each stripe speaks as loudly as it adds to the
    squared distance.
    """
    if texture is None or usual is None or len(texture) != STRIPES * FIGURES:
        return ("pattern",)
    worn, known = (rows.astype(np.float64).reshape(STRIPES, FIGURES) for rows in (texture, usual))
    more, less = (np.maximum(sign * (worn - known), 0) ** 2 for sign in (1, -1))
    if less.sum() >= more.sum():
        return ("plain", part_of(less.sum(axis=1)))
    loud = more.sum(axis=1) / more.sum()
    return ("striped" if loud @ direction(worn - known) > STRIPED else "patterned", part_of(more.sum(axis=1)))


def direction(figures: Figures) -> Figures:
    """How much more a stripe's (4, 18) slopes go one way than the other, shape (4,), >= 0."""
    slopes = figures[:, SLOPES:].reshape(STRIPES, 3, 3)
    lopsided: Figures = np.abs(slopes[..., 0] - slopes[..., 1]).mean(axis=1)
    return lopsided


def part_of(by_stripe: Figures) -> str:
    """Where on the body the stripes' contributions (4,) lie: upper, lower or whole."""
    upper, whole = float(by_stripe[:UPPER].sum()), float(by_stripe.sum())
    if BOTH * whole <= upper <= (1 - BOTH) * whole:
        return "whole"
    return "upper" if upper > whole / 2 else "lower"
