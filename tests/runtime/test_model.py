"""Networks on the CPU: what goes in is checked by name, type and shape; a broken file is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.errors import BoothError
from appliance.runtime.cpu.model import CpuModel


@pytest.fixture(scope="module")
def model(detector_file: Path) -> CpuModel:
    return CpuModel(detector_file, threads=1)


def blank(height: int = 384, width: int = 640, dtype: Any = np.uint8) -> Any:
    return np.full((1, height, width, 3), 114, dtype)


def test_named_arrays_go_in_and_come_out(model: CpuModel) -> None:
    outputs = model.infer({"image": blank()})
    assert {"boxes", "scores"} <= set(outputs)
    assert all(array.dtype == np.float32 for array in outputs.values())
    assert outputs["boxes"].shape[-1] == 4
    assert outputs["boxes"].shape[1] == outputs["scores"].size


def test_outputs_belong_to_the_caller(model: CpuModel) -> None:
    first = model.infer({"image": blank()})
    kept = first["scores"].copy()
    first["scores"][:] = 7
    np.testing.assert_array_equal(model.infer({"image": blank()})["scores"], kept)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, r"inputs are \[\], the network wants"),
        ({"picture": blank()}, "picture"),
        ({"image": blank(), "more": blank()}, "more"),
        ({"image": blank(dtype=np.float32)}, "image is float32"),
        ({"image": blank(dtype=np.float64)}, "image is float64"),
        ({"image": blank(height=352)}, r"352, 640, 3\), the network wants uint8"),
        ({"image": blank()[0]}, "the network wants"),
    ],
)
def test_a_wrong_name_type_or_shape_is_refused(model: CpuModel, inputs: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model.infer(inputs)


def test_figures_are_arrays_of_the_host_and_a_name_that_is_none_is_refused(model: CpuModel) -> None:
    plain, asked = model.infer({"image": blank()}), model.infer({"image": blank()}, ("scores",))
    assert isinstance(asked["scores"], np.ndarray)
    assert asked["scores"].dtype == np.float32
    np.testing.assert_array_equal(asked["scores"], plain["scores"])
    with pytest.raises(ValueError, match=r"figures \['mask'\] are no outputs, the network gives \['boxes'"):
        model.infer({"image": blank()}, ("scores", "mask"))


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x07" * 500])
def test_a_broken_file_is_named_with_the_cure(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(content)
    with pytest.raises(BoothError, match=r"broken.onnx: not a network .* run: make setup") as raised:
        CpuModel(file)
    assert len(str(raised.value).splitlines()) == 1


def test_a_missing_file_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"none.onnx: not a network .* run: make setup"):
        CpuModel(tmp_path / "none.onnx")


def test_a_network_cut_short_is_refused(tmp_path: Path, detector_file: Path) -> None:
    file = tmp_path / "short.onnx"
    file.write_bytes(detector_file.read_bytes()[:100_000])
    with pytest.raises(BoothError, match="not a network"):
        CpuModel(file)
