"""Why an outfit stands out, in words: what drove its distance in, at most three words of the vocabulary out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from appliance.records import FloatArray
from appliance.vision.beta import Figures
from appliance.vocabulary import COLOURS, MOST_WORDS

READS = {"colour": "colour", "light": "colour", "texture": "pattern", "structure": "cut"}
"Measure -> what it is about; a measure that is not here adds to the distance but has no words."
COLOURS_BY_PART, PATTERN = "palette", "texture"
"The measures that words are read from; their layout is that of runtime/cpu/measures.py and texture.py."
STRIPES, FIGURES, SLOPES = 4, 21, 12
"Parts of a cut; pattern figures; where |Sobel x|, |Sobel y|, diagonal begin, for three scales."
UPPER = 2
"Parts of the upper half."
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
    cut; each by what there is more of than usual. Always the same words for the same
    figures.
    """
    words: dict[str, None] = {}
    for subject in subjects_of(surprises):
        if subject == "colour":
            said = colour_words(measures.get(COLOURS_BY_PART), usual.get(COLOURS_BY_PART))
        elif subject == "pattern":
            said = pattern_words(measures.get(PATTERN), usual.get(PATTERN))
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


def colour_words(palette: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """The colour of which there is more than usual, and where; 'colour' where no palette is known.

    Palettes are square roots of shares, so a name adds the square of its difference (Hellinger); only what is there,
    not what is missing, has a name.
    """
    if palette is None or usual is None or len(palette) != STRIPES * len(COLOURS):
        return ("colour",)
    more = np.maximum(palette - usual, 0).astype(np.float64).reshape(STRIPES, -1) ** 2
    totals = more.sum(axis=0)
    best = int(np.argmax(totals))
    if not totals[best]:
        return ("colour",)
    if totals[best] < MIXED * totals.sum():
        return ("mixed", part_of(more.sum(axis=1)))
    return (COLOURS[best], part_of(more[:, best]))


def pattern_words(texture: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """plain, striped or patterned; 'pattern' where no figures are known.

    Less structure than usual is plain; more has a direction or none.
    """
    if texture is None or usual is None or len(texture) != FIGURES:
        return ("pattern",)
    worn, known = texture.astype(np.float64), usual.astype(np.float64)
    more, less = (np.maximum(sign * (worn - known), 0) ** 2 for sign in (1, -1))
    if less.sum() >= more.sum():
        return ("plain",)
    return ("striped" if direction(worn - known) > STRIPED else "patterned",)


def direction(figures: Figures) -> float:
    """How much more the slopes among figures (21,) go one way than the other, >= 0."""
    slopes = figures[SLOPES:].reshape(3, 3)
    return float(np.abs(slopes[:, 0] - slopes[:, 1]).mean())


def part_of(by_stripe: Figures) -> str:
    """Where on the body the stripes' contributions (4,) lie: upper, lower or whole."""
    upper, whole = float(by_stripe[:UPPER].sum()), float(by_stripe.sum())
    if BOTH * whole <= upper <= (1 - BOTH) * whole:
        return "whole"
    return "upper" if upper > whole / 2 else "lower"
