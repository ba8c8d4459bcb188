"""Bringing networks: the manifest goes in, weights, ONNX files and the sample street are in the cache after."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.errors import BoothError
from engines.cache import Cache
from engines.convert import convert_model
from engines.entries import Manifest, Model
from engines.fetch import fetch_weights
from engines.inventory import rows_of
from engines.layouts import PACKED, Layout, Size
from engines.manifest import is_ready
from engines.sample import fetch_sample


def set_up(cache: Cache, manifest: Manifest, layouts: Sequence[Layout] = (PACKED,)) -> None:
    """Make everything in the manifest ready; prints only when there was something to do."""
    with cache.lock():
        needed = [model for model in manifest.models.values() if model.sources and not model.on_request]
        done = [_make_ready(cache, model, layout) for model in needed for layout in layouts]
        done.append(fetch_sample(cache, manifest.sample))
    if any(done):
        print(f"networks and sample street are ready in {cache.root}", flush=True)


def fetch_model(cache: Cache, manifest: Manifest, name: str) -> None:
    """Make one network ready that the set-up leaves out. Raises BoothError when it has no source."""
    make_layout(cache, manifest, name, PACKED)
    print(f"{name} is ready in {cache.root}", flush=True)


def convert_networks(cache: Cache, manifest: Manifest, name: str | None, layout: Layout) -> None:
    """Make one network, or all that the set-up brings, ready in a layout. Raises BoothError for one that has none."""
    usual = [model.name for model in manifest.models.values() if model.sources and not model.on_request]
    for one in [name] if name else usual:
        make_layout(cache, manifest, one, layout)
        print(f"{one} is ready, {layout}, in {cache.root}", flush=True)


def make_layout(
    cache: Cache, manifest: Manifest, name: str, layout: Layout, sizes: Sequence[Size] | None = None
) -> None:
    """Fetch and convert one network in a layout where that is not done; `sizes` None means all of them.

    Raises BoothError when it has no source.
    """
    model = manifest.model(name)
    if not model.sources:
        raise BoothError(f"{name} has no source: {model.how}")
    with cache.lock():
        _make_ready(cache, model, layout, sizes)


def _make_ready(cache: Cache, model: Model, layout: Layout, sizes: Sequence[Size] | None = None) -> bool:
    wanted = model.sizes if sizes is None else sizes
    if all(is_ready(cache, model, size, layout) for size in wanted or (None,)):
        return False
    return fetch_weights(cache, model) | convert_model(cache, model, layout=layout, sizes=wanted)


def list_models(cache: Cache, manifest: Manifest) -> None:
    """Print every network with what was measured, at every size, and whether it is ready."""
    for model in manifest.models.values():
        print(f"{model.name} ({', '.join(model.roles)}): {model.purpose}; {model.licence}")
        for figure in model.figures:
            print(f"    {figure}")
        if not model.sources:
            print(f"  not brought by the set-up; {model.how}")
        for row in rows_of(cache, model):
            state = f"{row.state} ({row.why})" if row.why else row.state
            print(f"  {row.size:>9}  {row.layout}  {row.precision}  {state}  {row.file}".rstrip())
