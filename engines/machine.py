"""What runs networks on the CPU here: nothing goes in, one line that a measured speed belongs to comes out."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from appliance.runtime.choose import cpu_wing


def onnx_machine() -> str:
    """Return processor, cores and ONNX Runtime; a speed measured with others means nothing here."""
    name = cpu_wing().sensors().describe().get("machine", platform.machine())
    return f"{name}, {len(os.sched_getaffinity(0))} cores, onnxruntime {version('onnxruntime')}"
