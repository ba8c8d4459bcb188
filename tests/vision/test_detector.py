"""Detection: a person is found where they stand, whatever size the network looks at."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pytest

from appliance.config import Detector as DetectorSettings
from appliance.records import DeviceArray
from appliance.runtime.cpu.boxes import CpuBoxOps
from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.detector import Detector
from appliance.vision.stopwatch import Stopwatch
from tests.streets import boxes, frame


class OnePerson:
    """A network that sees one person where the tensor is brightest, and says what it was shown."""

    def infer(
        self, inputs: Mapping[str, DeviceArray], figures: Collection[str] = ()
    ) -> dict[str, DeviceArray]:
        light = inputs["image"][0].mean(axis=2)
        rows, columns = np.nonzero(light > 200)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return {"boxes": boxes(box)[None], "scores": np.full((1, 1), 0.9, np.float32)}


@pytest.mark.parametrize(("width", "height"), [(640, 384), (320, 320), (96, 416)])
def test_a_person_is_found_where_he_stands_whatever_the_tensor_size(width: int, height: int) -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[100:400, 200:300] = 255
    settings = DetectorSettings(width=width, height=height)
    detector = Detector(settings, CpuImageOps(), OnePerson(), CpuBoxOps())
    seen = detector.detect(frame(pixels), Stopwatch())
    pixel = max(640 / width, 480 / height)
    np.testing.assert_allclose(seen.boxes, [[200, 100, 300, 400]], atol=1.5 * pixel)
