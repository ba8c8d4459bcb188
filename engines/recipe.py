"""What a converted network was made from and with: the JSON sidecar beside each ONNX file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONVERTER_PACKAGES = (
    "flatbuffers==25.12.19", "numpy==1.26.4", "onnx==1.16.2", "paddle2onnx==1.2.4", "protobuf==4.25.8",
    "tflite==2.18.0",
)  # fmt: skip
"These exact versions gave the same bytes on Python 3.10 to 3.12; onnx 1.15 has no build for 3.12."
SHARED_SCRIPTS = ("errand.py", "flatnet.py", "layers.py", "surgery.py", "torchfile.py")
"What the converters of several networks use."


@dataclass(frozen=True)
class Recipe:
    """All that decides the bytes of a converted file."""

    inputs: Mapping[str, str]
    "Weight file -> sha256."
    size: str
    "Input size, like '640x384'."
    layout: str
    "'packed' or 'planar'."
    script_sha256: str
    "Of the surgery's source files."
    packages: tuple[str, ...] = CONVERTER_PACKAGES


@dataclass(frozen=True)
class MadeFile:
    """A recipe and the hash of what came out of it."""

    recipe: Recipe
    output_sha256: str


def recipe_path(onnx: Path) -> Path:
    """Return where the sidecar of an ONNX file lies."""
    return onnx.with_suffix(".json")


def read_recipe(onnx: Path) -> MadeFile | None:
    """Return what an ONNX file was made from, None when the sidecar is absent or unreadable."""
    try:
        tree = json.loads(recipe_path(onnx).read_text(encoding="utf-8"))
        recipe = Recipe(
            tree["inputs"], tree["size"], tree["layout"], tree["script_sha256"], tuple(tree["packages"])
        )
        return MadeFile(recipe, tree["output_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def recipe_text(made: MadeFile) -> str:
    """Return the sidecar's text."""
    recipe = made.recipe
    tree = {
        "inputs": dict(recipe.inputs),
        "size": recipe.size,
        "layout": recipe.layout,
        "script_sha256": recipe.script_sha256,
        "packages": list(recipe.packages),
        "output_sha256": made.output_sha256,
    }
    return json.dumps(tree, indent=2, sort_keys=True) + "\n"
