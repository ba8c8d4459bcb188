"""The GPU and the system as a plan is bound to them: read from the CUDA driver and from the release file.

Only the builder's child process calls this, so that the booth itself gets no second CUDA context.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

from appliance.errors import BoothError

L4T_FILE = Path("/etc/nv_tegra_release")
# Of CUdevice_attribute in cuda.h, fixed by the driver's binary interface.
SM_COUNT, CAPABILITY_MAJOR, CAPABILITY_MINOR = 16, 75, 76


def read_gpu() -> tuple[str, int, str]:
    """Return compute capability ('8.7'), number of multiprocessors and name of the first GPU.

    Raises BoothError where there is no driver or no GPU.
    """
    cuda, device = _load_driver(), ctypes.c_int()
    _call(cuda, "cuInit", 0)
    _call(cuda, "cuDeviceGet", ctypes.byref(device), 0)
    name = ctypes.create_string_buffer(256)
    _call(cuda, "cuDeviceGetName", name, len(name), device)
    major, minor, count = (
        _attribute(cuda, device, number) for number in (CAPABILITY_MAJOR, CAPABILITY_MINOR, SM_COUNT)
    )
    return f"{major}.{minor}", count, name.value.decode("utf-8", "replace")


def _load_driver() -> ctypes.CDLL:
    try:
        return ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        raise BoothError(f"no CUDA driver ({error}); install JetPack, or set wing: cpu") from error


def _attribute(cuda: ctypes.CDLL, device: ctypes.c_int, number: int) -> int:
    value = ctypes.c_int()
    _call(cuda, "cuDeviceGetAttribute", ctypes.byref(value), number, device)
    return value.value


def _call(cuda: ctypes.CDLL, function: str, *arguments: object) -> None:
    status = getattr(cuda, function)(*arguments)
    if status:
        cure = "join the groups video and render, see booth doctor; or set wing: cpu"
        raise BoothError(f"the CUDA driver answers {function} with error {status}; {cure}")


def read_l4t(file: Path = L4T_FILE) -> str:
    """Return '36.4.3' for '# R36 (release), REVISION: 4.3, ...'; empty where the file is absent or other."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"R(\d+)\b.*?REVISION:\s*([\d.]+)", text)
    return f"{found[1]}.{found[2]}" if found else ""
