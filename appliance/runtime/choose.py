"""The choice of the wing: the only file that names both."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from appliance.config import Camera as CameraSettings
from appliance.records import FloatArray
from appliance.runtime.checks import Checks
from appliance.runtime.preparation import Preparation
from appliance.runtime.seam import BodyOps, BoxOps, Camera, ImageOps, Measures, Model, Neighbours, Sensors

if TYPE_CHECKING:
    from appliance.runtime.jetson.gpu import Gpu

JETSON_MARK = Path("/etc/nv_tegra_release")


class OpenCamera(Protocol):
    """Opens a source, live or for replay."""

    def __call__(self, settings: CameraSettings, *, live: bool) -> Camera:
        """Open `settings.source`; see Camera."""


OpenPlan = Callable[[Path], Callable[[Mapping[str, NDArray[Any]]], Mapping[str, NDArray[Any]]]]
"A plan to a runner of named arrays on the host, for comparing only. Raises PlanRefused for one to build anew."


@dataclass(frozen=True)
class Wing:
    """One machine's answer to the seam."""

    name: str
    camera: OpenCamera
    image: Callable[[Preparation], ImageOps]
    "Takes what the networks want of a picture; a wing whose networks take bytes has no use for it."
    boxes: Callable[[], BoxOps]
    bodies: Callable[[], BodyOps]
    measures: Callable[[], Measures]
    model: Callable[[Path, int], Model]
    "File and number of threads (0: one per core) to a network."
    neighbours: Callable[[FloatArray], Neighbours]
    sensors: Callable[[], Sensors]
    open_plan: OpenPlan | None = None
    "Of a wing that runs plans of TensorRT, which are built and compared before the first start."
    settle: Callable[[], None] = lambda: None
    "Until all work is done that a device has taken on; for measuring only."


def choose_wing(wanted: str, jetson_mark: Path = JETSON_MARK) -> Wing:
    """`cpu`, `jetson`, or the one that fits this machine for `auto`. Raises BoothError for one that cannot run here.

    Opens the device: a process chooses once and hands the wing on.
    """
    return jetson_wing() if fitting_wing(wanted, jetson_mark) == "jetson" else cpu_wing()


def cpu_wing() -> Wing:
    """GStreamer, OpenCV, ONNX Runtime and NumPy."""
    from appliance.runtime.cpu.bodies import CpuBodyOps
    from appliance.runtime.cpu.boxes import CpuBoxOps
    from appliance.runtime.cpu.camera import CpuCamera
    from appliance.runtime.cpu.image import CpuImageOps
    from appliance.runtime.cpu.measures import CpuMeasures
    from appliance.runtime.cpu.model import CpuModel
    from appliance.runtime.cpu.neighbours import CpuNeighbours
    from appliance.runtime.cpu.sensors import CpuSensors

    return Wing(
        "cpu",
        CpuCamera,
        lambda _: CpuImageOps(),
        CpuBoxOps,
        CpuBodyOps,
        CpuMeasures,
        CpuModel,
        CpuNeighbours,
        CpuSensors,
    )


def jetson_wing() -> Wing:
    """GStreamer with NVMM, CUDA kernels and TensorRT, on the first CUDA device."""
    from appliance.runtime.jetson.gpu import Gpu
    from appliance.runtime.jetson.pycuda_driver import PycudaDriver

    return wing_on(Gpu(PycudaDriver()))


def shared_memory_mb(jetson_mark: Path = JETSON_MARK) -> float:
    """What a device that shares the machine's memory may still take; no bound where it has its own."""
    from appliance.runtime.readings import memory_free_mb

    free_mb = memory_free_mb(Path("/")) if jetson_mark.exists() else None
    return math.inf if free_mb is None else free_mb


def wing_on(gpu: Gpu) -> Wing:
    """The Jetson wing on an open device."""
    from appliance.runtime.jetson.bodies import JetsonBodyOps
    from appliance.runtime.jetson.boxes import JetsonBoxOps
    from appliance.runtime.jetson.camera import JetsonCamera
    from appliance.runtime.jetson.hosted import hosted
    from appliance.runtime.jetson.image import JetsonImageOps
    from appliance.runtime.jetson.measures import JetsonMeasures
    from appliance.runtime.jetson.model import JetsonModel
    from appliance.runtime.jetson.neighbours import JetsonNeighbours
    from appliance.runtime.jetson.sensors import JetsonSensors

    return Wing(
        "jetson",
        partial(JetsonCamera, gpu=gpu),
        partial(JetsonImageOps, gpu),
        partial(JetsonBoxOps, gpu),
        partial(JetsonBodyOps, gpu),
        partial(JetsonMeasures, gpu),
        partial(JetsonModel, gpu),
        lambda bank: JetsonNeighbours(gpu, bank, free_mb=shared_memory_mb()),
        JetsonSensors,
        lambda plan: hosted(gpu, JetsonModel(gpu, plan)),
        gpu.wait,
    )


def fitting_wing(wanted: str, jetson_mark: Path = JETSON_MARK) -> str:
    """Name of the wing that this machine should run, whether it can or not."""
    return ("jetson" if jetson_mark.exists() else "cpu") if wanted == "auto" else wanted


def self_test(name: str, camera: CameraSettings) -> Checks:
    """What a wing needs of this machine; one that cannot be chosen says here why."""
    if name == "jetson":
        from appliance.runtime.jetson import selftest as jetson

        return jetson.checks(camera)
    from appliance.runtime.cpu import selftest as cpu

    return cpu.checks()
