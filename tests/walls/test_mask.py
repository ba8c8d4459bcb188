"""The mask comes before every measure: what it hides cannot change a bit of what is known of a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.records import FloatArray, Garments, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.runtime.cpu.image import CpuImageOps, cutout, part_of, span, stretch
from appliance.vision.descriptor import MEASURES, Descriptor
from appliance.vision.garments import VIEW, GarmentCutter, square_views, view_boxes
from tests.bodies import FakeBody, dressed, standing
from tests.streets import Pixels, body_mask, boxes, cloth, descriptor, frame, garments

IDS = np.array([7], np.int64)
PERSON = boxes((200, 60, 330, 420))
GAINS = np.array([1.1, 0.9, 1.3], np.float32)
"Of some street; they are known before anybody is looked at."


@pytest.fixture(params=["made-up network", "real network"])
def whole(request: pytest.FixtureRequest) -> Descriptor:
    """The descriptor with a stand-in for the appearance network, and with the real one."""
    if request.param == "made-up network":
        return descriptor()
    eyes: Eyes = request.getfixturevalue("eyes")
    return eyes.descriptor


def described(whole: Descriptor, views: Garments) -> dict[str, FloatArray]:
    found = whole.describe(views).measures
    assert set(found) == set(MEASURES)
    return found


def assert_same(one: dict[str, FloatArray], other: dict[str, FloatArray]) -> None:
    for name in MEASURES:
        assert one[name].tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("seed", range(3))
def test_whatever_stands_behind_the_mask_of_a_cut_every_measure_is_bit_for_bit_the_same(
    whole: Descriptor, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    worn = garments([cloth((160, 60, 40), (40, 50, 120), "checks")], body_mask())
    noise = rng.integers(0, 256, worn.cuts.shape, dtype=np.uint8)
    behind = replace(
        worn,
        cuts=np.where(worn.masks[..., None], worn.cuts, noise),
        core_cuts=np.where(worn.core_masks[..., None], worn.core_cuts, noise),
    )
    assert_same(described(whole, worn), described(whole, behind))


def test_one_pixel_of_cloth_changes_what_is_measured(whole: Descriptor) -> None:
    worn = garments([cloth((160, 60, 40), (40, 50, 120))], body_mask())
    changed = replace(worn, cuts=worn.cuts.copy())
    changed.cuts[0, 100, 64] = (0, 255, 0)
    one, other = described(whole, worn), described(whole, changed)
    assert all((one[name] != other[name]).any() for name in ("colour", "palette", "structure"))


def visible(shape: tuple[int, int], box: FloatArray, mask: MaskArray) -> MaskArray:
    """Pixels of a frame of `shape` that a mask over `box` shows, one by one as the cutter places them."""
    rows_on, columns_on = (span(np.asarray(mask.any(axis=axis))) for axis in (1, 0))
    tight = part_of(box, mask.shape, rows_on, columns_on)
    inside = mask[rows_on, columns_on].astype(np.float32)
    rows, columns = cutout(frame(np.zeros((*shape, 3), np.uint8)), tight).shape[:2]
    left, top = np.floor(tight[:2]).astype(int).tolist()
    shown = np.zeros(shape, np.bool_)
    shown[top : top + rows, left : left + columns] = stretch(inside, columns, rows) > 0.5
    return shown


def shown_of(shape: tuple[int, int]) -> MaskArray:
    """Pixels that either mask of the made-up body shows."""
    squares, body = square_views(PERSON), standing()
    clothes, core = dressed(body.silhouette, body.points, view_boxes(PERSON, squares)[0])
    shown = visible(shape, squares[0], clothes)
    scale = float(squares[0, 2] - squares[0, 0]) / VIEW
    assert shown.sum() == pytest.approx(clothes.sum() * scale**2, rel=0.05)
    both: MaskArray = shown | visible(shape, squares[0], core)
    return both


def seen(whole: Descriptor, pixels: Pixels) -> tuple[Garments, dict[str, FloatArray]]:
    cutter = GarmentCutter(CpuImageOps(), FakeBody(), CpuBodyOps())
    views = cutter.cut(frame(pixels), IDS, PERSON, GAINS)
    assert views.ids.tolist() == [7]
    return views, described(whole, views)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_frame_shows_outside_the_mask_every_measure_is_bit_for_bit_the_same(
    whole: Descriptor, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    street, other = rng.integers(0, 256, (2, 480, 640, 3), dtype=np.uint8)
    shown = shown_of((480, 640))[..., None]
    one, first = seen(whole, street)
    two, second = seen(whole, np.where(shown, street, other))
    for part in ("cuts", "core_cuts", "masks", "core_masks"):
        np.testing.assert_array_equal(getattr(one, part), getattr(two, part))
    assert_same(first, second)


def test_the_face_of_a_frame_is_outside_the_mask() -> None:
    squares, body = square_views(PERSON), standing()
    scale = (squares[0, 2] - squares[0, 0]) / VIEW
    shown = shown_of((480, 640))
    for point in body.points[:11]:
        column, row = (squares[0, :2] + point * scale).round().astype(int).tolist()
        assert not shown[row - 6 : row + 7, column - 6 : column + 7].any()
