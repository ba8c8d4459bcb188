"""The small trials of the kernels: the definition passes them, and whoever errs fails with a cure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from appliance.errors import BoothError
from appliance.records import FloatArray, Frame, IntArray
from appliance.runtime.cpu.boxes import CpuBoxOps
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.runtime.jetson.boxes import JetsonBoxOps
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.image import JetsonImageOps
from appliance.runtime.jetson.neighbours import JetsonNeighbours
from appliance.runtime.jetson.trials import (
    PLAIN,
    compare,
    try_boxes,
    try_letterbox,
    try_neighbours,
    try_red,
)

CURE = r"gives wrong results on this GPU; run: make kernels"


def planar(packed: Any) -> Any:
    """The CPU's tensor (1, H, W, 3) as the device's."""
    return np.moveaxis(packed, -1, 1)


def frame(colour: tuple[int, int, int]) -> Frame:
    return Frame(np.full((48, 64, 3), colour, np.uint8), 64, 48, 0.0, 0)


def test_the_definition_passes_all_trials() -> None:
    try_neighbours(CpuNeighbours)
    try_boxes(CpuBoxOps(), lambda array: array)
    try_letterbox(CpuImageOps(), planar)
    assert try_red(CpuImageOps(), frame((254, 1, 0))) == "254, 1, 0"


def test_the_kernels_pass_all_trials(gpu: Gpu) -> None:
    try_neighbours(lambda bank: JetsonNeighbours(gpu, bank))
    try_boxes(JetsonBoxOps(gpu), gpu.put)
    try_letterbox(JetsonImageOps(gpu, PLAIN), gpu.figures)


class Mixed(CpuNeighbours):
    """Takes the second best for the best."""

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        distances, rows = super().search(queries, k)
        return distances, rows[:, [1, 0, *range(2, rows.shape[1])]]


def test_neighbours_in_another_order_are_found() -> None:
    with pytest.raises(BoothError, match=rf"kernel of neighbours {CURE}"):
        try_neighbours(Mixed)


class Greedy(CpuBoxOps):
    """Suppresses nobody."""

    def strongest(
        self,
        boxes: Any,
        scores: Any,
        scale: float,
        size: tuple[int, int],
        floor: float,
        overlap: float,
    ) -> tuple[FloatArray, FloatArray]:
        return super().strongest(boxes, scores, scale, size, floor, 1.0)


def test_boxes_that_are_not_suppressed_are_found() -> None:
    with pytest.raises(BoothError, match=rf"kernel of boxes {CURE}"):
        try_boxes(Greedy(), lambda array: array)


def test_channels_in_another_order_are_found() -> None:
    with pytest.raises(BoothError, match=rf"kernel of letterbox {CURE}"):
        try_letterbox(CpuImageOps(), lambda packed: planar(packed[..., ::-1]))


@pytest.mark.parametrize("colour", [(0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128)])
def test_red_that_is_another_colour_is_found(colour: tuple[int, int, int]) -> None:
    told = ", ".join(map(str, colour))
    with pytest.raises(BoothError, match=rf"a red picture is read as {told}; set camera\.nvmm: off"):
        try_red(CpuImageOps(), frame(colour))


@pytest.mark.parametrize("seen", [[], [1.0], [1.0, np.nan], [[1.0, 2.0]]])
def test_figures_of_another_shape_and_no_numbers_are_wrong(seen: Any) -> None:
    compare("figures", np.array([1.0, 2.5]), [1, 2], 0.5)
    with pytest.raises(BoothError, match="kernel of figures"):
        compare("figures", np.array(seen), [1, 2], 0.5)
