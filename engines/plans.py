"""Plans of TensorRT in the cache: an order and a machine go in, the name of a plan, and whether it is whole, come out.

A plan fits one network, one TensorRT and one GPU only; the key holds all that decides. Its JSON sidecar goes to the
disk last, so a plan without one counts as never built.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from appliance.errors import BoothError
from engines.cache import Cache, holds

log = logging.getLogger(__name__)

PRECISIONS = ("fp32", "fp16", "int8")
KEY_LETTERS = 12
"Of the key, in file names."
QUARANTINE_KEEPS = 5
FIRST_TYPED_BY_FILE = 11
"TensorRT's release notes: weak typing and its flags were removed with it."

Shape = tuple[int, ...]
Profile = tuple[Shape, Shape, Shape]
"Smallest, likeliest and largest shape of an input."


@dataclass(frozen=True)
class PlanOrder:
    """A plan that is wanted. Raises BoothError at birth for what no machine can build."""

    name: str
    "Begins the plan's file name, such as 'picodet-s-640x384'."
    onnx: Path
    onnx_sha256: str
    precision: str
    "'fp32', 'fp16' or 'int8'; int8 wants an ONNX file with Q/DQ pairs, fp16 one of halve.py on some machines."
    shapes: Mapping[str, Shape | Profile]
    "Input -> its one shape, or (smallest, likeliest, largest) for an input of any batch size."
    builder_level: int = 3
    "0..5: how long TensorRT searches."
    workspace_mb: int | None = None
    "Scratch memory for kernels under trial; None: half of what is free when the build begins."

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise BoothError(f"{self.name}: no plan has precision {self.precision!r}; choose of {PRECISIONS}")
        for name, (low, likely, high) in self.profiles().items():
            ordered = len(low) == len(likely) == len(high) and all(
                1 <= a <= b <= c for a, b, c in zip(low, likely, high, strict=True)
            )
            if not ordered:
                raise BoothError(
                    f"{self.name}: shapes {low}, {likely}, {high} of {name} do not ascend from 1"
                )

    def profiles(self) -> dict[str, Profile]:
        """Return the three shapes of every input; a fixed one has the same thrice."""
        return {name: _profile(shape) for name, shape in self.shapes.items()}


def _profile(shape: Shape | Profile) -> Profile:
    plain = [side for side in shape if isinstance(side, int)]
    if len(plain) == len(shape):
        return tuple(plain), tuple(plain), tuple(plain)
    low, likely, high = (tuple(each) for each in shape if not isinstance(each, int))
    return low, likely, high


@dataclass(frozen=True)
class Machine:
    """What a plan is bound to besides its network."""

    tensorrt: str
    "Full version, such as '10.3.0'."
    compute_capability: str
    "Such as '8.7'."
    sm_count: int
    l4t: str
    "Release of the Jetson's system, such as '36.4.3'; empty elsewhere."
    gpu: str
    "Name of the GPU, for people only."

    @property
    def typed_by_file(self) -> bool:
        """Whether a plan has the types that its ONNX file says, since no flag lowers them: TensorRT from 11 on."""
        return int(self.tensorrt.split(".")[0]) >= FIRST_TYPED_BY_FILE


@dataclass(frozen=True)
class PlanRecord:
    """The sidecar: what a plan was built from, by what, and what came out."""

    key: str
    order: Mapping[str, Any]
    machine: Mapping[str, Any]
    precision: str
    "What was really built: fp32 where TensorRT cannot lower the types by itself, see builder.py."
    workspace_mb: int
    "What the build got in the end."
    layers: int
    "Of the plan, after fusing."
    seconds: float
    plan_sha256: str


def order_facts(order: PlanOrder) -> dict[str, Any]:
    """Return what decides the plan of the order, as JSON can hold it."""
    return {
        "onnx_sha256": order.onnx_sha256,
        "precision": order.precision,
        "shapes": {name: [list(shape) for shape in shapes] for name, shapes in order.profiles().items()},
        "builder_level": order.builder_level,
        "workspace_mb": order.workspace_mb,
    }


def plan_key(order: PlanOrder, machine: Machine) -> str:
    """Return the sha256, in hex, over all that decides the plan; the GPU's name does not."""
    return _digest({**order_facts(order), **_bound_to(machine)})


def plan_path(cache: Cache, order: PlanOrder, machine: Machine) -> Path:
    """Return where the plan lies, whether it exists or not."""
    return cache.plans / f"{order.name}-{plan_key(order, machine)[:KEY_LETTERS]}.plan"


def timing_path(cache: Cache, machine: Machine) -> Path:
    """Return where the kernels' timings of a machine lie: they make the next build faster."""
    return cache.plans / f"timing-{_digest(_bound_to(machine))[:KEY_LETTERS]}.cache"


def _bound_to(machine: Machine) -> dict[str, Any]:
    return {key: value for key, value in asdict(machine).items() if key != "gpu"}


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def record_path(plan: Path) -> Path:
    """Return where the sidecar of a plan lies."""
    return plan.with_suffix(".json")


def read_record(plan: Path) -> PlanRecord | None:
    """Return what a plan was built from, None when the sidecar is absent or unreadable."""
    try:
        return PlanRecord(**json.loads(record_path(plan).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def record_text(record: PlanRecord) -> str:
    """Return the sidecar's text."""
    return json.dumps(asdict(record), indent=2, sort_keys=True) + "\n"


def is_whole(plan: Path) -> bool:
    """Tell whether the plan is there with exactly the bytes that were built."""
    record = read_record(plan)
    return record is not None and holds(plan, record.plan_sha256)


def quarantine_plan(plan: Path, reason: str) -> None:
    """Take a plan out of use; the newest five of those are kept for whoever wants to know why."""
    folder = plan.parent / "quarantine"
    folder.mkdir(exist_ok=True)
    log.warning("%s is put into quarantine: %s", plan, reason)
    for path in (record_path(plan), plan):
        if path.exists():
            # Touched, since a rename keeps the day of the build and the newest are told by their days.
            path.replace(folder / path.name).touch()
    oldest_first = sorted(folder.glob("*.plan"), key=lambda path: path.stat().st_mtime_ns)
    for path in oldest_first[:-QUARANTINE_KEEPS]:
        path.unlink()
        record_path(path).unlink(missing_ok=True)
