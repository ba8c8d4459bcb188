"""The networks at hand: a name and a size go in, the path of an ONNX file checked by hash comes out."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache, default_cache, holds, sha256_of
from engines.entries import Model, read_manifest
from engines.layouts import PACKED, PLANAR, Colour, Layout, Size, size_text
from engines.recipe import SHARED_SCRIPTS, Recipe, read_recipe


def model_path(cache: Cache, model: Model, size: Size | None = None, layout: Layout = PACKED) -> Path:
    """Return where the ONNX file of a model is made, whether it exists or not."""
    if model.converter == "none":
        files = model.weight_files()
        return cache.weights / model.name / (files[0].name if files else f"{model.name}.onnx")
    wanted = size or model.sizes[0]
    if wanted not in model.sizes:
        made = ", ".join(size_text(made) for made in model.sizes)
        raise BoothError(f"{model.name} is not made at {size_text(wanted)}; choose one of {made}")
    suffix = "-planar" if layout == PLANAR else ""
    return cache.models / f"{model.name}-{size_text(wanted)}{suffix}.onnx"


def is_ready(cache: Cache, model: Model, size: Size | None = None, layout: Layout = PACKED) -> bool:
    """Tell whether the ONNX file is there and whole, see ready_path."""
    return ready_path(cache, model, size, layout) is not None


def ready_path(cache: Cache, model: Model, size: Size | None = None, layout: Layout = PACKED) -> Path | None:
    """Return the whole ONNX file: the one that came with the program, else one made here; None without either.

    In that order, since an update brings new networks while those made for the old ones still lie in the cache.
    """
    made = model_path(cache, model, size, layout)
    places = [cache.shipped / made.name, made] if cache.shipped else [made]
    return next((path for path in places if _is_whole(path, model, size, layout)), None)


def _is_whole(path: Path, model: Model, size: Size | None, layout: Layout) -> bool:
    """Whether the file is the known one, or one made by today's recipe."""
    if not model.sources:
        return False
    if model.converter == "none":
        return holds(path, model.weight_files()[0].sha256)
    if holds(path, model.known_sha256(size or model.sizes[0], layout)):
        return True
    made = read_recipe(path)
    return (
        made is not None
        and made.recipe == recipe_for(model, size, layout)
        and holds(path, made.output_sha256)
    )


def recipe_for(model: Model, size: Size | None = None, layout: Layout = PACKED) -> Recipe:
    """Return what the converted file must have been made from and with."""
    scripts = [Path(__file__).with_name(name) for name in (f"{model.converter}.py", *SHARED_SCRIPTS)]
    inputs = {file.name: file.sha256 for file in model.weight_files()}
    return Recipe(inputs, size_text(size or model.sizes[0]), layout, sha256_of(*scripts))


def model_file(
    name: str, size: Size | None = None, cache: Cache | None = None, layout: Layout = PACKED
) -> Path:
    """Return the ONNX file of a network at an input size (width, height; the default when None).

    The file's hash is checked (20 ms for the largest). Raises BoothError when it is absent, damaged, out of
    date, never made at that size, or none that the set-up brings.
    """
    cache = cache or default_cache()
    model = read_manifest().model(name)
    made = model_path(cache, model, size, layout)
    if not model.sources:
        raise BoothError(f"the set-up does not bring the network {name}: {model.how}")
    if path := ready_path(cache, model, size, layout):
        return path
    shipped = cache.shipped / made.name if cache.shipped else made
    path = shipped if shipped.exists() else made
    state = "is damaged or out of date" if path.exists() else "is not there"
    cure = "booth engines convert --layout planar" if layout == PLANAR else model.cure
    if cache.shipped:
        cure = "sudo dpkg -i PACKAGE, of the version that dpkg -s booth tells"
    raise BoothError(f"the network {name} ({path}) {state}; run: {cure}")


def normal_of(name: str) -> tuple[Colour, Colour]:
    """Return mean and scale of R, G, B: the planar network takes (value - mean) * scale of values 0..255.

    Raises BoothError for a network without a planar variant.
    """
    planes = read_manifest().model(name).planes()
    return planes.mean, planes.scale


def sample_street(cache: Cache | None = None) -> Path:
    """Return the sample video; raises BoothError when it is absent or damaged."""
    cache = cache or default_cache()
    sample = read_manifest().sample
    path = cache.samples / sample.name
    if not holds(path, sample.sha256):
        state = "is damaged" if path.exists() else "is not there"
        raise BoothError(f"the sample street {path} {state}; run: make setup")
    return path
