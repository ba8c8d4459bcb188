"""With the real body network, on painted people whose every pixel is known: the head is off, the clothes are on."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.records import MaskArray
from appliance.vision.garments import VIEW, square_views, view_boxes
from calibration.trials.labels import GARMENTS, Label, Shot, box_of, where
from calibration.trials.looks import random_look
from calibration.trials.twins import TWINS, painted
from tests.streets import boxes, frame

SEED, PEOPLE, HEIGHT_PX = 6, 3, 200
MOST_HEAD = 0.04
"Of the mask; measured on 24 painted people: .000 bare, .006 with long hair, .033 with the widest scarf."
LEAST_GARMENT = 0.9
"Of the garments; measured .95 to .99."


def standing_shot(number: int, change: str) -> Shot:
    look = random_look(np.random.default_rng([SEED, number]), HEIGHT_PX)
    if change:
        look = TWINS[change](look, np.random.default_rng([SEED, number, 1]))
    return painted(look, SEED, number)


@pytest.mark.parametrize("change", ["", "hair", "hijab", "turban", "tone 1", "tone 10"])
@pytest.mark.parametrize("number", range(PEOPLE))
def test_clothes_are_cut_without_the_head(eyes: Eyes, number: int, change: str) -> None:
    shot = standing_shot(number, change)
    left, top, width, height = box_of(shot.labels)
    box = boxes((left, top, left + width, top + height))
    squares = square_views(box)

    def placed(*labels: Label) -> MaskArray:
        """Where some labels are in the network's view."""
        shown = where(shot.labels, labels).astype(np.uint8)[..., None].repeat(3, axis=2) * np.uint8(255)
        inside: MaskArray = eyes.image.crop(frame(shown), squares, VIEW, VIEW)[0, ..., 0] > 127
        return inside

    views = eyes.image.crop(frame(shot.photo), squares, VIEW, VIEW)
    worn_by = eyes.garments.dress(views, np.array([1]), view_boxes(box, squares))
    assert (worn_by.people.tolist(), worn_by.refused) == ([0], {})
    clothes, cores = worn_by.clothes[worn_by.rows], worn_by.cores[worn_by.rows]
    head, worn = placed(Label.HAIR, Label.HEADWEAR), placed(*GARMENTS)
    assert (clothes[0] & head).sum() < MOST_HEAD * clothes[0].sum()
    assert (clothes[0] & worn).sum() > LEAST_GARMENT * worn.sum()
    assert (cores[0] & worn).sum() > 0.8 * cores[0].sum()
