"""Letterbox and crops against the device's bandwidth: frames in, rows of a table out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from appliance.records import Frame
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.image import JetsonImageOps
from appliance.runtime.jetson.picture import NV12
from appliance.runtime.preparation import Preparation
from tests.device.chain import BYTES, FULL_HD
from tests.device.timed import TimedDriver, kernel_ms
from tests.runtime.jetson.pictures import device_picture, noise

VIEW = 256


@dataclass(frozen=True)
class Operation:
    """One operation measured."""

    name: str
    kernels_ms: float
    "Device time of its kernels."
    of_bandwidth: float
    "Bytes it must read and write, as a share of what a copy moves in that time."


def operations(driver: TimedDriver, bandwidth: float, size: tuple[int, int] = FULL_HD) -> Iterator[Operation]:
    """Measure letterbox and crops of a frame; `bandwidth` in bytes a second, read and written together."""
    gpu = Gpu(driver)
    width, height = size
    picture, _ = device_picture(gpu, noise(width, height, NV12), NV12)
    frame = Frame(picture, width, height, 0.0, 0)
    image = JetsonImageOps(gpu, Preparation(BYTES, BYTES, BYTES))
    for target in ((640, 384), (960, 544)):
        moved = 1.5 * width * height + 12 * target[0] * target[1]
        spent_ms = kernel_ms(driver, partial(image.letterbox, frame, *target))
        yield Operation(f"letterbox {target[0]}x{target[1]}", spent_ms, moved / spent_ms * 1000 / bandwidth)
    for people in (2, 8, 16):
        side = 0.7 * height
        left = np.linspace(0, width - side, people, dtype=np.float32)[:, None]
        boxes = np.concatenate([left, 0 * left, left + side, 0 * left + side], axis=1).astype(np.float32)
        moved = people * (1.5 * side * side + 12 * VIEW * VIEW)
        spent_ms = kernel_ms(driver, partial(image.crop, frame, boxes, VIEW, VIEW))
        yield Operation(f"crops of {people}", spent_ms, moved / spent_ms * 1000 / bandwidth)
    gpu.close()
