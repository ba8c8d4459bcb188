"""Pictures that teach the scales of an 8-bit network stay in memory: what the child writes is searched for them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import BoothError
from engines.cache import default_cache
from engines.rewrite import onnx_tools
from tests.walls.tracing import Trace, require_strace, trace

PIECE = 24
"Bytes in a row: noise so long is in no network by chance."
PICTURES = np.random.default_rng(9).random((8, 3, 64, 32)).astype(np.float32)
PIECES = [
    picture[channel, row].tobytes()[:PIECE] for picture in PICTURES for channel in range(3) for row in (0, 31)
]
TINY = """
import sys
sys.path.append(sys.argv[2])
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save
filters = np.random.default_rng(1).standard_normal((4, 3, 3, 3)).astype(np.float32)
ports = [
    helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", channels, 64, 32])
    for name, channels in (("image", 3), ("out", 4))
]
nodes = [helper.make_node("Conv", ["image", "filters"], ["out"], name="only", pads=[1] * 4)]
graph = helper.make_graph(nodes, "tiny", ports[:1], ports[1:], [numpy_helper.from_array(filters, "filters")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 7
save(model, sys.argv[1])
"""


@pytest.fixture(scope="module")
def quantizing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Path]:
    """Return what a child let out that made a tiny network 8 bit, and its folder."""
    folder, outside = tmp_path_factory.mktemp("quantizing"), tmp_path_factory.mktemp("outside")
    try:
        with default_cache().lock():
            tools = onnx_tools(default_cache())
    except BoothError as error:
        pytest.skip(str(error))
    source, pictures = outside / "tiny.onnx", outside / "pictures.npy"
    subprocess.run([sys.executable, "-c", TINY, str(source), str(tools)], check=True)
    np.save(pictures, PICTURES)
    words = [
        sys.executable,
        "-m",
        "engines.quantizer",
        str(source),
        str(folder / "made.onnx"),
        f"--tools={tools}",
    ]
    line = f"TMPDIR={folder} ORT_DISABLE_TELEMETRY=1 exec {shlex.join(words)} < {pictures}"
    return trace(require_strace(), ["sh", "-c", line], outside / "strace", folder), folder


def found_in(content: bytes) -> bool:
    return any(piece in content for piece in PIECES)


def test_the_search_finds_a_picture_that_is_there() -> None:
    assert found_in(b"x" * 7 + PICTURES[3, 2].tobytes())
    assert not found_in(bytes(range(256)))


def test_no_write_of_the_child_holds_a_piece_of_a_picture(quantizing: tuple[Trace, Path]) -> None:
    seen, _ = quantizing
    assert seen.code == 0, seen.errors
    assert sum(map(len, seen.written)) > 1000
    assert not any(found_in(content) for content in seen.written)


def test_the_child_opens_no_file_elsewhere_and_leaves_the_network_alone(
    quantizing: tuple[Trace, Path],
) -> None:
    seen, folder = quantizing
    elsewhere = {path for path in seen.opened if not path.is_relative_to(folder)}
    assert not {path for path in elsewhere if path.suffix != ".pyc" and "__pycache__" not in str(path)} - {
        Path("/dev/null")
    }
    assert [path.name for path in folder.iterdir()] == ["made.onnx"]


def test_the_child_opens_no_socket_to_the_world(quantizing: tuple[Trace, Path]) -> None:
    assert quantizing[0].families <= {"AF_UNIX"}
