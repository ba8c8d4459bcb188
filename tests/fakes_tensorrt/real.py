"""What the real TensorRT has: a version in, the names of its classes' members and of its enums' values out.

Read from NVIDIA's own Python modules of these versions, with nothing behind them. Told are the names that the booth
or the fakes use.
"""

from __future__ import annotations

ALL = frozenset({"8.6", "10.3", "10.16", "11.4"})
WEAK = ALL - {"11.4"}
"Up to 10 flags lower the types of a network."
TEN = ALL - {"8.6"}

MEMBERS: dict[str, dict[str, frozenset[str]]] = {
    "Builder": dict.fromkeys(
        (
            "build_serialized_network",
            "create_builder_config",
            "create_network",
            "create_optimization_profile",
        ),
        ALL,
    ),
    "IBuilderConfig": {
        **dict.fromkeys(
            (
                "add_optimization_profile",
                "builder_optimization_level",
                "create_timing_cache",
                "get_timing_cache",
                "set_flag",
                "set_memory_pool_limit",
                "set_timing_cache",
            ),
            ALL,
        ),
        "progress_monitor": TEN,
    },
    "ICudaEngine": {
        **dict.fromkeys(
            (
                "create_execution_context",
                "get_tensor_dtype",
                "get_tensor_mode",
                "get_tensor_name",
                "get_tensor_profile_shape",
                "get_tensor_shape",
                "num_io_tensors",
                "num_layers",
            ),
            ALL,
        ),
        "device_memory_size": WEAK,
        "device_memory_size_v2": TEN,
    },
    "IExecutionContext": dict.fromkeys(
        ("execute_async_v3", "get_tensor_shape", "set_input_shape", "set_tensor_address"), ALL
    ),
    "ILayer": dict.fromkeys(("get_output", "num_outputs", "type"), ALL),
    "ILogger": dict.fromkeys(("Severity", "log"), ALL),
    "INetworkDefinition": dict.fromkeys(
        (
            "add_cast",
            "get_input",
            "get_layer",
            "get_output",
            "mark_output",
            "num_inputs",
            "num_layers",
            "num_outputs",
            "unmark_output",
        ),
        ALL,
    ),
    "IOptimizationProfile": dict.fromkeys(("set_shape",), ALL),
    "IProgressMonitor": dict.fromkeys(("phase_finish", "phase_start", "step_complete"), TEN),
    "ITensor": dict.fromkeys(("dtype", "name", "shape"), ALL),
    "ITimingCache": dict.fromkeys(("serialize",), ALL),
    "OnnxParser": dict.fromkeys(("get_error", "num_errors", "parse"), ALL),
    "ParserError": {
        **dict.fromkeys(("desc", "node"), ALL),
        **dict.fromkeys(("node_name", "node_operator"), TEN),
    },
    "Runtime": dict.fromkeys(("deserialize_cuda_engine",), ALL),
}
"Class -> member -> versions that have it."
VALUES: dict[str, dict[str, frozenset[str]]] = {
    "BuilderFlag": {
        **dict.fromkeys(("DEBUG", "GPU_FALLBACK", "REFIT", "TF32"), ALL),
        **dict.fromkeys(("FP16", "FP8", "INT8"), WEAK),
        **dict.fromkeys(("BF16", "INT4"), WEAK & TEN),
        "STRIP_PLAN": TEN,
    },
    "DataType": {
        **dict.fromkeys(("BOOL", "FLOAT", "FP8", "HALF", "INT32", "INT8", "UINT8"), ALL),
        **dict.fromkeys(("BF16", "INT4", "INT64"), TEN),
    },
    "LayerType": dict.fromkeys(("CAST", "CONVOLUTION", "DEQUANTIZE", "QUANTIZE", "UNARY"), ALL),
    "MemoryPoolType": dict.fromkeys(("TACTIC_DRAM", "WORKSPACE"), ALL),
    "NetworkDefinitionCreationFlag": {
        "EXPLICIT_BATCH": WEAK,
        "EXPLICIT_PRECISION": ALL - TEN,
        "STRONGLY_TYPED": TEN,
    },
    "TensorIOMode": dict.fromkeys(("INPUT", "NONE", "OUTPUT"), ALL),
}
"Enum -> value -> versions that have it."


def members_of(version: str, kind: str) -> set[str]:
    """Members of a class; none where the version lacks the class."""
    return {name for name, versions in MEMBERS[kind].items() if version in versions}


def values_of(version: str, kind: str) -> set[str]:
    """Names of an enum."""
    return {name for name, versions in VALUES[kind].items() if version in versions}
