"""Packages, models and caches for the tests of engines: small, real files in a temporary folder."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.active import Active, Network, onnx_file
from engines.cache import Cache, sha256_of
from engines.entries import Model, Package, WeightFile, read_manifest
from engines.layouts import PACKED, Layout, Planar, Size
from engines.manifest import model_path, recipe_for
from engines.recipe import MadeFile, recipe_path, recipe_text

WEIGHTS = b"weights of a network, as published" * 1000
MEMBER = "vendor/ckpt/net.bin"


def sha256(content: bytes) -> str:
    """Return the hash in hex."""
    return hashlib.sha256(content).hexdigest()


def wheel_file(
    folder: Path, name: str = "street-weights", content: bytes = WEIGHTS, requires: str = ""
) -> Path:
    """Write an installable wheel, version 1.0, that carries one weight file."""
    stem = name.replace("-", "_")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-1.0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(MEMBER, content)
        bundle.writestr(f"{stem}-1.0.dist-info/METADATA", metadata + requires)
        bundle.writestr(
            f"{stem}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        bundle.writestr(f"{stem}-1.0.dist-info/RECORD", "")
    return path


def package(name: str = "street-weights", content: bytes = WEIGHTS) -> Package:
    """Return the manifest's entry of such a wheel."""
    return Package(name, "1.0", 34_000, (WeightFile("net.bin", MEMBER, sha256(content)),))


def converted_bytes(size: Size, layout: Layout = PACKED) -> bytes:
    """Return what the fake converter writes for a size."""
    return b"onnx of %dx%d" % size + (b"" if layout == PACKED else b", planar")


def model(*sources: Package, converter: str = "picodet") -> Model:
    """Return a network of two sizes, made from one weight file."""
    sizes = ((64, 32), (96, 64)) if converter != "none" else ()
    known = {size: sha256(converted_bytes(size)) for size in sizes}
    planar = Planar((1, 2, 3), (0.5, 0.5, 0.5), {s: sha256(converted_bytes(s, "planar")) for s in sizes})
    return Model(
        "net", "tests", "CC0", converter, known, sources or (package(),), planar=planar if sizes else None
    )


def put_network(cache: Cache, network: Network, content: bytes = b"a network") -> Path:
    """Let a cache hold a network of the real manifest that counts as converted here, and return its file."""
    known = read_manifest().model(network.name)
    path = model_path(cache, known, network.size, network.layout)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    made = MadeFile(recipe_for(known, network.size, network.layout), sha256(content))
    recipe_path(path).write_text(recipe_text(made))
    return path


def active_of(cache: Cache, network: Network, file: Path, **changes: Any) -> Active:
    """Return the pointer to a file that passed here."""
    source = sha256_of(onnx_file(cache, network))
    active = Active(str(file.relative_to(cache.root)), sha256_of(file), source, "int8", "here", "passed")
    return replace(active, **changes)


class FakeConverter:
    """Writes what is asked for, counts its runs, and fails or writes other bytes when told so."""

    def __init__(self, suffix: bytes = b"") -> None:
        self.runs: list[list[Size]] = []
        self.suffix = suffix
        self.failure: Exception | None = None

    def __call__(self, cache: Cache, net: Model, made: dict[Size, Path], layout: Layout = PACKED) -> None:
        self.runs.append(list(made))
        for size, path in made.items():
            path.write_bytes(converted_bytes(size, layout) + self.suffix)
            if self.failure:
                raise self.failure
