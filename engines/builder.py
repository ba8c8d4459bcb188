"""The builder's child process: an order as JSON on the standard input, reports as JSON lines on the standard output.

`python -m engines.builder` builds, `--probe` tells the machine. Alone in knowing TensorRT's builder, 8.6 to 11: what
a version lacks is asked for by name. Types: fp16 is a flag up to 10; from 11 on a plan has the types its ONNX file
has (halve.py makes it), so a file in fp32 gives a plan in fp32 and the record says so. int8 is Q/DQ pairs in the file
with any version.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.errors import BoothError
from engines.device import read_gpu, read_l4t
from engines.network import give_float_outputs, profile_of, read_network, used_precision
from engines.reports import BUILT, PARSED, Reports, logger_of, monitor_of, take_standard_output

MEGABYTE = 1 << 20
MEMORY_WORDS = (
    "outofmemory",
    "out of memory",
    "could not be allocated",
    "insufficient memory",
)
"What TensorRT and CUDA say when memory was short, in small letters."
PR_SET_PDEATHSIG = 1


def import_tensorrt() -> Any:
    """Return the module; raises BoothError where there is none."""
    try:
        import tensorrt
    except ImportError as error:
        cure = "apt install python3-libnvinfer and make setup again, or set wing: cpu"
        raise BoothError(f"TensorRT's Python package does not load ({error}); {cure}") from error
    return tensorrt


def build(trt: Any, order: Mapping[str, Any], reports: Reports) -> None:
    """Build the plan of the order, try whether it loads, write it, and report what was built."""
    logger = logger_of(trt, reports)
    builder = started(trt, trt.Builder, logger, reports)
    # The parser owns the weights, so it must live until the plan is built.
    network, _parser = read_network(trt, builder, logger, Path(order["onnx"]))
    give_float_outputs(trt, network)
    precision = used_precision(trt, network, order["precision"], order["onnx"])
    config, monitor = builder.create_builder_config(), monitor_of(trt, reports)
    configure(trt, config, order, precision)
    add_profile(builder, network, config, order)
    if monitor is not None:
        config.progress_monitor = monitor
    reports.progress(PARSED)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise BoothError(f"{order['onnx']}: TensorRT {trt.__version__} gave no plan: {reason(reports)}")
    reports.progress(BUILT)
    layers = try_plan(trt, logger, bytes(plan), reports)
    write(Path(order["plan"]), plan)
    keep_timings(config, Path(order["new_timings"]))
    reports.tell(built={"precision": precision, "layers": layers})


def started(trt: Any, part: Any, logger: Any, reports: Reports) -> Any:
    """Return TensorRT's builder or runtime; raises BoothError where it gives none: pybind11 says TypeError."""
    try:
        return part(logger)
    except TypeError as error:
        raise BoothError(
            f"TensorRT {trt.__version__} does not start: {reason(reports)}; see: booth doctor"
        ) from error


def write(path: Path, content: Any) -> None:
    """Write a file; raises BoothError where the disk is full."""
    try:
        path.write_bytes(content)
    except OSError as error:
        cure = "make room there, then run: booth engines build"
        raise BoothError(f"cannot write {path} ({error.strerror}); {cure}") from error


def configure(trt: Any, config: Any, order: Mapping[str, Any], precision: str) -> None:
    """Set the memory, the level of the search, the flags of the types and the timings known from before."""
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, order["workspace_mb"] * MEGABYTE)
    config.builder_optimization_level = order["builder_level"]
    # With int8 the layers without Q/DQ pairs run in fp16.
    for flag in {"fp32": (), "fp16": ("FP16",), "int8": ("INT8", "FP16")}[precision]:
        if hasattr(trt.BuilderFlag, flag):
            config.set_flag(getattr(trt.BuilderFlag, flag))
    timings = Path(order["timings"])
    known = config.create_timing_cache(timings.read_bytes() if timings.is_file() else b"")
    if known is None or not config.set_timing_cache(known, ignore_mismatch=False):
        config.set_timing_cache(config.create_timing_cache(b""), ignore_mismatch=False)


def add_profile(builder: Any, network: Any, config: Any, order: Mapping[str, Any]) -> None:
    """Tell the shapes that the inputs can have. Raises BoothError where they do not fit the network."""
    profile = profile_of(builder, network, order["shapes"], order["onnx"])
    if profile is not None and config.add_optimization_profile(profile) < 0:
        raise BoothError(f"{order['onnx']}: TensorRT refuses the shapes {order['shapes']}; mend the order")


def try_plan(trt: Any, logger: Any, plan: bytes, reports: Reports) -> int:
    """Return the number of layers of the plan; raises BoothError when it does not load."""
    engine = started(trt, trt.Runtime, logger, reports).deserialize_cuda_engine(plan)
    if engine is None:
        raise BoothError(f"TensorRT {trt.__version__} refuses the plan it has just built: {reason(reports)}")
    return int(engine.num_layers)


def keep_timings(config: Any, path: Path) -> None:
    """Write the timings of this build and of those before it, where TensorRT gives them."""
    cache = config.get_timing_cache()
    content = cache.serialize() if cache is not None else None
    if content is not None:
        write(path, content)


def reason(reports: Reports) -> str:
    """Return TensorRT's last complaint."""
    return reports.errors[-1] if reports.errors else "it does not say why; try booth engines build again"


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when the one that wants the plan has ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def work(trt: Any, arguments: list[str], reports: Reports) -> None:
    """Do what the arguments say."""
    if arguments == ["--probe"]:
        capability, sm_count, name = read_gpu()
        machine = {"compute_capability": capability, "sm_count": sm_count, "gpu": name, "l4t": read_l4t()}
        reports.tell(machine={"tensorrt": trt.__version__, **machine})
    else:
        order = json.load(sys.stdin)
        die_with_parent(order["parent"])
        build(trt, order, reports)


def main() -> int:
    """Run; returns the exit status. A failure is reported as one line, with whether memory was short."""
    reports = Reports(take_standard_output())
    try:
        work(import_tensorrt(), sys.argv[1:], reports)
    except (BoothError, MemoryError, OSError, RuntimeError, ValueError, TypeError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        heard = " ".join([text, *reports.errors]).lower()
        short = isinstance(error, MemoryError) or any(words in heard for words in MEMORY_WORDS)
        reports.tell(failure=text, memory_short=short)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
