"""`python -m engines VERB`: what `make setup` calls; brings networks and the sample street into the cache."""

from __future__ import annotations

import argparse
import sys

from appliance.errors import BoothError
from engines.cache import Cache, default_cache
from engines.convert import convert_model
from engines.entries import Manifest, read_manifest, size_text
from engines.fetch import fetch_weights
from engines.manifest import is_ready, model_path
from engines.sample import fetch_sample


def set_up(cache: Cache, manifest: Manifest) -> None:
    """Make everything in the manifest ready; prints only when there was something to do."""
    with cache.lock():
        done = [_ready(cache, manifest, name) for name, model in manifest.models.items() if model.sources]
        done.append(fetch_sample(cache, manifest.sample))
    if any(done):
        print(f"networks and sample street are ready in {cache.root}", flush=True)


def _ready(cache: Cache, manifest: Manifest, name: str) -> bool:
    model = manifest.model(name)
    ready = all(is_ready(cache, model, size) for size in model.sizes or (None,))
    return False if ready else fetch_weights(cache, model) | convert_model(cache, model)


def list_models(cache: Cache, manifest: Manifest) -> None:
    """Print every network with what was measured, at every size, and whether it is ready."""
    for model in manifest.models.values():
        print(f"{model.name} ({', '.join(model.roles)}): {model.purpose}; {model.licence}")
        for figure in model.figures:
            print(f"    {figure}")
        if not model.sources:
            print(f"  not brought by the set-up; {model.how}")
            continue
        for size in model.sizes or (None,):
            state = "ready" if is_ready(cache, model, size) else "missing (run: make setup)"
            label = size_text(size) if size else "any size"
            print(f"  {label:>9}  {state}  {model_path(cache, model, size)}")


def main() -> int:
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    parser.add_argument("verb", choices=["setup", "list"])
    verbs = {"setup": set_up, "list": list_models}
    try:
        verbs[parser.parse_args().verb](default_cache(), read_manifest())
    except BoothError as error:
        print(f"booth: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("booth: interrupted; what was fetched so far is kept, run: make setup", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
