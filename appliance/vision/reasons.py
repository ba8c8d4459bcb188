"""Why an outfit stands out, in words: what drove its distance in, at most three words of the vocabulary out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from appliance.records import FloatArray
from appliance.vision.beta import Figures
from appliance.vision.colours import bin_middles, bin_neighbours, colour_name
from appliance.vocabulary import MOST_WORDS

READS = {"colour": "colour", "stripes": "colour", "texture": "pattern", "structure": "cut"}
"Measure -> what it is about; a measure that is not here adds to the distance but has no words."
COLOURS_BY_PART, PATTERN_BY_PART = "stripes", "texture"
"The measures that are read stripe by stripe; their layout is that of runtime/cpu/measures.py."
STRIPES, FIGURES, SLOPES = 4, 18, 9
"Stripes of a cut; pattern figures of one; where |Sobel x|, |Sobel y|, diagonal begin, for three scales."
SPOKEN = ("cut", "pattern", "colour")
"The order of speech."
PARTS = {"upper": (0, 1), "lower": (2, 3), "middle": (1, 2)}
"Stripes of each part; 'whole' is everything else."
WORTH_SAYING, ONE_IN_FIVE = 0.3, 1.6
"After the greatest surprise, one is named that is so large a part of it, and of so many nats: one in five has it."
MOSTLY = 0.7
"Share of a contribution from which it lies in one part of the body."
MIXED = 0.35
"A colour that explains less of what is new than this is one of many."
PLAIN = 0.3
"What there is of structure beyond the usual catches the eye before what there is not: so little of it is plain."
STRIPED = 0.5
"""Difference of the log slopes across and down from which a pattern has a direction.

On 35 street photos four striped outfits had .58 to .76 and one .41; folds and legs of the others up to .46.
"""


def reasons(
    surprises: Mapping[str, float], measures: Mapping[str, FloatArray], usual: Mapping[str, FloatArray]
) -> tuple[str, ...]:
    """Words for one passage. `surprises`: nats by measure; `measures` and `usual`: raw vectors (D,) by measure.

    `usual` is the mean of the nearest prototypes. Each subject is asked for the bins and stripes that add most to its
    squared distance. Told as people say it: cut, pattern, colour, and the part of the body where the colour is, or
    else the pattern. The same figures always give the same words.
    """
    subjects = subjects_of(surprises)
    pattern = pattern_words(measures.get(PATTERN_BY_PART), usual.get(PATTERN_BY_PART))
    colour = colour_words(measures.get(COLOURS_BY_PART), usual.get(COLOURS_BY_PART))
    known = {"cut": ("cut",), "pattern": pattern, "colour": colour}
    said = {subject: known[subject] for subject in SPOKEN if subject in subjects}
    parts = [words[1] for words in reversed(said.values()) if len(words) > 1]
    return (*(words[0] for words in said.values()), *parts[:1])[:MOST_WORDS]


def subjects_of(surprises: Mapping[str, float]) -> list[str]:
    """What there is to say, the most surprising first; ties in the order of READS."""
    nats = dict.fromkeys(READS.values(), 0.0)
    for measure, surprise in surprises.items():
        if measure in READS:
            nats[READS[measure]] = max(nats[READS[measure]], surprise)
    ranked = sorted(nats, key=lambda subject: -nats[subject])
    least = max(WORTH_SAYING * nats[ranked[0]], ONE_IN_FIVE)
    return [ranked[0], *(subject for subject in ranked[1:] if nats[subject] >= least)]


def colour_words(stripes: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """The colour of which there is more than usual, and where; 'colour' where no bins are known.

    Vectors are square roots of shares, so a bin adds the square of its difference to the squared distance
    (Hellinger); only what is there, not what is missing, has a name. The colour is the mean of the bins around the
    one where most lies, not a vote of their names: light and shade of one coat have several.
    """
    middles, near = bin_middles(), bin_neighbours()
    if stripes is None or usual is None or len(stripes) != STRIPES * len(middles):
        return ("colour",)
    more = np.maximum(stripes - usual, 0).astype(np.float64).reshape(STRIPES, -1) ** 2
    around = near @ more.sum(axis=0)
    there = more * near[int(np.argmax(around))]
    if there.sum() <= MIXED * more.sum():
        return ("mixed", part_of(more.sum(axis=1)))
    light, green_red, blue_yellow = (there.sum(axis=0) @ middles / there.sum()).tolist()
    return (colour_name(light, green_red, blue_yellow), part_of(there.sum(axis=1)))


def pattern_words(texture: FloatArray | None, usual: FloatArray | None) -> tuple[str, ...]:
    """plain, striped or patterned, and where; 'pattern' where no figures are known.

    Less structure than usual is plain; more has a direction or none. Each stripe speaks as loudly as it adds to the
    squared distance; one with too few pixels to say anything (all zeros) is silent.
    """
    if texture is None or usual is None or len(texture) != STRIPES * FIGURES:
        return ("pattern",)
    worn, known = (rows.astype(np.float64).reshape(STRIPES, FIGURES) for rows in (texture, usual))
    change = (worn - known) * worn.any(axis=1, keepdims=True)
    more, less = ((np.maximum(sign * change, 0) ** 2).sum(axis=1) for sign in (1, -1))
    if more.sum() <= PLAIN * less.sum():
        return ("plain", part_of(less))
    turned = more @ direction(worn) / more.sum()
    return ("striped" if turned > STRIPED else "patterned", part_of(more))


def direction(figures: Figures) -> Figures:
    """How much more the slopes of each stripe (4, 18) go one way than the other at the finer scales, shape (4,), >= 0.

    The coarse scale is left out: there legs and folds have a direction too.
    """
    slopes = figures[:, SLOPES:].reshape(STRIPES, 3, 3)[:, :2]
    lopsided: Figures = np.abs((slopes[..., 0] - slopes[..., 1]).mean(axis=1))
    return lopsided


def part_of(by_stripe: Figures) -> str:
    """Where on the body the stripes' contributions (4,) lie: upper, lower, middle or whole."""
    least = MOSTLY * float(by_stripe.sum())
    fits = [name for name, rows in PARTS.items() if float(by_stripe[list(rows)].sum()) >= least]
    return fits[0] if fits and least > 0 else "whole"
