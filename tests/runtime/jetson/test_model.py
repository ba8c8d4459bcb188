"""Networks on TensorRT: plans of every version compute ONNX Runtime's numbers in device memory."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.errors import BoothError, PlanRefused
from appliance.runtime.cpu.model import CpuModel
from appliance.runtime.jetson import replay
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.model import JetsonModel
from appliance.runtime.jetson.replay import MOST_GRAPHS, SETTLED_RUNS
from appliance.runtime.jetson.tensor import Tensor
from engines.build import build_plan, load_plan
from engines.cache import Cache
from tests.engines.plan_orders import ANY_BATCH, ORIN, FakeTensorRT, built, plan_order
from tests.fakes_tensorrt.onnx_file import linear_network
from tests.fakes_tensorrt.running import CONTEXT_BYTES
from tests.fakes_tensorrt.versions import VERSIONS, fake_tensorrt
from tests.runtime.jetson.shim.driver import ShimDriver

# The fake TensorRT computes in the memory that it is given, which has to be the host's.
pytestmark = pytest.mark.usefixtures("driver")


@pytest.fixture(params=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plan(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan of the small network, 1 to 8 of a batch, for the version that runs here."""
    return plan_of(version, tmp_path, monkeypatch)


@pytest.fixture
def one_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return plan_of("10.3", tmp_path, monkeypatch)


def plan_of(
    version: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch: int | str = "N",
    shapes: Any = ANY_BATCH,
) -> Path:
    trt = fake_tensorrt(version)
    monkeypatch.setitem(sys.modules, "tensorrt", trt)
    built(trt, folder, linear_network(batch=batch), "fp16", {"image": shapes})
    return folder / "plan"


def pictures(count: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, 3, 4, 4)).astype(np.float32)


