"""8-bit networks in the cache: a network and pictures in memory go in, an ONNX file with Q/DQ pairs comes out.

The pictures go to the child process through a pipe; nothing but the network, its scales inside, reaches the disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from engines.active import Network, onnx_file, read_standing
from engines.cache import Cache, holds, sha256_of, store
from engines.entries import read_manifest
from engines.layouts import PLANAR
from engines.planes import planes_of
from engines.rewrite import rewrite

LEAST_PICTURES = 8
"Fewer say too little of how large the figures inside the network become."

Quantizer = Callable[[Cache, Path, Path, tuple[str, ...], NDArray[Any]], None]
"Takes the cache, source, target, the layers that stay float, and pictures as the network takes them."


def run_quantizer(
    cache: Cache, source: Path, target: Path, floats: tuple[str, ...], pictures: NDArray[Any]
) -> None:
    """Write the 8-bit network in a child process. Raises BoothError with its last words."""
    told = array_bytes(pictures)
    if complaint := rewrite(cache, "engines.quantizer", source, target, floats, told):
        raise BoothError(f"{source.name}: could not be made 8 bit ({complaint}); it stays as it is")


def array_bytes(array: NDArray[Any]) -> bytes:
    """Return an array in NumPy's own format, in memory."""
    sink = BytesIO()
    np.save(sink, array, allow_pickle=False)
    return sink.getvalue()


def quantize(
    cache: Cache, network: Network, pictures: NDArray[np.uint8], run: Quantizer = run_quantizer
) -> Path:
    """Make the 8-bit file of a network from packed pictures (N, H, W, 3) and return it.

    The name holds the hash, so the file that runs now stays as it is. Raises BoothError for too few pictures.
    """
    if len(pictures) < LEAST_PICTURES:
        raise BoothError(
            f"{network.label}: {len(pictures)} pictures with people are too few to make it 8 bit, "
            f"{LEAST_PICTURES} are needed; name a livelier SOURCE or watch longer"
        )
    model, source = read_manifest().model(network.name), onnx_file(cache, network)
    shown = planes_of(pictures, model.planes()) if network.layout == PLANAR else pictures
    with cache.scratch() as scratch:
        made = scratch / "int8.onnx"
        run(cache, source, made, model.float_layers, shown)
        sha256 = sha256_of(made)
        target = cache.models / f"{network.stem}-int8-{sha256[:12]}.onnx"
        facts = {"source_sha256": sha256_of(source), "output_sha256": sha256, "float": [*model.float_layers]}
        sidecar = made.with_suffix(".json")
        sidecar.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        store(made, target)
        store(sidecar, target.with_suffix(".json"))
    tidy(cache, network, target)
    return target


def tidy(cache: Cache, network: Network, newest: Path) -> None:
    """Remove the 8-bit files of a network but the newest and the one that runs."""
    active = read_standing(cache, network).active
    kept = {newest, cache.root / active.file if active else newest}
    for path in cache.models.glob(f"{network.stem}-int8-*.onnx"):
        if path not in kept:
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)


def quantized_file(cache: Cache, network: Network) -> Path | None:
    """Return the newest whole 8-bit file that was made from today's network, None when there is none."""
    source = sha256_of(onnx_file(cache, network))
    files = sorted(cache.models.glob(f"{network.stem}-int8-*.onnx"), key=lambda path: path.stat().st_mtime_ns)
    return next((path for path in reversed(files) if _is_made_from(path, source)), None)


def _is_made_from(path: Path, source_sha256: str) -> bool:
    try:
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return facts["source_sha256"] == source_sha256 and holds(path, facts["output_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
