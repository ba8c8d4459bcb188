"""What networks there are: the manifest and the cache go in, a row for each file that runs or could run comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engines.active import FP32, Network, misfit, read_standing
from engines.cache import Cache
from engines.entries import Manifest, Model
from engines.layouts import PACKED, PLANAR, Layout, Size, size_text
from engines.manifest import model_path, ready_path


@dataclass(frozen=True)
class Row:
    """One file of one network, or a candidate that was refused."""

    name: str
    size: str
    "Like '640x384', or 'any size'."
    layout: Layout
    precision: str
    state: str
    "ready, missing, refused, or unfit: made elsewhere, from another network, or damaged."
    runs: bool
    "It is what a booth on this machine runs by itself."
    why: str
    "What the comparison found, or why it does not run and what mends that."
    file: str


def inventory(cache: Cache, manifest: Manifest, machine: str) -> Iterator[Row]:
    """All rows, in the manifest's order; networks that nobody brings have none."""
    for model in manifest.models.values():
        yield from rows_of(cache, model, machine)


def rows_of(cache: Cache, model: Model, machine: str = "") -> Iterator[Row]:
    """Rows of one network: each size and layout, and what was made of it. An empty `machine` is not compared."""
    if not model.sources:
        return
    for size in model.sizes or (None,):
        for layout in (PACKED, PLANAR) if model.planar else (PACKED,):
            yield from _rows(cache, model, size, layout, machine)


def _rows(cache: Cache, model: Model, size: Size | None, layout: Layout, machine: str) -> Iterator[Row]:
    ready = ready_path(cache, model, size, layout)
    cure = model.cure if layout == PACKED else "booth engines convert --layout planar"
    path, label = ready or model_path(cache, model, size, layout), size_text(size) if size else "any size"
    others = (
        list(_candidates(cache, Network(model.name, size, layout), path, machine)) if ready and size else []
    )
    runs = bool(ready) and layout == PACKED and not model.on_request and not any(row.runs for row in others)
    note = "" if layout == PACKED else "what plans are built from"
    state, why = ("ready", note) if ready else ("missing", f"run: {cure}")
    yield Row(model.name, label, layout, FP32, state, runs, why, str(path))
    yield from others


def _candidates(cache: Cache, network: Network, source: Path, machine: str) -> Iterator[Row]:
    """What may run instead of an ONNX file that is ready (`source`), and what was refused."""
    standing = read_standing(cache, network)
    size = size_text(network.size)
    if active := standing.active:
        path = cache.root / active.file
        # A plan belongs to TensorRT and a GPU, which nobody asks for a list.
        fault = misfit(cache, active, source, machine if network.layout == PACKED else "")
        why = f"{fault}; run: booth engines build" if fault else active.note
        state = "unfit" if fault else "ready"
        yield Row(
            network.name, size, network.layout, active.precision, state, not fault, why,
            str(path),
        )  # fmt: skip
    for precision, why in standing.refused.items():
        yield Row(network.name, size, network.layout, precision, "refused", False, why, "")
