"""Whether an NVIDIA GPU is here for tests and benchmarks: nothing in, pycuda and kernels brought, or a reason out."""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import sys
from pathlib import Path

from appliance.errors import BoothError
from appliance.runtime.jetson import fatbin

ROOT = Path(__file__).parents[2]


def why_not() -> str:
    """Why nothing can run on a GPU here; empty when everything is ready. Brings pycuda and the kernels."""
    reason = missing_device()
    if reason:
        return reason
    if importlib.util.find_spec("pycuda") is None:
        subprocess.run(["sh", "deploy/package/make-pycuda.sh", sys.prefix], cwd=ROOT, check=True)
    try:
        if not fatbin.fatbin_path().exists():
            fatbin.build()
    except BoothError as error:
        return str(error)
    return ""


def missing_device() -> str:
    """Why there is no CUDA device; empty when there is one."""
    try:
        library = ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        return f"no NVIDIA driver here ({error})"
    count = ctypes.c_int()
    code = library.cuInit(0) or library.cuDeviceGetCount(ctypes.byref(count))
    return "" if not code and count.value else f"no CUDA device here (error {code})"
