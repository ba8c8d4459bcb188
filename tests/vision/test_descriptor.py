"""The descriptor: its shapes, and on painted people with the real networks, that it sees clothes and little else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.app import Eyes
from appliance.records import FloatArray
from appliance.vision.descriptor import MEASURES, folded
from appliance.vision.light import Light
from appliance.vision.photo import describe_people
from calibration.trials.labels import Shot, box_of
from calibration.trials.looks import Look, random_look
from calibration.trials.twins import TWINS, painted
from tests.streets import BLUE, RED, Pixels, boxes, cloth, descriptor, frame, garments

SEED, NUMBERS, HEIGHT_PX = 5, (0, 2, 4), 200
LEADING = ("colour", "texture", "light")
"Measures that lead; cut may move more with a pose, so it weighs half."


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_measure_has_one_row_per_view(count: int) -> None:
    views = garments([cloth(RED, BLUE)] * count)
    described = descriptor().describe(views)
    assert {name: rows.shape for name, rows in described.measures.items()} == {
        name: (count, length) for name, length in MEASURES.items()
    }
    assert all(rows.dtype == np.float32 for rows in described.measures.values())
    assert described.ids.tolist() == views.ids.tolist()


@dataclass(frozen=True)
class Painted:
    """Somebody painted and measured by the real networks."""

    number: int
    look: Look
    shot: Shot
    measures: dict[str, FloatArray]


def standing_at(shot: Shot) -> FloatArray:
    left, top, width, height = box_of(shot.labels)
    return boxes((left, top, left + width, top + height))


def measured(eyes: Eyes, photo: Pixels, people: FloatArray) -> dict[str, FloatArray]:
    seen = frame(np.ascontiguousarray(photo))
    gains = Light(eyes.image).gains(seen, people)
    (person,) = describe_people(seen, people, gains, eyes.garments, eyes.descriptor)
    assert person.abstained == ""
    return person.measures


@pytest.fixture(scope="module")
def crowd(eyes: Eyes) -> list[Painted]:
    looks = {number: random_look(np.random.default_rng([SEED, number]), HEIGHT_PX) for number in NUMBERS}
    shots = {number: painted(look, SEED, number) for number, look in looks.items()}
    return [
        Painted(number, look, shots[number], measured(eyes, shots[number].photo, standing_at(shots[number])))
        for number, look in looks.items()
    ]


def distance(name: str, one: dict[str, FloatArray], other: dict[str, FloatArray]) -> float:
    return float(np.linalg.norm(one[name] - other[name]))


def shift(name: str, crowd: list[Painted], changed: list[dict[str, FloatArray]]) -> float:
    """Mean way that a change moves a measure, as a share of the way from one painted person to another."""
    moved = [distance(name, one.measures, other) for one, other in zip(crowd, changed, strict=True)]
    apart = [distance(name, one.measures, two.measures) for one in crowd for two in crowd if one is not two]
    return float(np.mean(moved) / np.mean(apart))


@pytest.mark.parametrize("light", [(0.8, 0.8, 0.8), (1.0, 0.9, 0.8), (0.7, 0.8, 0.9)])
def test_weaker_or_tinted_light_hardly_moves_a_measure(
    eyes: Eyes, crowd: list[Painted], light: tuple[float, float, float]
) -> None:
    changed = [
        measured(eyes, (one.shot.photo * np.array(light)).astype(np.uint8), standing_at(one.shot))
        for one in crowd
    ]
    for name in LEADING:
        assert shift(name, crowd, changed) < 0.12, name
    assert shift("structure", crowd, changed) < 0.3


def test_a_mirror_hardly_moves_a_measure(eyes: Eyes, crowd: list[Painted]) -> None:
    changed = []
    for one in crowd:
        width = one.shot.photo.shape[1]
        (left, top, right, bottom) = standing_at(one.shot)[0].tolist()
        mirrored = boxes((width - right, top, width - left, bottom))
        changed.append(measured(eyes, one.shot.photo[:, ::-1], mirrored))
    for name in LEADING:
        assert shift(name, crowd, changed) < 0.12, name
    assert shift("structure", crowd, changed) < 0.5


@pytest.mark.parametrize("name", ["tone 1", "tone 10", "hair", "hijab", "turban", "wide"])
def test_another_person_in_the_same_clothes_measures_nearly_the_same(
    eyes: Eyes, crowd: list[Painted], name: str
) -> None:
    changed = []
    for one in crowd:
        look = TWINS[name](one.look, np.random.default_rng([SEED, one.number, 1]))
        twin = painted(look, SEED, one.number)
        changed.append(measured(eyes, twin.photo, standing_at(twin)))
    for measure in LEADING:
        assert shift(measure, crowd, changed) < 0.25, measure
    assert shift("structure", crowd, changed) < 0.6


def test_the_same_view_measures_the_same_alone_and_in_company(eyes: Eyes) -> None:
    together = eyes.descriptor.describe(garments([cloth(RED, BLUE), cloth(BLUE, RED, "checks")])).measures
    alone = eyes.descriptor.describe(garments([cloth(BLUE, RED, "checks")])).measures
    for name, rows in alone.items():
        np.testing.assert_allclose(rows[0], together[name][1], rtol=1e-4, atol=1e-4, err_msg=name)


def test_a_change_of_dye_leaves_the_cut_alone_and_a_change_of_pattern_does_not(eyes: Eyes) -> None:
    red, blue, checked = eyes.descriptor.describe(
        garments([cloth((150, 60, 60), (150, 60, 60)), cloth((60, 60, 150), (60, 60, 150)),
                  cloth((150, 60, 60), (150, 60, 60), "checks")])
    ).measures["structure"]  # fmt: skip
    assert np.linalg.norm(red - blue) < 0.2 * np.linalg.norm(red - checked)


@settings(max_examples=20)
@given(arrays.arrays(np.float32, (3, 1280), elements=st.floats(0, 6, width=32)))
def test_folding_is_linear_and_keeps_zero(features: FloatArray) -> None:
    np.testing.assert_allclose(folded(2 * features), 2 * folded(features), rtol=1e-5, atol=1e-4)
    assert not folded(np.zeros_like(features)).any()


def test_folding_keeps_in_proportion_the_distances_of_features_that_are_not_alike() -> None:
    features = np.random.default_rng(0).normal(size=(40, 1280)).astype(np.float32)
    before = np.linalg.norm(features[:, None] - features[None], axis=2)[np.triu_indices(40, 1)]
    sketch = folded(features)
    after = np.linalg.norm(sketch[:, None] - sketch[None], axis=2)[np.triu_indices(40, 1)]
    assert abs(float(np.median(after / before)) * np.sqrt(1280 / MEASURES["structure"]) - 1) < 0.05


def test_nobody_folds_to_nothing() -> None:
    assert folded(np.zeros((0, 1280), np.float32)).shape == (0, MEASURES["structure"])
