"""Networks for a release: the manifest and the cache go in, a folder of whole converted files comes out.

An installed booth reads them there (`Cache.shipped`) and brings nothing itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from engines.cache import Cache
from engines.entries import Manifest, Model
from engines.layouts import Layout
from engines.manifest import model_file
from engines.recipe import recipe_path
from engines.setup import make_layout


def shipped_models(manifest: Manifest) -> list[Model]:
    """Return the networks that a booth runs: those the set-up brings."""
    return [model for model in manifest.models.values() if model.sources and not model.on_request]


def ship_networks(cache: Cache, manifest: Manifest, layouts: Sequence[Layout], folder: Path) -> list[Path]:
    """Copy the networks at all their sizes, made now where they are not yet, and return the copies."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = []
    for model in shipped_models(manifest):
        for layout in layouts:
            make_layout(cache, manifest, model.name, layout)
            shipped += [_copy(model_file(model.name, size, cache, layout), folder) for size in model.sizes]
    return shipped


def _copy(onnx: Path, folder: Path) -> Path:
    """Copy a file and its sidecar, without which one that another converter made does not count."""
    sidecar = recipe_path(onnx)
    if sidecar.exists():
        shutil.copyfile(sidecar, folder / sidecar.name)
    return Path(shutil.copyfile(onnx, folder / onnx.name))
