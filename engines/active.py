"""Which file of a network runs: a pointer beside the network, in one step, and only after a candidate has passed.

`picodet-s-640x384.active.json` beside the ONNX file names the file that runs instead of it, and says for each
precision that was refused why. Without a pointer, or with one that no longer fits, the ONNX file itself runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from appliance.disk import write_durably
from appliance.errors import BoothError
from engines.cache import Cache, holds, sha256_of
from engines.layouts import PACKED, Layout, Size, size_text
from engines.manifest import model_file

FP32, FP16, INT8, AUTO = "fp32", "fp16", "int8", "auto"


@dataclass(frozen=True)
class Network:
    """One network as one wing runs it."""

    name: str
    size: Size
    layout: Layout = PACKED

    @property
    def label(self) -> str:
        """For people: 'picodet-s 640x384'."""
        return f"{self.name} {size_text(self.size)}"

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"{self.name}-{size_text(self.size)}" + ("" if self.layout == PACKED else f"-{self.layout}")


@dataclass(frozen=True)
class Active:
    """The file that runs instead of the ONNX file."""

    file: str
    "Path below the cache's root."
    sha256: str
    source_sha256: str
    "Of the ONNX file it was compared with."
    precision: str
    machine: str
    "On which it passed; speed and plans are nobody else's."
    note: str
    "What the comparison found, one line."


@dataclass(frozen=True)
class Standing:
    """All that is known of the candidates of one network."""

    active: Active | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    "Precision -> why its last candidate does not run."


def onnx_file(cache: Cache, network: Network) -> Path:
    """Return the checked ONNX file; raises BoothError when it is not there."""
    return model_file(network.name, network.size, cache, network.layout)


def pointer_path(cache: Cache, network: Network) -> Path:
    """Return where the pointer lies, whether it exists or not."""
    return cache.models / f"{network.stem}.active.json"


def read_standing(cache: Cache, network: Network) -> Standing:
    """Return what the pointer says; nothing when it is absent or unreadable."""
    try:
        tree = json.loads(pointer_path(cache, network).read_text(encoding="utf-8"))
        active = Active(**tree["active"]) if tree["active"] else None
        return Standing(active, {str(name): str(why) for name, why in tree["refused"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Standing()


def activate(cache: Cache, network: Network, active: Active) -> None:
    """Let a file run from the next start on; call it only after the file has passed."""
    refused = read_standing(cache, network).refused
    left = {name: why for name, why in refused.items() if name != active.precision}
    _write(cache, network, Standing(active, left))


def refuse(cache: Cache, network: Network, precision: str, why: str) -> None:
    """Note why a candidate does not run; what runs stays."""
    standing = read_standing(cache, network)
    _write(cache, network, replace(standing, refused={**standing.refused, precision: why}))


def _write(cache: Cache, network: Network, standing: Standing) -> None:
    tree: dict[str, Any] = {
        "active": asdict(standing.active) if standing.active else None,
        "refused": dict(standing.refused),
    }
    # Not in the scratch folder: whoever sets the cache up meanwhile removes that.
    text = json.dumps(tree, indent=2) + "\n"
    write_durably(
        pointer_path(cache, network), text.encode(), "free space, or set XDG_CACHE_HOME to another folder"
    )


def misfit(cache: Cache, active: Active, source: Path, machine: str = "") -> str:
    """Why the active file cannot run in the place of `source` here; empty when it can.

    An empty `machine` is not compared.
    """
    path = cache.root / active.file
    if not path.is_file():
        return f"{path.name} is gone"
    if machine and active.machine != machine:
        return f"it passed on another machine ({active.machine})"
    if sha256_of(source) != active.source_sha256:
        return "it was made from another version of the network"
    return "" if holds(path, active.sha256) else f"{path.name} is damaged"


def active_file(cache: Cache, network: Network, precision: str, machine: str = "") -> Path:
    """Return the file that runs: `fp32` is the ONNX file, `auto` the active one where it fits, others must be active.

    Raises BoothError, with the reason and the cure, for a precision that cannot run here, and for a lacking network.
    """
    plain = onnx_file(cache, network)
    if precision == FP32:
        return plain
    standing = read_standing(cache, network)
    why = misfit(cache, standing.active, plain, machine) if standing.active else ""
    if standing.active and not why and precision in {AUTO, standing.active.precision}:
        return cache.root / standing.active.file
    if precision == AUTO:
        return plain
    why = why or standing.refused.get(precision, "none was built")
    cure = "set engines.precision: auto, or run: booth engines build"
    raise BoothError(f"{network.label} cannot run in {precision} ({why}); {cure}")


def active_plan(cache: Cache, network: Network) -> Path:
    """Return the plan that runs, of whatever precision was the last good one. Raises BoothError when there is none."""
    standing = read_standing(cache, network)
    if standing.active is None:
        why = "; ".join(f"{name}: {why}" for name, why in standing.refused.items()) or "none was built"
        raise BoothError(f"{network.label} has no plan ({why}); run: booth engines build")
    if fault := misfit(cache, standing.active, onnx_file(cache, network)):
        raise BoothError(f"{network.label} has no plan ({fault}); run: booth engines build")
    return cache.root / standing.active.file
