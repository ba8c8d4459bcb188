"""People of one photo: each in the place of its box, dressed or abstained from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from appliance.records import FloatArray, Frame, Garments
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.descriptor import MEASURES
from appliance.vision.garments import GarmentCutter
from appliance.vision.photo import describe_people
from tests.bodies import FakeBody, standing
from tests.streets import RED, boxes, cloth, descriptor, frame, garments

WALKER = (200.0, 60.0, 300.0, 400.0)
PLAIN = np.ones(3, np.float32)
"Gains of a photo in white light."


class Tailor:
    """A stand-in for the cutter who finds everybody in red."""

    def cut(self, seen: Frame, ids: Any, rows: FloatArray, gains: FloatArray) -> Garments:
        assert gains is PLAIN
        return replace(garments([cloth(RED, RED)] * len(ids)), ids=ids)


def test_people_of_a_photo_whose_mask_is_bad_are_abstained_from_in_their_place() -> None:
    cutter = GarmentCutter(CpuImageOps(), FakeBody(standing(presence=0.1), standing()), CpuBodyOps())
    people = describe_people(frame(), boxes(WALKER, WALKER), PLAIN, cutter, descriptor())
    assert [one.track for one in people] == [0, 1]
    assert [one.abstained for one in people] == ["no body was recognised", ""]
    assert [set(one.measures) for one in people] == [set(), set(MEASURES)]


def test_people_of_a_photo_keep_their_order_and_boxes() -> None:
    people = describe_people(frame(), boxes(WALKER, (1, 2, 3, 4)), PLAIN, cast(Any, Tailor()), descriptor())
    assert [one.box for one in people] == [WALKER, (1, 2, 3, 4)]
    assert all(set(one.measures) == set(MEASURES) for one in people)


def test_a_photo_with_nobody_has_no_passages() -> None:
    cutter = GarmentCutter(CpuImageOps(), FakeBody(), CpuBodyOps())
    assert describe_people(frame(), boxes(), PLAIN, cutter, descriptor()) == []
