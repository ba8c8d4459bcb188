"""What the children that write networks anew share: their order is read, the network comes folded.

Runs in a child process of rewrite.py, on the booth's own packages and those in the folder it names.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """What a child is asked for."""

    source: Path
    target: Path
    floats: tuple[str, ...]
    "Layers that stay float32."


def read_order() -> Order:
    """Read the command line, and let `import onnx` find the tools."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--tools", required=True, help="Folder with the onnx package.")
    parser.add_argument("--float", action="append", default=[], help="A layer that stays float.")
    given = parser.parse_args()
    # Behind the booth's own packages: its NumPy is the one that ONNX Runtime was made for.
    sys.path.append(given.tools)
    return Order(given.source, given.target, tuple(given.float))


@contextmanager
def folded(order: Order) -> Iterator[Path]:
    """Yield the source with its batch normalisations inside the convolutions; the file is gone at the end."""
    with tempfile.TemporaryDirectory(dir=order.target.parent) as folder:
        path = Path(folder) / "folded.onnx"
        fold(order.source, path)
        yield path


def fold(source: Path, target: Path) -> None:
    """Write the network with its batch normalisations inside the convolutions, where they cost nothing more."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
