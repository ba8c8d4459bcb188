"""ONNX out of weights: a model of the manifest goes in, checked ONNX files with their sidecars come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engines.cache import Cache, sha256_of, store
from engines.converter import run_converter
from engines.entries import Model
from engines.layouts import PACKED, PLANAR, Layout, Size, size_text
from engines.manifest import is_ready, model_path, recipe_for
from engines.recipe import MadeFile, Recipe, recipe_path, recipe_text

Convert = Callable[[Cache, Model, dict[Size, Path], Layout], None]
"Takes the cache, a model, the file to write for each size and a layout; writes them all or raises BoothError."


def convert_model(
    cache: Cache,
    model: Model,
    convert: Convert = run_converter,
    layout: Layout = PACKED,
    sizes: Sequence[Size] | None = None,
) -> bool:
    """Make the ONNX files of a layout that are missing, damaged or out of date; returns False when none were.

    `sizes` None means all of them. Raises BoothError when the converter fails; then no file of the cache has changed.
    """
    if layout == PLANAR:
        model.planes()
    wanted = model.sizes if sizes is None else sizes
    missing = [size for size in wanted if not is_ready(cache, model, size, layout)]
    if not missing:
        return False
    print(f"{model.name}: converting to {layout} ONNX at {', '.join(map(size_text, missing))}", flush=True)
    with cache.scratch() as scratch:
        made = {size: scratch / size_text(size) for size in missing}
        convert(cache, model, made, layout)
        for size, path in made.items():
            target, recipe = model_path(cache, model, size, layout), recipe_for(model, size, layout)
            _store_converted(path, target, recipe, model.known_sha256(size, layout))
    return True


def _store_converted(made: Path, target: Path, recipe: Recipe, known_sha256: str) -> None:
    found = sha256_of(made)
    if found != known_sha256:
        print(f"  {target.name}: sha256 {found[:12]}.. is not the known {known_sha256[:12]}..; it is used")
    sidecar = made.with_name(f"{made.name}.json")
    sidecar.write_text(recipe_text(MadeFile(recipe, found)), encoding="utf-8")
    # The sidecar goes last: a file that is not the known one counts as not made without it.
    recipe_path(target).unlink(missing_ok=True)
    store(made, target)
    store(sidecar, recipe_path(target))
