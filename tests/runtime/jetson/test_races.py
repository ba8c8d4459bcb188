"""The search for races: what two threads do to one place without a barrier between them is told, with its lines."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from appliance.runtime.jetson.fatbin import KERNELS
from tests.runtime.jetson.shim import races
from tests.runtime.jetson.shim.build import shim_library
from tests.runtime.jetson.test_shim import TRIALS

LAUNCH = """
import sys
from pathlib import Path
import numpy as np
from appliance.runtime.jetson.gpu import Gpu
from tests.runtime.jetson.shim.driver import ShimDriver
gpu = Gpu(ShimDriver(Path(sys.argv[1])))
values = gpu.put(np.arange(64, dtype=np.int32))
gpu.launch(sys.argv[2], (4,), (64,), values, 64)
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trial kernels, built to be watched."""
    if not races.libraries():
        pytest.skip("g++ brings no thread sanitizer: races cannot be looked for")
    folder = tmp_path_factory.mktemp("watched")
    for file in [*KERNELS.glob("*.cuh"), *TRIALS.glob("*.cu")]:
        shutil.copy(file, folder)
    return shim_library(folder, extra=races.SANITIZER)


def found_in(library: Path, kernel: str, *, across: bool) -> list[str]:
    status, found = races.races([sys.executable, "-c", LAUNCH, str(library), kernel], across=across)
    if status:
        pytest.skip("the thread sanitizer does not run here")
    return found


def line_of(kernel: str) -> int:
    lines = (TRIALS / "trial.cu").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if f" {kernel}(" in line)


def test_a_missing_barrier_is_told_with_both_lines(watched: Path) -> None:
    first = line_of("trial_race") + 3
    assert f"trial.cu:{first} and trial.cu:{first + 1}" in found_in(watched, "trial_race", across=False)


def test_what_barriers_order_is_no_race(watched: Path) -> None:
    assert found_in(watched, "trial_reverse", across=False) == []


def test_blocks_race_for_device_memory(watched: Path) -> None:
    line = line_of("trial_race_of_blocks") + 1
    assert found_in(watched, "trial_race_of_blocks", across=False) == []
    assert found_in(watched, "trial_race_of_blocks", across=True) == [f"trial.cu:{line} and trial.cu:{line}"]
