"""ONNX out of weights: a model of the manifest goes in, a checked ONNX file with its sidecar comes out.

The converter runs as a child on packages of its own, so that their old NumPy never meets the booth's.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache, sha256_of, store
from engines.entries import Model, Size, size_text
from engines.fetch import pip_reason, say
from engines.manifest import is_ready, model_path, recipe_for
from engines.recipe import CONVERTER_PACKAGES, MadeFile, Recipe, recipe_path, recipe_text

TOOLS_DOWNLOAD_BYTES = 39_000_000
LIMIT_S = 600


def convert_model(cache: Cache, model: Model, sizes: tuple[Size, ...] = ()) -> bool:
    """Make the ONNX files that are missing, damaged or out of date; returns False when there were none.

    `sizes` defaults to all of the manifest. Raises BoothError when the converter fails.
    """
    if model.converter == "none":
        return False
    missing = [size for size in sizes or model.sizes if not is_ready(cache, model, size)]
    if not missing:
        return False
    print(f"{model.name}: converting to ONNX at {', '.join(size_text(size) for size in missing)}", flush=True)
    with cache.scratch() as scratch:
        _run_converter(cache, model, missing, scratch)
        for size in missing:
            target, recipe = model_path(cache, model, size), recipe_for(model, size)
            _store_converted(scratch / size_text(size), target, recipe, model.known[size])
    return True


def _run_converter(cache: Cache, model: Model, sizes: list[Size], scratch: Path) -> None:
    weights = [cache.weights / model.name / file.name for file in model.weight_files()]
    orders = [f"--make={size_text(size)}={scratch / size_text(size)}" for size in sizes]
    for last_try in (False, True):
        tools = converter_tools(cache)
        # -S keeps the booth's own packages out; the tools come first, then this very folder `engines`.
        command = [sys.executable, "-S", "-m", f"engines.{model.converter}", *map(str, weights), *orders]
        path = os.pathsep.join([str(tools), str(Path(__file__).parents[1])])
        done = subprocess.run(
            command, cwd=scratch, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
            timeout=LIMIT_S, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            return
        reason = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        if last_try:
            raise BoothError(
                f"{model.name}: the converter failed ({reason}); remove {cache.root}, then run: make setup"
            )
        print(f"  the converter failed ({reason}); its packages are installed again", flush=True)
        shutil.rmtree(tools)


def _store_converted(made: Path, target: Path, recipe: Recipe, known_sha256: str) -> None:
    found = sha256_of(made)
    if found != known_sha256:
        print(
            f"  {target.name} has sha256 {found[:12]}.., not the known {known_sha256[:12]}..; it is used",
            flush=True,
        )
    sidecar = made.with_name(f"{made.name}.json")
    sidecar.write_text(recipe_text(MadeFile(recipe, found)), encoding="utf-8")
    # The sidecar goes last: without it the file beside it counts as not made.
    recipe_path(target).unlink(missing_ok=True)
    store(made, target)
    store(sidecar, recipe_path(target))


def converter_tools(cache: Cache) -> Path:
    """Return the folder with the converter's packages, installed there when it is missing."""
    folder = cache.tools / tools_name(CONVERTER_PACKAGES)
    if folder.is_dir():
        return folder
    say("converter: fetching " + ", ".join(CONVERTER_PACKAGES), TOOLS_DOWNLOAD_BYTES)
    with cache.scratch() as scratch:
        _install(CONVERTER_PACKAGES, scratch / "site")
        folder.parent.mkdir(parents=True, exist_ok=True)
        (scratch / "site").rename(folder)
    return folder


def tools_name(packages: tuple[str, ...]) -> str:
    """Return a folder name that changes with the packages, the Python and the kind of processor."""
    key = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    return f"converter-{platform.machine()}-py{sys.version_info.major}{sys.version_info.minor}-{key}"


def _install(packages: tuple[str, ...], folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--no-compile", "--only-binary=:all:", "--target", str(folder), *packages]  # fmt: skip
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        reason = pip_reason(done.stderr)
        raise BoothError(f"pip could not install the converter: {reason}; then run: make setup")
