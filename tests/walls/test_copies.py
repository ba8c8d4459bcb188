"""The wall round the device: one file copies between host and device, counts what it copies, and takes no pixel out."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import numpy as np
import pytest

from appliance.runtime.jetson.gpu import MOST_FIGURES, MOST_GLANCE, Copies, Gpu

WING = Path(__file__).parents[2] / "appliance" / "runtime" / "jetson"
COPYING = {"copy_in", "copy_out", "memcpy_htod", "memcpy_htod_async", "memcpy_dtoh", "memcpy_dtoh_async"}
DRIVERS = {"driver.py", "pycuda_driver.py"}


def calls(file: Path) -> set[str]:
    """Names of the methods that a file calls."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {function.attr for function in functions if isinstance(function, ast.Attribute)}


def test_one_file_copies_between_host_and_device() -> None:
    copying = {file.name for file in WING.glob("*.py") if calls(file) & COPYING}
    assert copying - DRIVERS == {"gpu.py"}


def test_nothing_takes_pixels_out() -> None:
    counted = set(Copies.__dataclass_fields__)
    assert counted == {"pixels_in", "figures_in", "figures_out", "glances_out"}
    out = {name for name, _ in inspect.getmembers(Gpu, inspect.isfunction) if "copy_out(" in calls_of(name)}
    assert out == {"figures", "glance", "_copy_out"}


def test_only_a_technician_s_glance_takes_a_small_picture_out() -> None:
    """The device's by the seam's, the seam's by the aim, and the aim by the field glass, which asks for a session."""
    asking = {
        str(file.relative_to(WING.parents[1]))
        for file in WING.parents[1].rglob("*.py")
        if "glance" in calls(file)
    }
    assert asking == {"runtime/jetson/image.py", "vision/aim.py"}
    aiming = {
        file.name for file in WING.parents[1].rglob("*.py") if "Aim(" in file.read_text(encoding="utf-8")
    }
    assert aiming == {"field_glass.py"}


def calls_of(method: str) -> str:
    return inspect.getsource(getattr(Gpu, method))


@pytest.mark.parametrize("picture", [(384, 640, 3), (1080, 1920), (8, 256, 256)])
def test_no_picture_of_the_pipeline_is_small_enough_for_figures(picture: tuple[int, ...]) -> None:
    """Of a frame, a letterbox, or the silhouettes of a frame's people."""
    assert np.prod(picture) * (4 if picture[-1] in {3, 256} else 1) > MOST_FIGURES > MOST_GLANCE


def test_only_the_device_counts_its_copies() -> None:
    for file in WING.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        changed = [node.target for node in ast.walk(tree) if isinstance(node, ast.AugAssign)]
        counted = {one.attr for one in changed if isinstance(one, ast.Attribute)} & set(
            Copies.__dataclass_fields__
        )
        assert not counted or file.name == "gpu.py", file
