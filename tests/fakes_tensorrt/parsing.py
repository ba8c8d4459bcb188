"""Networks and their parser: an ONNX file becomes layers and tensors with types."""

from __future__ import annotations

from typing import Any

from tests.fakes_tensorrt.lacking import Lacking
from tests.fakes_tensorrt.onnx_file import Graph, Node, Value, read_graph

ONNX_TYPES = {1: "FLOAT", 2: "UINT8", 3: "INT8", 6: "INT32", 7: "INT64", 9: "BOOL", 10: "HALF"}
UNKNOWN_SIDE = -1


class Tensor(Lacking):
    """ITensor; `sides` keeps the names of sides of any size."""

    __slots__ = ("_dtype", "name", "sides", "source")

    def __init__(self, trt: Any, name: str, dtype: Any, sides: tuple[int | str, ...]) -> None:
        super().__init__(trt)
        self.name, self._dtype, self.sides = name, dtype, sides
        self.source = name

    # Cannot be set from TensorRT 11 on, so nobody should.
    dtype = property(lambda self: self._dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(side if isinstance(side, int) else UNKNOWN_SIDE for side in self.sides)


class Layer(Lacking):
    """ILayer."""

    __slots__ = ("outputs", "type")

    def __init__(self, trt: Any, kind: Any, outputs: list[Tensor]) -> None:
        super().__init__(trt)
        self.type, self.outputs = kind, outputs

    @property
    def num_outputs(self) -> int:
        return len(self.outputs)

    def get_output(self, number: int) -> Tensor:
        return self.outputs[number]


class Network(Lacking):
    """INetworkDefinition."""

    __slots__ = ("explicit_batch", "inputs", "layers", "onnx", "outputs", "strong")

    def __init__(self, trt: Any, flags: int) -> None:
        super().__init__(trt)
        kinds = trt.NetworkDefinitionCreationFlag
        known = {name: bool(flags & 1 << int(kind)) for name, kind in kinds.__members__.items()}
        if flags >> len(known):
            raise ValueError(f"unknown flags {flags:b}")
        self.explicit_batch = known.get("EXPLICIT_BATCH", True) or "STRONGLY_TYPED" in known
        self.strong = not hasattr(trt.BuilderFlag, "FP16") or known.get("STRONGLY_TYPED", False)
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.layers: list[Layer] = []
        self.onnx = b""

    num_inputs = property(lambda self: len(self.inputs))
    num_outputs = property(lambda self: len(self.outputs))
    num_layers = property(lambda self: len(self.layers))

    def get_input(self, number: int) -> Tensor:
        return self.inputs[number]

    def get_output(self, number: int) -> Tensor:
        return self.outputs[number]

    def get_layer(self, number: int) -> Layer:
        return self.layers[number]

    def mark_output(self, tensor: Tensor) -> None:
        self.outputs.append(tensor)

    def unmark_output(self, tensor: Tensor) -> None:
        self.outputs.remove(tensor)

    def add_cast(self, tensor: Tensor, dtype: Any) -> Layer:
        cast = Tensor(self.trt, f"(cast {tensor.name})", dtype, tensor.sides)
        cast.source = tensor.source
        self.layers.append(Layer(self.trt, self.trt.LayerType.CAST, [cast]))
        return self.layers[-1]


class ParserError(Lacking):
    """IParserError; the name of the node is told from TensorRT 10 on."""

    __slots__ = ("number", "of", "text")

    def __init__(self, trt: Any, text: str, number: int, of: Node | None) -> None:
        super().__init__(trt)
        self.text, self.number, self.of = text, number, of

    def desc(self) -> str:
        return self.text

    def node(self) -> int:
        return self.number

    def node_name(self) -> str:
        return self.of.name if self.of else ""

    def node_operator(self) -> str:
        return self.of.operator if self.of else ""


class OnnxParser(Lacking):
    """Parses into an empty network; False and errors when it cannot."""

    __slots__ = ("errors", "logger", "network")

    def __init__(self, trt: Any, network: Network, logger: Any) -> None:
        super().__init__(trt)
        self.network, self.logger = network, logger
        self.errors: list[ParserError] = []

    num_errors = property(lambda self: len(self.errors))

    def get_error(self, number: int) -> ParserError:
        return self.errors[number]

    def parse(self, model: bytes) -> bool:
        if not self.network.explicit_batch:
            return self._fail("this network has an implicit batch, which the parser\n does not support")
        try:
            graph = read_graph(model)
        except ValueError:
            return self._fail("the model could not be deserialised")
        for number, node in enumerate(graph.nodes):
            if node.domain:
                return self._fail(f"no importer registered for {node.operator}", number, node)
        types = types_of(graph)
        for number, node in enumerate(graph.nodes):
            if self.network.strong and mixed(node, types):
                return self._fail("inputs must have the same type", number, node)
        self.network.onnx = model
        self._fill(graph, types)
        return True

    def _fail(self, text: str, number: int = -1, node: Node | None = None) -> bool:
        self.errors.append(ParserError(self.trt, text, number, node))
        self.logger.log(self.trt.ILogger.Severity.ERROR, text)
        return False

    def _fill(self, graph: Graph, types: dict[str, int]) -> None:
        self.network.inputs[:] = map(self._tensor, graph.inputs)
        for node in graph.nodes:
            kinds = {"QuantizeLinear": "QUANTIZE", "DequantizeLinear": "DEQUANTIZE", "Cast": "CAST"}
            kind = getattr(self.trt.LayerType, kinds.get(node.operator, "UNARY"))
            tensors = [Tensor(self.trt, name, self._type(types[name]), ()) for name in node.outputs]
            self.network.layers.append(Layer(self.trt, kind, tensors))
        self.network.outputs[:] = map(self._tensor, graph.outputs)

    def _tensor(self, value: Value) -> Tensor:
        return Tensor(self.trt, value.name, self._type(value.dtype), value.shape)

    def _type(self, number: int) -> Any:
        name = ONNX_TYPES[number]
        return getattr(self.trt.DataType, name if hasattr(self.trt.DataType, name) else "INT32")


def types_of(graph: Graph) -> dict[str, int]:
    """The types of all tensors by name."""
    types = {**graph.constants, **{value.name: value.dtype for value in graph.inputs}}
    for node in graph.nodes:
        types.update(dict.fromkeys(node.outputs, type_of(node, types)))
    return types


def mixed(node: Node, types: dict[str, int]) -> bool:
    """Whether a node reads both float32 and float16; the scales of a Resize are always float32, and no tensor."""
    read = node.inputs[:1] if node.operator == "Resize" else node.inputs
    return {types.get(name) for name in read} >= {1, 10}


def type_of(node: Node, types: dict[str, int]) -> int:
    """The type of a node's outputs: a cast's own, a quantiser's, else that of its first input."""
    if node.operator in {"QuantizeLinear", "DequantizeLinear"}:
        return 3 if node.operator == "QuantizeLinear" else 1
    return node.cast_to or types.get(node.inputs[0], 1)
