"""The versions of TensorRT: a number goes in, a module comes out that has what this version has and lacks the rest.

See tests/fakes_tensorrt/{parsing,building,running}.py for the parts; their names are held against those of the real
modules (tests/fakes_tensorrt/real.py).
The numbers behind the names differ from version to version, so that code which relies on them fails.
"""

from __future__ import annotations

import enum
import os
from types import ModuleType
from typing import Any

from tests.fakes_tensorrt import building, parsing, running

VERSIONS = {"8.6": "8.6.2", "10.3": "10.3.0", "10.16": "10.16.2.10", "11.4": "11.4.0"}
FULL_VERSIONS = tuple(VERSIONS)

TYPES_8 = ["FLOAT", "HALF", "INT8", "INT32", "BOOL", "UINT8", "FP8"]
WEAK_FLAGS = ["FP16", "INT8"]
WEAK_FLAGS_10 = ["BF16", "FP8", "INT4"]
OTHER_FLAGS = ["DEBUG", "GPU_FALLBACK", "REFIT", "TF32"]
FLAGS_10 = ["STRIP_PLAN"]


class Named(enum.Enum):
    """An enum as TensorRT's: equal only to itself, and a number only when asked for it."""

    def __int__(self) -> int:
        return int(self.value)


NAMED: Any = Named
"The same to make enums of, which mypy wants to know beforehand."


def numbered(title: str, names: list[str], version: str) -> Any:
    """An enum whose numbers are the version's own."""
    order = names[::-1] if version == "11.4" else names
    first = {"10.3": 3, "10.16": 7}.get(version, 0)
    return NAMED(title, {name: number for number, name in enumerate(order, first)})


def creation_flags(version: str) -> Any:
    """The flags of create_network; their numbers are the real ones, since they are bits."""
    names = {
        "8.6": {"EXPLICIT_BATCH": 0, "EXPLICIT_PRECISION": 1},
        "11.4": {"STRONGLY_TYPED": 0},
    }.get(version, {"EXPLICIT_BATCH": 0, "STRONGLY_TYPED": 1})
    return NAMED("NetworkDefinitionCreationFlag", names)


class ILogger:
    """Base of a logger; a subclass that does not call __init__ is refused, as pybind11 does."""

    Severity = NAMED("Severity", ["INTERNAL_ERROR", "ERROR", "WARNING", "INFO", "VERBOSE"])

    def __init__(self) -> None:
        self.initialised = True


class IProgressMonitor:
    """Base of a progress monitor, from TensorRT 10 on."""

    def __init__(self) -> None:
        self.initialised = True


def fake_tensorrt(version: str) -> Any:
    """The module `tensorrt` of a version of VERSIONS."""
    trt: Any = ModuleType("tensorrt")
    trt.__version__ = VERSIONS[version]
    weak = version != "11.4"
    ten = version != "8.6"
    trt.DataType = numbered("DataType", TYPES_8 + (["BF16", "INT64", "INT4"] if ten else []), version)
    flags = (WEAK_FLAGS if weak else []) + (WEAK_FLAGS_10 if weak and ten else []) + OTHER_FLAGS
    flags += FLAGS_10 if ten else []
    trt.BuilderFlag = numbered("BuilderFlag", flags, version)
    trt.LayerType = numbered("LayerType", ["CONVOLUTION", "UNARY", "CAST", "QUANTIZE", "DEQUANTIZE"], version)
    trt.MemoryPoolType = numbered("MemoryPoolType", ["WORKSPACE", "TACTIC_DRAM"], version)
    trt.TensorIOMode = numbered("TensorIOMode", ["NONE", "INPUT", "OUTPUT"], version)
    trt.NetworkDefinitionCreationFlag = creation_flags(version)
    trt.ILogger = ILogger
    if ten:
        trt.IProgressMonitor = IProgressMonitor
    trt.Builder = lambda logger: building.Builder(trt, checked(logger))
    trt.OnnxParser = lambda network, logger: parsing.OnnxParser(trt, network, checked(logger))
    trt.Runtime = lambda logger: running.Runtime(trt, checked(logger))
    return trt


def checked(logger: Any) -> Any:
    """The logger, if its base was initialised and there is a GPU that a builder or runtime can start on."""
    if not getattr(logger, "initialised", False):
        raise TypeError("__init__() must be called when overriding __init__")
    if os.environ.get("FAKE_TENSORRT_FAULT") == "nostart":
        logger.log(ILogger.Severity.ERROR, "CUDA initialization failure with error: 35.")
        raise TypeError("pybind11::init(): factory function returned nullptr")
    return logger