def host(gpu: Gpu, outputs: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    return {
        name: gpu.figures(tensor) if isinstance(tensor, Tensor) else tensor
        for name, tensor in outputs.items()
    }


@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_plan_gives_the_numbers_of_onnx_runtime(gpu: Gpu, plan: Path, count: int) -> None:
    model, reference = JetsonModel(gpu, plan), CpuModel(plan.with_name("net.onnx"))
    images = pictures(count)
    outputs = model.infer({"image": gpu.put(images)})
    assert all(isinstance(tensor, Tensor) for tensor in outputs.values())
    wanted = reference.infer({"image": images})
    for name, array in host(gpu, outputs).items():
        np.testing.assert_array_equal(array, wanted[name])


def test_a_plan_that_the_runtime_refuses_is_built_anew_and_runs(
    gpu: Gpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensorrt, cache, order = (
        FakeTensorRT(monkeypatch, tmp_path / "log"),
        Cache(tmp_path),
        plan_order(tmp_path),
    )
    monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt("10.16"))
    old = build_plan(cache, order, lambda _: None, ORIN).read_bytes()
    tensorrt.be("10.16")
    model = load_plan(cache, order, lambda _: None, lambda plan: JetsonModel(gpu, plan), ORIN)
    outputs = model.infer({"image": gpu.put(pictures(2))}, figures=("features",))
    wanted = CpuModel(order.onnx).infer({"image": pictures(2)})
    np.testing.assert_array_equal(outputs["features"], wanted["features"])
    assert [path.read_bytes() for path in (cache.plans / "quarantine").glob("*.plan")] == [old]


def test_figures_come_to_the_host_and_nothing_else(gpu: Gpu, one_plan: Path) -> None:
    model = JetsonModel(gpu, one_plan)
    image = gpu.put(pictures(2))
    before = gpu.copies.figures_out
    outputs = model.infer({"image": image}, figures=("features",))
    assert isinstance(outputs["features"], np.ndarray)
    assert isinstance(outputs["mask"], Tensor)
    assert gpu.copies.figures_out - before == outputs["features"].nbytes == 2 * 5 * 4


def test_nobody_in_view_costs_no_run(gpu: Gpu, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = JetsonModel(gpu, plan)
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "norun")
    outputs = model.infer({"image": gpu.empty((0, 3, 4, 4), np.float32)}, figures=("features",))
    assert outputs["features"].shape == (0, 5)
    assert outputs["mask"].shape == (0, 3, 4, 4)
    assert host(gpu, outputs)["mask"].dtype == np.float32


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "words"),
    [
        ("picture", (1, 3, 4, 4), "float32", r"inputs are \['picture'\], the network wants \['image'\]"),
        (
            "image",
            (9, 3, 4, 5),
            "float32",
            r"image is float32 \(9, 3, 4, 5\), the network wants float32 \(1, 3",
        ),
        ("image", (1, 3, 4, 5), "float32", "the network wants"),
        ("image", (0, 3, 4, 5), "float32", "the network wants"),
        ("image", (1, 0, 4, 4), "float32", "the network wants"),
        ("image", (1, 3, 4), "float32", "the network wants"),
        ("image", (1, 3, 4, 4), "float16", "image is float16"),
        ("image", (1, 3, 4, 4), "uint8", "image is uint8"),
    ],
)
def test_a_wrong_name_type_or_shape_is_refused(
    gpu: Gpu, one_plan: Path, name: str, shape: tuple[int, ...], dtype: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        JetsonModel(gpu, one_plan).infer({name: gpu.empty(shape, dtype)})


def test_figures_of_an_unknown_name_are_refused(gpu: Gpu, one_plan: Path) -> None:
    with pytest.raises(
        ValueError, match=r"figures are \['boxes'\], the network gives \['features', 'mask'\]"
    ):
        JetsonModel(gpu, one_plan).infer({"image": gpu.empty((1, 3, 4, 4), np.float32)}, figures=("boxes",))


@pytest.mark.parametrize("count", [9, 16, 21])
def test_more_than_the_plan_takes_go_through_in_parts(gpu: Gpu, plan: Path, count: int) -> None:
    model, reference = JetsonModel(gpu, plan), CpuModel(plan.with_name("net.onnx"))
    images = pictures(count)
    outputs = host(gpu, model.infer({"image": gpu.put(images)}, figures=("features",)))
    for name, wanted in reference.infer({"image": images}).items():
        np.testing.assert_allclose(outputs[name], wanted, atol=1e-6)


def test_settled_inputs_are_replayed_with_the_same_numbers(gpu: Gpu, plan: Path) -> None:
    model, reference = JetsonModel(gpu, plan), CpuModel(plan.with_name("net.onnx"))
    image = gpu.empty((2, 3, 4, 4), np.float32)
    for seed in range(SETTLED_RUNS + 4):
        images = pictures(2, seed)
        gpu.fill(image, images)
        outputs = model.infer({"image": image}, figures=("features",))
        np.testing.assert_array_equal(outputs["features"], reference.infer({"image": images})["features"])
        assert model.graphs == (seed >= SETTLED_RUNS)


def test_a_replay_does_not_ask_tensorrt(gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = JetsonModel(gpu, one_plan), gpu.put(pictures(2))
    first = model.infer({"image": image}, figures=("features",))
    for _ in range(SETTLED_RUNS):
        model.infer({"image": image})
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "norun")
    again = model.infer({"image": image}, figures=("features",))
    np.testing.assert_array_equal(again["features"], first["features"])
    with pytest.raises(BoothError, match=r"plan: TensorRT failed \(no address or shape.*; restart the booth"):
        model.infer({"image": gpu.put(pictures(3))})


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2)), max_size=40))
def test_recordings_never_mix_inputs_up(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch, order: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(replay, "SETTLED_RUNS", 1)
    model, reference = JetsonModel(gpu, one_plan), CpuModel(one_plan.with_name("net.onnx"), threads=1)
    places, recorded = [gpu.put(pictures(2, seed)) for seed in range(4)], set[tuple[int, int]]()
    wanted = [reference.infer({"image": pictures(2, seed)})["features"] for seed in range(4)]
    for number, (place, count) in enumerate(order):
        part = Tensor(places[place].address, (count, 3, 4, 4), np.float32, lambda: None)
        outputs = model.infer({"image": part}, figures=("features",))
        np.testing.assert_allclose(host(gpu, outputs)["features"], wanted[place][:count], rtol=1e-5)
        if (place, count) in order[:number] and len(recorded) < MOST_GRAPHS:
            recorded.add((place, count))
    assert model.graphs == len(recorded)
    assert model.device_memory_mb == (1 + len(recorded)) * CONTEXT_BYTES / 1e6


def test_a_plan_of_one_size_needs_one_context(
    gpu: Gpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = JetsonModel(gpu, plan_of("10.3", tmp_path, monkeypatch, batch=2, shapes=((2, 3, 4, 4),) * 3))
    images = [gpu.put(pictures(2, seed)) for seed in range(2)]
    for _ in range(SETTLED_RUNS + 2):
        for image in images:
            model.infer({"image": image})
    assert model.graphs == 2
    assert model.device_memory_mb == CONTEXT_BYTES / 1e6


def test_a_plan_that_cannot_be_recorded_runs_without_and_says_so_once(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "nocapture")
    model, images = JetsonModel(gpu, one_plan), pictures(2)
    image, reference = gpu.put(images), CpuModel(one_plan.with_name("net.onnx")).infer({"image": images})
    for _ in range(2 * SETTLED_RUNS + 2):
        outputs = model.infer({"image": image}, figures=("features",))
    np.testing.assert_array_equal(outputs["features"], reference["features"])
    assert model.graphs == 0
    assert sum("runs without CUDA graphs" in line for line in caplog.messages) == 1


def test_without_memory_for_a_recording_a_plan_runs_on_without(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model, image = JetsonModel(gpu, one_plan), gpu.put(pictures(2))
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "nocontext")
    wanted = CpuModel(one_plan.with_name("net.onnx")).infer({"image": pictures(2)})["features"]
    for _ in range(2 * SETTLED_RUNS):
        outputs = model.infer({"image": image}, figures=("features",))
        np.testing.assert_array_equal(outputs["features"], wanted)
    assert model.graphs == 0
    assert sum("no memory to run this plan" in line for line in caplog.messages) == 1


def test_a_model_that_nobody_holds_frees_its_recordings(
    gpu: Gpu, one_plan: Path, driver: ShimDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "SETTLED_RUNS", 1)
    before, model, image = driver.graphs, JetsonModel(gpu, one_plan), gpu.put(pictures(2))
    for _ in range(3):
        model.infer({"image": image})
    assert driver.graphs == before + model.graphs == before + 1
    del model
    assert driver.graphs == before


@pytest.mark.parametrize("content", [b"", b"no plan", None, "of another version"])
def test_a_plan_that_does_not_load_is_named_with_the_cure(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch, content: Any
) -> None:
    if content is None:
        one_plan.unlink()
    elif isinstance(content, str):
        monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt("10.16"))
    else:
        one_plan.write_bytes(content)
    with pytest.raises(
        PlanRefused, match=r"plan: not a plan that can run here: .*; run: booth engines build"
    ) as raised:
        JetsonModel(gpu, one_plan)
    assert len(str(raised.value).splitlines()) == 1


def test_a_plan_with_other_types_is_refused(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "half")
    with pytest.raises(PlanRefused, match=r"features is .*HALF.*, the booth wants float32"):
        JetsonModel(gpu, one_plan)


def test_too_little_memory_is_no_fault_of_the_plan(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "nocontext")
    with pytest.raises(BoothError, match="plan: no memory to run this plan, which takes 3 MB") as raised:
        JetsonModel(gpu, one_plan)
    assert not isinstance(raised.value, PlanRefused)


def test_a_runtime_that_does_not_start_is_no_fault_of_the_plan(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "nostart")
    words = r"TensorRT 10\.3\.0 does not start \(CUDA initialization failure .*see: booth doctor"
    with pytest.raises(BoothError, match=words) as raised:
        JetsonModel(gpu, one_plan)
    assert not isinstance(raised.value, PlanRefused)


def test_without_tensorrt_the_package_is_named(
    gpu: Gpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(
        BoothError, match=r"TensorRT's Python package does not load .*apt install python3-libnvinfer"
    ):
        JetsonModel(gpu, tmp_path / "plan")


def test_another_thread_is_refused(gpu: Gpu, one_plan: Path) -> None:
    model, image, met = JetsonModel(gpu, one_plan), gpu.put(pictures(1)), list[Exception]()

    def run() -> None:
        try:
            model.infer({"image": image})
        except RuntimeError as error:
            met.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert "belongs to another thread" in str(met[0])


def test_words_of_tensorrt_are_logged_once(
    gpu: Gpu, one_plan: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model = JetsonModel(gpu, one_plan)
    monkeypatch.setenv("FAKE_TENSORRT_FAULT", "norun")
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            with pytest.raises(BoothError):
                model.infer({"image": gpu.put(pictures(1))})
    assert [record.levelname for record in caplog.records if "TensorRT: no address" in record.message] == [
        "ERROR"
    ]
