"""What the CPU wing needs of its machine: nothing in, checks out. It is at home on any Linux computer."""

from __future__ import annotations

import shutil
from pathlib import Path

from appliance.runtime.checks import Checks, NotChecked
from appliance.runtime.plugins import check_gstreamer
from appliance.runtime.readings import read_text


def checks(root: Path = Path("/")) -> Checks:
    """From the ground up; `root` lets tests point at a fake tree."""
    yield "gpu", lambda: name_gpu(root)
    yield "nvcc", find_compiler
    yield "gstreamer", check_gstreamer


def name_gpu(root: Path) -> str:
    """An NVIDIA GPU by its driver's files, and that nobody uses it."""
    for card in sorted((root / "proc/driver/nvidia/gpus").glob("*/information")):
        for line in read_text(card).splitlines():
            name, _, model = line.partition(":")
            if name.strip() == "Model":
                return f"{model.strip()}; the cpu wing leaves it alone"
    raise NotChecked("no NVIDIA GPU; the cpu wing needs none")


def find_compiler() -> str:
    """Whether this computer can make the kernels of a Jetson."""
    found = shutil.which("nvcc")
    if found is None:
        raise NotChecked("not installed; only who builds kernels for a Jetson needs it")
    return f"{found}: can build the kernels of a Jetson"
