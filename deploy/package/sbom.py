"""The parts list of a release: its wheels and networks go in, CycloneDX 1.5 as JSON comes out.

Everything is said that somebody needs who is told of a weakness in a part: its exact version, where it is from, the
hash of what was unpacked, who needs it.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from vendor import ROOT, Target, Wheel

sys.path.insert(0, str(ROOT))

from appliance.update.version import debian_version
from engines.cache import sha256_of
from engines.entries import Model, read_manifest
from engines.shipping import shipped_models

NAMESPACE = uuid.UUID("6f1c1f0a-6b0e-5e7e-9a53-1d2c3b4a5968")
"Of the serial numbers: the same release has the same number."
Component = dict[str, Any]


def sbom_text(tree: Path, target: Target, version: str, wheels: Iterable[Wheel], moment_s: int) -> str:
    """Return the document of a finished tree."""
    own = f"pkg:deb/booth@{debian_version(version)}+{target.tag}?arch={target.arch}"
    parts = [*map(component_of_wheel, sorted(wheels, key=lambda wheel: wheel.name))]
    parts += [
        component_of_network(model, path) for model in shipped_models(read_manifest())
        for path in sorted((tree / "models").glob(f"{model.name}-*.onnx"))
    ]  # fmt: skip
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(moment_s, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "name": "booth",
                "version": version,
                "bom-ref": own,
                "purl": own,
            },
        },
        "components": parts,
        "dependencies": dependencies(own, parts, wheels, target),
    }
    number = uuid.uuid5(NAMESPACE, json.dumps(document, sort_keys=True))
    return json.dumps({**document, "serialNumber": f"urn:uuid:{number}"}, indent=2) + "\n"


def component_of_wheel(wheel: Wheel) -> Component:
    """One Python package."""
    purl = f"pkg:pypi/{wheel.name}@{wheel.version}"
    return {
        "type": "library", "name": wheel.name, "version": wheel.version, "bom-ref": purl, "purl": purl,
        "licenses": [licence(wheel.licence)], "hashes": [sha256(sha256_of(wheel.path))],
    }  # fmt: skip


def component_of_network(model: Model, path: Path) -> Component:
    """One network at one size, and the package that carried its weights."""
    source = model.sources[0]
    return {
        "type": "machine-learning-model", "name": path.stem, "bom-ref": f"network:{path.stem}",
        "description": model.purpose, "licenses": [licence(model.licence)], "hashes": [sha256(sha256_of(path))],
        "pedigree": {"ancestors": [origin(source.name, source.version)]},
    }  # fmt: skip


def origin(name: str, version: str) -> Component:
    """Where weights are from: a package, or a plain file by its address."""
    if not version:
        return {"type": "file", "name": name}
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"}


def dependencies(
    own: str, parts: list[Component], wheels: Iterable[Wheel], target: Target
) -> list[Component]:
    """Who needs whom; the booth needs them all."""
    known = {part["name"]: part["bom-ref"] for part in parts}
    needs = [{"ref": own, "dependsOn": sorted(known.values())}]
    for wheel in wheels:
        named = {known[name] for name in wheel.needs(target) if name in known}
        needs.append({"ref": known[wheel.name], "dependsOn": sorted(named)})
    return needs


def licence(text: str) -> Mapping[str, Mapping[str, str]]:
    """A licence by its name: few packages give an identifier that SPDX knows."""
    return {"license": {"name": text}}


def sha256(digest: str) -> Mapping[str, str]:
    """A hash as CycloneDX writes it."""
    return {"alg": "SHA-256", "content": digest}
