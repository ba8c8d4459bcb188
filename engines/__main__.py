"""`python -m engines VERB`: brings networks and the sample street into the cache; `make setup` calls it."""

from __future__ import annotations

import argparse
import sys

from appliance.errors import BoothError
from engines.cache import Cache, default_cache
from engines.convert import convert_model
from engines.entries import Manifest, Model, read_manifest, size_text
from engines.fetch import fetch_weights
from engines.manifest import is_ready, model_path
from engines.sample import fetch_sample


def set_up(cache: Cache, manifest: Manifest) -> None:
    """Make everything in the manifest ready; prints only when there was something to do."""
    with cache.lock():
        needed = [model for model in manifest.models.values() if model.sources and not model.on_request]
        done = [_make_ready(cache, model) for model in needed]
        done.append(fetch_sample(cache, manifest.sample))
    if any(done):
        print(f"networks and sample street are ready in {cache.root}", flush=True)


def fetch_model(cache: Cache, manifest: Manifest, name: str) -> None:
    """Make one network ready that the set-up leaves out. Raises BoothError when it has no source."""
    model = manifest.model(name)
    if not model.sources:
        raise BoothError(f"{name} has no source: {model.how}")
    with cache.lock():
        _make_ready(cache, model)
    print(f"{name} is ready in {cache.root}", flush=True)


def _make_ready(cache: Cache, model: Model) -> bool:
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
            state = "ready" if is_ready(cache, model, size) else f"missing (run: {model.cure})"
            label = size_text(size) if size else "any size"
            print(f"  {label:>9}  {state}  {model_path(cache, model, size)}")


def main() -> int:
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("setup", help="all that the booth needs")
    verbs.add_parser("list", help="every network there is, with what was measured")
    verbs.add_parser("fetch", help="one network that the set-up leaves out").add_argument("name")
    given = parser.parse_args()
    cache = default_cache()
    try:
        if given.verb == "setup":
            set_up(cache, read_manifest())
        elif given.verb == "list":
            list_models(cache, read_manifest())
        else:
            fetch_model(cache, read_manifest(), given.name)
    except BoothError as error:
        print(f"booth: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("booth: interrupted; what was fetched so far is kept, run: make setup", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
