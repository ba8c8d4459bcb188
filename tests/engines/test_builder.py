"""What the builder's child asks of TensorRT, version by version, on fakes that lack what the versions lack."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.errors import BoothError
from engines.builder import configure
from engines.network import (
    creation_flags,
    fault_text,
    give_float_outputs,
    profile_of,
    read_network,
    used_precision,
)
from engines.reports import Reports, logger_of
from tests.engines.plan_orders import ANY_BATCH, built, task_of
from tests.fakes_tensorrt.onnx_file import constant, linear_network, network, node, value
from tests.fakes_tensorrt.versions import VERSIONS, fake_tensorrt


@pytest.fixture(params=list(VERSIONS))
def trt(request: pytest.FixtureRequest) -> Any:
    return fake_tensorrt(request.param)


def parsed(trt: Any, folder: Path, model: bytes) -> Any:
    """The network of a model."""
    file = folder / "net.onnx"
    file.write_bytes(model)
    logger = logger_of(trt, Reports(io.StringIO()))
    return read_network(trt, trt.Builder(logger), logger, file)[0]


def quantised_network() -> bytes:
    """`image` through a Q/DQ pair to `features`."""
    return network(
        [
            node("QuantizeLinear", ["image", "scale", "zero"], ["packed"], "pack"),
            node("DequantizeLinear", ["packed", "scale", "zero"], ["features"], "unpack"),
        ],
        [value("image", "float32", ["N", 3])],
        [value("features", "float32", ["N", 3])],
        [constant("scale", np.array(0.1, np.float32)), constant("zero", np.array(0, np.int8))],
    )


def half_inside() -> bytes:
    """`image` in float32, then everything, the output too, in float16."""
    return network(
        [
            node("Cast", ["image"], ["half"], "halve", to=10),
            node("Sigmoid", ["half"], ["features"], "squash"),
        ],
        [value("image", "float32", ["N", 3])],
        [value("features", "float16", ["N", 3])],
    )


VECTORS = {"image": [[1, 3], [2, 3], [4, 3]]}


def test_a_network_has_its_batch_in_its_shapes_in_every_version(trt: Any, tmp_path: Path) -> None:
    net = parsed(trt, tmp_path, linear_network())
    assert [tensor.shape for tensor in net.inputs] == [(-1, 3, 4, 4)]
    assert net.strong == (not hasattr(trt.BuilderFlag, "FP16"))
    assert creation_flags(trt) == 1


def test_the_types_of_a_plan_are_those_a_version_can_give(trt: Any, tmp_path: Path) -> None:
    weak = hasattr(trt.BuilderFlag, "FP16")
    shapes = {"image": ANY_BATCH}
    assert built(trt, tmp_path, linear_network(), "fp32", shapes)["precision"] == "fp32"
    assert built(trt, tmp_path, linear_network(), "fp16", shapes)["precision"] == ("fp16" if weak else "fp32")
    assert built(trt, tmp_path, half_inside(), "fp16", VECTORS)["precision"] == "fp16"
    assert built(trt, tmp_path, quantised_network(), "int8", VECTORS)["precision"] == "int8"


def test_mixed_types_are_refused_where_the_file_says_them(trt: Any, tmp_path: Path) -> None:
    model = network(
        [
            node("Cast", ["image"], ["half"], "halve", to=10),
            node("Add", ["image", "half"], ["features"], "join"),
        ],
        [value("image", "float32", ["N", 3])],
        [value("features", "float32", ["N", 3])],
    )
    if hasattr(trt.BuilderFlag, "FP16"):
        assert built(trt, tmp_path, model, "fp16", VECTORS)["precision"] == "fp16"
        return
    with pytest.raises(BoothError, match=r"cannot read node join \(Add\): inputs must have the same type"):
        built(trt, tmp_path, model, "fp16", VECTORS)


def test_int8_without_pairs_in_the_file_is_refused(trt: Any, tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"net.onnx: int8 is wanted.*run: booth engines quantize"):
        built(trt, tmp_path, linear_network(), "int8", {"image": ANY_BATCH})


def test_an_output_in_half_precision_is_cast_under_its_own_name(trt: Any, tmp_path: Path) -> None:
    net = parsed(trt, tmp_path, half_inside())
    give_float_outputs(trt, net)
    assert [(tensor.name, tensor.dtype) for tensor in net.outputs] == [("features", trt.DataType.FLOAT)]
    assert used_precision(trt, net, "fp32", "net.onnx") == "fp16"


@pytest.mark.parametrize("dtype", ["uint8", "float16"])
def test_an_input_of_another_type_is_refused_with_the_cure(trt: Any, tmp_path: Path, dtype: str) -> None:
    model = network(
        [node("Identity", ["image"], ["out"])],
        [value("image", dtype, ["N", 3])],
        [value("out", dtype, ["N", 3])],
    )
    with pytest.raises(BoothError, match=r"net.onnx: input image is .*planar float32.*booth engines convert"):
        parsed(trt, tmp_path, model)


def test_a_node_that_cannot_be_read_is_told_by_name_or_by_number(trt: Any, tmp_path: Path) -> None:
    model = network(
        [node("Identity", ["image"], ["same"]), node("Swirl", ["same"], ["out"], "twist", domain="art")],
        [value("image", "float32", ["N", 3])],
        [value("out", "float32", ["N", 3])],
    )
    told = "node 1: no importer" if trt.__version__[0] == "8" else r"node twist \(Swirl\): no importer"
    with pytest.raises(BoothError, match=f"cannot read {told}"):
        parsed(trt, tmp_path, model)


def test_a_builder_that_does_not_start_tells_why(
    trt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "nostart")
    with pytest.raises(BoothError, match=r"does not start: CUDA initialization failure .*see: booth doctor"):
        built(trt, tmp_path, linear_network(), "fp32", {"image": ANY_BATCH})


def test_a_file_that_is_no_network_is_one_line(trt: Any, tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"net.onnx: TensorRT .* cannot read node") as raised:
        parsed(trt, tmp_path, b"\x99 no network")
    assert len(str(raised.value).splitlines()) == 1


def test_a_fault_without_a_name_has_its_number() -> None:
    class Old:
        def node(self) -> int:
            return 7

        def desc(self) -> str:
            return "not\n known"

    assert fault_text(Old()) == "node 7: not known"


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({}, r"inputs are \['image'\], the order has shapes of \[\]"),
        ({"image": ANY_BATCH, "more": ANY_BATCH}, r"has shapes of \['image', 'more'\]"),
        ({"image": [[1, 3, 4, 4], [2, 3, 4, 4], [2, 3, 5, 4]]}, r"image has shape \(-1, 3, 4, 4\)"),
        ({"image": [[1, 3, 4]] * 3}, "image has shape"),
    ],
)
def test_shapes_that_do_not_fit_the_network_are_refused(tmp_path: Path, shapes: Any, words: str) -> None:
    trt = fake_tensorrt("10.3")
    with pytest.raises(BoothError, match=words):
        built(trt, tmp_path, linear_network(), "fp16", shapes)


def test_a_network_of_one_size_needs_no_profile(trt: Any, tmp_path: Path) -> None:
    net = parsed(trt, tmp_path, linear_network(batch=2))
    builder = trt.Builder(logger_of(trt, Reports(io.StringIO())))
    assert profile_of(builder, net, {"image": [[2, 3, 4, 4]] * 3}, "net.onnx") is None
    assert built(trt, tmp_path, linear_network(batch=2), "fp32", {"image": [[2, 3, 4, 4]] * 3})["layers"] == 3


def test_timings_of_another_version_are_replaced_by_none(trt: Any, tmp_path: Path) -> None:
    order = task_of(tmp_path, linear_network(), "fp32", {"image": ANY_BATCH})
    order["timings"] = str(tmp_path / "old")
    Path(order["timings"]).write_text('["another", 7]')
    config = trt.Builder(logger_of(trt, Reports(io.StringIO()))).create_builder_config()
    configure(trt, config, order, "fp32")
    assert config.get_timing_cache().builds == 0
    assert (config.workspace, config.builder_optimization_level) == (64 << 20, 2)


def test_warnings_are_reported_and_errors_kept(trt: Any) -> None:
    sink = io.StringIO()
    reports = Reports(sink)
    logger = logger_of(trt, reports)
    for severity in ("INTERNAL_ERROR", "ERROR", "WARNING", "INFO", "VERBOSE"):
        logger.log(getattr(trt.ILogger.Severity, severity), f"of\n {severity}")
    assert reports.errors == ["of INTERNAL_ERROR", "of ERROR"]
    assert json.loads(sink.getvalue()) == {"warning": "of WARNING"}
