"""The converter as a child process on packages of its own: weights go in, ONNX files come out.

Its old NumPy must never meet the booth's, hence a folder of packages in the cache and no site-packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache
from engines.entries import Model
from engines.layouts import PACKED, Layout, Size, size_text
from engines.recipe import CONVERTER_PACKAGES
from engines.tools import bring_tools

TOOLS_DOWNLOAD_BYTES = 39_200_000
LIMIT_S = 600


def run_converter(cache: Cache, model: Model, made: dict[Size, Path], layout: Layout = PACKED) -> None:
    """Write the model's ONNX file for each size; a converter that fails is installed anew once.

    Raises BoothError with the converter's last words.
    """
    weights = [str(cache.weights / model.name / file.name) for file in model.weight_files()]
    orders = [f"--make={size_text(size)}={path}" for size, path in made.items()]
    arguments = [*weights, f"--layout={layout}", *orders]
    reason = _complaint(converter_tools(cache), model.converter, arguments)
    if reason:
        print(f"  the converter failed ({reason}); its packages are installed again", flush=True)
        shutil.rmtree(converter_tools(cache))
        reason = _complaint(converter_tools(cache), model.converter, arguments)
    if reason:
        raise BoothError(
            f"{model.name}: the converter failed ({reason}); remove {cache.root}, then: make setup"
        )


def _complaint(tools: Path, converter: str, arguments: list[str]) -> str:
    """Run the surgery; return the last line it said when it failed, else nothing."""
    # -S keeps the booth's own packages out; the converter's come first, then the folder `engines` lies in.
    command = [sys.executable, "-S", "-m", f"engines.{converter}", *arguments]
    places = os.pathsep.join([str(tools), str(Path(__file__).parents[1])])
    try:
        done = subprocess.run(
            command, cwd=tools, env={**os.environ, "PYTHONPATH": places}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no end after {LIMIT_S} s"
    return (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1] if done.returncode else ""


def converter_tools(cache: Cache) -> Path:
    """Return the folder with the converter's packages, installed there when it is missing."""
    return bring_tools(cache, "converter", CONVERTER_PACKAGES, TOOLS_DOWNLOAD_BYTES)
