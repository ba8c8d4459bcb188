"""ONNX files without the onnx package: a few lines of protobuf to write small networks and to read their nodes.

Field numbers are those of onnx.proto. Types: 1 float32, 2 uint8, 3 int8, 7 int64, 10 float16.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Not at run time: the children that build need no NumPy, and it takes half of their time to load.
    from numpy.typing import NDArray

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7, "float16": 10}


def varint(number: int) -> bytes:
    """Protobuf's integers, least significant seven bits first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def entry(field: int, value: int | bytes | str) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(field << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(content)) + content


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    name: str = "",
    domain: str = "",
    **numbers: int,
) -> bytes:
    """A NodeProto; attributes are whole numbers."""
    message = b"".join(entry(1, one) for one in inputs) + b"".join(entry(2, one) for one in outputs)
    message += entry(3, name or operator.lower()) + entry(4, operator)
    for key, value in numbers.items():
        message += entry(5, entry(1, key) + entry(3, value) + entry(20, 2))
    return message + (entry(7, domain) if domain else b"")


def constant(name: str, array: NDArray[Any]) -> bytes:
    """A TensorProto."""
    sides = b"".join(entry(1, side) for side in array.shape)
    return sides + entry(2, TYPES[array.dtype.name]) + entry(8, name) + entry(9, array.tobytes())


def value(name: str, dtype: str, shape: Sequence[int | str]) -> bytes:
    """A ValueInfoProto; a string is a side of any size."""
    sides = b"".join(entry(1, entry(2 if isinstance(side, str) else 1, side)) for side in shape)
    return entry(1, name) + entry(2, entry(1, entry(1, TYPES[dtype]) + entry(2, sides)))


def network(
    nodes: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes], constants: Sequence[bytes] = ()
) -> bytes:
    """A ModelProto of opset 17."""
    graph = b"".join(entry(1, one) for one in nodes) + entry(2, "small")
    graph += b"".join(entry(5, one) for one in constants)
    graph += b"".join(entry(11, one) for one in inputs) + b"".join(entry(12, one) for one in outputs)
    return entry(1, 8) + entry(7, graph) + entry(8, entry(1, "") + entry(2, 17))


@dataclass(frozen=True)
class Node:
    """What a parser tells of a node."""

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    domain: str
    cast_to: int
    "A type for a Cast, else 0."


@dataclass(frozen=True)
class Value:
    """An input or output; sides of any size have their name."""

    name: str
    dtype: int
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class Graph:
    """A model as far as a parser needs it."""

    nodes: tuple[Node, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    constants: dict[str, int]
    "Name -> type."


def read_graph(model: bytes) -> Graph:
    """Read a model. Raises ValueError for bytes that are none."""
    try:
        (graph,) = pick(model, 7)
        constants = {pick(one, 8)[0].decode(): pick(one, 2)[0] for one in pick(graph, 5)}
        inputs, outputs = (tuple(map(read_value, pick(graph, field))) for field in (11, 12))
        return Graph(tuple(map(read_node, pick(graph, 1))), inputs, outputs, constants)
    except (ValueError, IndexError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise ValueError("no ONNX model") from error


def read_node(message: bytes) -> Node:
    """Read a NodeProto."""
    inputs, outputs = (tuple(one.decode() for one in pick(message, field)) for field in (1, 2))
    name, operator, domain = (b"".join(pick(message, field)[:1]).decode() for field in (3, 4, 7))
    to = [pick(one, 3)[0] for one in pick(message, 5) if pick(one, 1) == [b"to"]]
    return Node(name, operator, inputs, outputs, domain, to[0] if to else 0)


def read_value(message: bytes) -> Value:
    """Read a ValueInfoProto."""
    (name,), (outer,) = pick(message, 1), pick(message, 2)
    (tensor,) = pick(outer, 1)
    sides = [
        pick(side, 1) + [name.decode() for name in pick(side, 2)] for side in pick(pick(tensor, 2)[0], 1)
    ]
    return Value(name.decode(), pick(tensor, 1)[0], tuple(side[0] for side in sides))


def pick(message: bytes, field: int) -> list[Any]:
    """All values of one field."""
    return [content for number, content in fields(message) if number == field]


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message; numbers of fixed width are left out."""
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = read_varint(message, at)
            yield key >> 3, number
        elif kind == 2:
            length, at = read_varint(message, at)
            if at + length > len(message):
                raise IndexError("cut short")
            yield key >> 3, message[at : at + length]
            at += length
        else:
            at += {1: 8, 5: 4}.get(kind) or len(message)


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    number, shift = 0, 0
    while True:
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def linear_network(dtype: str = "float32", batch: int | str = "N") -> bytes:
    """`image` (batch, 3, 4, 4) -> `features` (batch, 5), `mask` (batch, 3, 4, 4): small and not symmetric."""
    import numpy as np

    weights = np.linspace(-1, 1, 48 * 5).reshape(48, 5).astype(dtype)
    flat = constant("flat", np.array([-1, 48], np.int64))
    return network(
        [
            node("Reshape", ["image", "flat"], ["rows"], "to_rows"),
            node("MatMul", ["rows", "weights"], ["features"], "project"),
            node("Sigmoid", ["image"], ["mask"], "squash"),
        ],
        [value("image", dtype, [batch, 3, 4, 4])],
        [value("features", dtype, [batch, 5]), value("mask", dtype, [batch, 3, 4, 4])],
        [constant("weights", weights), flat],
    )
