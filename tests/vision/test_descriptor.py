"""The descriptor's shapes; what its measures do is told in tests/runtime/test_measures.py."""

from __future__ import annotations

import pytest

from appliance.runtime.cpu.measures import CpuMeasures
from appliance.vision.descriptor import MEASURES, Descriptor
from tests.streets import BLUE, RED, cloth, garments


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_measure_has_one_row_per_view(count: int) -> None:
    views = garments([cloth(RED, BLUE)] * count)
    described = Descriptor(CpuMeasures()).describe(views)
    assert {name: rows.shape for name, rows in described.measures.items()} == {
        name: (count, length) for name, length in MEASURES.items()
    }
    assert described.ids.tolist() == views.ids.tolist()
