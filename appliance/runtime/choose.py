"""The choice of the wing: the only file that names both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from appliance.config import Camera as CameraSettings
from appliance.errors import BoothError
from appliance.records import FloatArray
from appliance.runtime.checks import Checks
from appliance.runtime.seam import BodyOps, BoxOps, Camera, ImageOps, Measures, Model, Neighbours, Sensors

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
    image: Callable[[], ImageOps]
    boxes: Callable[[], BoxOps]
    bodies: Callable[[], BodyOps]
    measures: Callable[[], Measures]
    model: Callable[[Path, int], Model]
    "File and number of threads (0: one per core) to a network."
    neighbours: Callable[[FloatArray], Neighbours]
    sensors: Callable[[], Sensors]
    open_plan: OpenPlan | None = None
    "Of a wing that runs plans of TensorRT, which are built and compared before the first start."


def choose_wing(wanted: str, jetson_mark: Path = JETSON_MARK) -> Wing:
    """`cpu`, `jetson`, or the one that fits this machine for `auto`. Raises BoothError for one that cannot run here."""
    if wanted == "jetson":
        where = "on this machine" if jetson_mark.exists() else "without a Jetson"
        raise BoothError(f"wing: the jetson wing is not built yet and cannot run {where}; set wing: cpu")
    return cpu_wing()


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
        CpuImageOps,
        CpuBoxOps,
        CpuBodyOps,
        CpuMeasures,
        CpuModel,
        CpuNeighbours,
        CpuSensors,
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
