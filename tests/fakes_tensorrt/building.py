"""The builder: a network and a configuration become a plan, or None and a word in the log.

FAKE_TENSORRT_FAULT makes it fail: `memory:N` and `kill:N` for workspaces above N MB, `hang`, `none`, `leaves`,
`refused` (a plan that does not load), `nostart` (no builder, no runtime).
FAKE_TENSORRT_LOG names a file that gets a line for each build.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from tests.fakes_tensorrt.lacking import Lacking, host_memory
from tests.fakes_tensorrt.parsing import Network

MAGIC = b"a plan of a fake\n"
MEGABYTE = 1 << 20


class TimingCache(Lacking):
    """ITimingCache: remembers for which version it is and how many builds it has seen."""

    __slots__ = ("builds",)

    def __init__(self, trt: Any, builds: int) -> None:
        super().__init__(trt)
        self.builds = builds

    def serialize(self) -> Any:
        return host_memory(json.dumps([self.trt.__version__, self.builds]).encode())


class Profile(Lacking):
    """IOptimizationProfile."""

    __slots__ = ("shapes",)

    def __init__(self, trt: Any) -> None:
        super().__init__(trt)
        self.shapes: dict[str, tuple[tuple[int, ...], ...]] = {}

    def set_shape(self, name: str, low: Any, likely: Any, high: Any) -> None:
        if not len(low) == len(likely) == len(high):
            raise ValueError("the shapes do not agree")
        self.shapes[name] = (tuple(low), tuple(likely), tuple(high))


class BuilderConfig(Lacking):
    """IBuilderConfig."""

    __slots__ = (
        "builder_optimization_level",
        "flags",
        "profiles",
        "progress_monitor",
        "timings",
        "workspace",
    )

    def __init__(self, trt: Any) -> None:
        super().__init__(trt)
        self.workspace, self.builder_optimization_level = 1 << 40, 3
        self.flags: set[Any] = set()
        self.profiles: list[Profile] = []
        self.timings = TimingCache(trt, 0)
        if hasattr(trt, "IProgressMonitor"):
            self.progress_monitor: Any = None

    def set_memory_pool_limit(self, pool: Any, size: int) -> None:
        assert pool is self.trt.MemoryPoolType.WORKSPACE
        self.workspace = size

    def set_flag(self, flag: Any) -> None:
        self.flags.add(self.trt.BuilderFlag(flag))

    def add_optimization_profile(self, profile: Profile) -> int:
        ascending = all(
            a <= b <= c for shapes in profile.shapes.values() for a, b, c in zip(*shapes, strict=True)
        )
        self.profiles.append(profile)
        return len(self.profiles) - 1 if ascending else -1

    def create_timing_cache(self, content: bytes) -> TimingCache | None:
        try:
            version, builds = json.loads(content or json.dumps([self.trt.__version__, 0]))
        except ValueError:
            return None
        return TimingCache(self.trt, builds if version == self.trt.__version__ else -1)

    def set_timing_cache(self, cache: TimingCache, ignore_mismatch: bool) -> bool:
        if cache.builds < 0:
            return False
        self.timings = cache
        return True

    def get_timing_cache(self) -> TimingCache:
        return self.timings


class Builder(Lacking):
    """IBuilder."""

    __slots__ = ("logger",)

    def __init__(self, trt: Any, logger: Any) -> None:
        super().__init__(trt)
        self.logger = logger

    def create_network(self, flags: int = 0) -> Network:
        return Network(self.trt, flags)

    def create_builder_config(self) -> BuilderConfig:
        return BuilderConfig(self.trt)

    def create_optimization_profile(self) -> Profile:
        return Profile(self.trt)

    def build_serialized_network(self, network: Network, config: BuilderConfig) -> Any:
        note_build(config)
        complaint = fault(config) or type_fault(self.trt, network, config) or shape_fault(network, config)
        if complaint:
            self.logger.log(self.trt.ILogger.Severity.ERROR, complaint)
            return None
        self.logger.log(self.trt.ILogger.Severity.WARNING, "kernels were not\n tried on a real GPU")
        show_progress(self.trt, config)
        config.timings.builds += 1
        facts = json.dumps(facts_of(self.trt, network, config)).encode()
        return host_memory(MAGIC + facts + b"\n" + network.onnx)


def note_build(config: BuilderConfig) -> None:
    """Leave a trace of the build."""
    if "FAKE_TENSORRT_LOG" in os.environ:
        with Path(os.environ["FAKE_TENSORRT_LOG"]).open("a", encoding="utf-8") as sink:
            flags = sorted(flag.name for flag in config.flags)
            facts = [os.getpid(), config.workspace // MEGABYTE, flags, config.builder_optimization_level]
            print(json.dumps([*facts, config.timings.builds]), file=sink)


def fault(config: BuilderConfig) -> str:
    """Fail as told: hang, be killed, or say why there is no plan."""
    kind, _, limit = os.environ.get("FAKE_TENSORRT_FAULT", "").partition(":")
    above = not limit or config.workspace > int(limit) * MEGABYTE
    if kind == "hang":
        time.sleep(600)
    if kind == "kill" and above:
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "leaves":
        os._exit(3)
    if kind == "memory" and above:
        return "Error Code 2: OutOfMemory (Requested size was 123456 bytes.)"
    return "Error Code 10: Could not find any implementation for node (project)." if kind == "none" else ""


def type_fault(trt: Any, network: Network, config: BuilderConfig) -> str:
    """Weakly typed networks need a flag for each type below float32."""
    if network.strong:
        return ""
    flags = {flag.name for flag in config.flags}
    types = {tensor.dtype for layer in network.layers for tensor in layer.outputs}
    quantised = any(layer.type is trt.LayerType.QUANTIZE for layer in network.layers)
    if quantised and "INT8" not in flags:
        return "Networks with Q/DQ layers need int8 to be enabled"
    return "float16 is not enabled" if trt.DataType.HALF in types and "FP16" not in flags else ""


def shape_fault(network: Network, config: BuilderConfig) -> str:
    """Inputs of any size need a profile."""
    known = {name for profile in config.profiles for name in profile.shapes}
    missing = [tensor.name for tensor in network.inputs if -1 in tensor.shape and tensor.name not in known]
    return f"no optimization profile for the dynamic input {missing[0]}" if missing else ""


def show_progress(trt: Any, config: BuilderConfig) -> None:
    """Two phases, the first with one inside, told from a thread of the builder's own."""
    if not hasattr(trt, "IProgressMonitor") or config.progress_monitor is None:
        return
    monitor = config.progress_monitor

    def tell() -> None:
        monitor.phase_start("Building the engine", None, 4)
        for step in range(4):
            monitor.phase_start("Timing kernels", "Building the engine", 5)
            for inner in (1, 0, 2, 3):
                assert monitor.step_complete("Timing kernels", inner)
            monitor.phase_finish("Timing kernels")
            monitor.step_complete("Building the engine", step)
        monitor.phase_finish("Building the engine")
        monitor.phase_start("Writing the plan", None, 1)
        monitor.step_complete("Writing the plan", 0)
        monitor.phase_finish("Writing the plan")

    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()


def facts_of(trt: Any, network: Network, config: BuilderConfig) -> dict[str, Any]:
    """What the plan tells besides its network."""
    version = "another" if os.environ.get("FAKE_TENSORRT_FAULT") == "refused" else trt.__version__
    return {
        "version": version,
        "layers": len(network.layers),
        "inputs": [[tensor.name, tensor.dtype.name, tensor.sides] for tensor in network.inputs],
        "outputs": [
            [tensor.name, tensor.dtype.name, tensor.sides, tensor.source] for tensor in network.outputs
        ],
        "profile": config.profiles[0].shapes if config.profiles else {},
    }
