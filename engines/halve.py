"""Networks in half precision in the cache: a network goes in, an ONNX file that says float16 in its types comes out.

For machines on which no flag lowers the types of a plan, see plans.py. It needs no pictures: the same network and the
same layers in float32 give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.errors import BoothError
from engines.active import Network, onnx_file
from engines.cache import Cache, holds, sha256_of, store
from engines.entries import read_manifest
from engines.rewrite import ONNX_PACKAGES, rewrite

SCRIPTS = ("halver.py", "rewriter.py")

Halver = Callable[[Cache, Path, Path, tuple[str, ...]], None]
"Takes the cache, source, target and the layers that stay float32."


def run_halver(cache: Cache, source: Path, target: Path, floats: tuple[str, ...]) -> None:
    """Write the network in half precision in a child process. Raises BoothError with its last words."""
    if complaint := rewrite(cache, "engines.halver", source, target, floats):
        raise BoothError(f"{source.name}: could not be made fp16 ({complaint}); it stays as it is")


def halve(cache: Cache, network: Network, run: Halver = run_halver) -> Path:
    """Return the file in half precision: at once where it is whole and made of today's network, else made now.

    Hold the cache's lock. Raises BoothError when it cannot be made; then no file of the cache has changed.
    """
    target, recipe = half_path(cache, network), recipe_of(cache, network)
    if is_made(target, recipe):
        return target
    with cache.scratch() as scratch:
        made, sidecar = scratch / "fp16.onnx", scratch / "fp16.json"
        run(cache, onnx_file(cache, network), made, tuple(recipe["float"]))
        facts = {**recipe, "output_sha256": sha256_of(made)}
        sidecar.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        store(made, target)
        store(sidecar, target.with_suffix(".json"))
    return target


def half_path(cache: Cache, network: Network) -> Path:
    """Return where the file lies, whether it exists or not."""
    return cache.models / f"{network.stem}-fp16.onnx"


def recipe_of(cache: Cache, network: Network) -> dict[str, Any]:
    """Return all that decides the bytes. Raises BoothError when the network is not there."""
    return {
        "source_sha256": sha256_of(onnx_file(cache, network)),
        "float": [*read_manifest().model(network.name).float_nodes],
        "script_sha256": sha256_of(*(Path(__file__).with_name(name) for name in SCRIPTS)),
        "packages": [*ONNX_PACKAGES],
    }


def is_made(path: Path, recipe: dict[str, Any]) -> bool:
    """Tell whether the file is whole and was made by the recipe; its sidecar goes to the disk last."""
    try:
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return holds(path, facts.pop("output_sha256")) and facts == recipe
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
