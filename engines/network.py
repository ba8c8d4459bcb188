"""An ONNX file as TensorRT's parser reads it: a module of TensorRT and a file go in, a checked network comes out.

Nothing here imports TensorRT: builder.py hands the module in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from appliance.errors import BoothError


def read_network(trt: Any, builder: Any, logger: Any, onnx: Path) -> tuple[Any, Any]:
    """Return the network and its parser, which owns the weights: keep it until the plan is built.

    Raises BoothError naming the node that TensorRT cannot read, or an input that is not float32.
    """
    network = builder.create_network(creation_flags(trt))
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(onnx.read_bytes()):
        faults = [fault_text(parser.get_error(number)) for number in range(parser.num_errors)]
        raise BoothError(
            f"{onnx}: TensorRT {trt.__version__} cannot read {faults[0] if faults else 'this file'}"
        )
    for tensor in inputs_of(network):
        if tensor.dtype != trt.DataType.FLOAT:
            cure = (
                "plans are built from the planar float32 variant; run: booth engines convert --layout planar"
            )
            raise BoothError(f"{onnx}: input {tensor.name} is {tensor.dtype}; {cure}")
    return network, parser


def creation_flags(trt: Any) -> int:
    """Return the flags of a network with the batch in its shapes, typed by the file where no flag lowers types."""
    kinds = trt.NetworkDefinitionCreationFlag
    wanted = ["EXPLICIT_BATCH"] + ([] if hasattr(trt.BuilderFlag, "FP16") else ["STRONGLY_TYPED"])
    return sum(1 << int(getattr(kinds, name)) for name in wanted if hasattr(kinds, name))


def fault_text(fault: Any) -> str:
    """Return 'node NAME (OPERATOR): reason'; TensorRT before 10 tells the node's number only."""
    name = fault.node_name() if hasattr(fault, "node_name") else ""
    operator = f" ({fault.node_operator()})" if hasattr(fault, "node_operator") else ""
    return f"node {name or fault.node()}{operator}: {' '.join(fault.desc().split())}"


def inputs_of(network: Any) -> Iterator[Any]:
    """Yield the input tensors."""
    return (network.get_input(number) for number in range(network.num_inputs))


def give_float_outputs(trt: Any, network: Any) -> None:
    """Put a cast to float32 behind every output in half precision: what reads them knows one type.

    A cast works with every version; the type of a tensor can no longer be set from TensorRT 11 on.
    """
    for tensor in [network.get_output(number) for number in range(network.num_outputs)]:
        if tensor.dtype == trt.DataType.FLOAT:
            continue
        name, tensor.name = tensor.name, f"{tensor.name}_as_computed"
        network.unmark_output(tensor)
        cast = network.add_cast(tensor, trt.DataType.FLOAT).get_output(0)
        cast.name = name
        network.mark_output(cast)


def used_precision(trt: Any, network: Any, wanted: str, onnx: str) -> str:
    """Return the precision that the plan will have. Raises BoothError for int8 without Q/DQ pairs."""
    layers = [network.get_layer(number) for number in range(network.num_layers)]
    if any(layer.type in {trt.LayerType.QUANTIZE, trt.LayerType.DEQUANTIZE} for layer in layers):
        return "int8"
    if wanted == "int8":
        raise BoothError(f"{onnx}: int8 is wanted, but it has no Q/DQ pairs; run: booth engines quantize")
    types = {layer.get_output(number).dtype for layer in layers for number in range(layer.num_outputs)}
    halved = trt.DataType.HALF in types or (wanted == "fp16" and hasattr(trt.BuilderFlag, "FP16"))
    return "fp16" if halved else "fp32"


def profile_of(builder: Any, network: Any, shapes: Mapping[str, Sequence[Sequence[int]]], onnx: str) -> Any:
    """Return an optimisation profile for the inputs of changing size, None where there are none.

    shapes: input -> (smallest, likeliest, largest). Raises BoothError where they do not fit the network.
    """
    tensors = {tensor.name: tensor for tensor in inputs_of(network)}
    if set(tensors) != set(shapes):
        raise BoothError(f"{onnx}: inputs are {sorted(tensors)}, the order has shapes of {sorted(shapes)}")
    profile, changing = builder.create_optimization_profile(), False
    for name, tensor in tensors.items():
        own = tuple(tensor.shape)
        if not all(fits(own, shape) for shape in shapes[name]):
            raise BoothError(f"{onnx}: {name} has shape {own}, the order says {shapes[name]}")
        if -1 in own:
            changing = True
            profile.set_shape(name, *(tuple(shape) for shape in shapes[name]))
    return profile if changing else None


def fits(own: Sequence[int], shape: Sequence[int]) -> bool:
    """Tell whether a tensor of shape `own`, -1 where any size goes, can be of the other shape."""
    return len(own) == len(shape) and all(want in {-1, got} for want, got in zip(own, shape, strict=True))
