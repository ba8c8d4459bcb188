"""From a network to the file that runs: made, compared with ONNX Runtime, measured, and only then activated.

Both wings go this way. What differs is a Workshop: on the CPU a candidate is an 8-bit ONNX file and must be faster,
on a Jetson it is a plan of TensorRT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.runtime.choose import cpu_wing
from engines.active import INT8, Active, Network, activate, misfit, onnx_file, read_standing, refuse
from engines.attempts import Progress
from engines.cache import Cache, sha256_of
from engines.entries import read_manifest
from engines.layouts import PACKED, PLANAR, Layout
from engines.limits import APPEARANCE, BODY, DETECTOR, Report
from engines.machine import onnx_machine
from engines.manifest import model_file
from engines.pace import FASTER, Pace, measure_pace
from engines.pictures import Shown
from engines.planes import planes_of
from engines.quantize import Quantizer, quantize, run_quantizer
from engines.verify import Runner, verify

Show = Callable[[], Shown]
"Gives the pictures; asked only when something is to be compared."


@dataclass(frozen=True)
class Workshop:
    """How one machine makes candidates and runs them."""

    layout: Layout
    precision: str
    machine: str
    make: Callable[[Network, Progress], Path]
    "Returns the candidate, at once where it is there already. Raises BoothError."
    open: Callable[[Network, Path], Runner]
    "Loads a candidate; the runner takes packed pictures whatever the layout."
    must_be_faster: bool


@dataclass(frozen=True)
class Verdict:
    """What came of one network."""

    network: Network
    precision: str
    runs: bool
    "The candidate runs from now on."
    why: str
    report: Report | None = None
    pace: Pace | None = None

    def tree(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.network.name, "size": list(self.network.size), "layout": self.network.layout,
            "precision": self.precision, "runs": self.runs, "why": self.why,
            "report": self.report.tree() if self.report else None,
            "ratio": round(self.pace.ratio, 3) if self.pace else None,
        }  # fmt: skip


def role_of(name: str) -> str:
    """Return what a network is compared by. Raises BoothError for one that no booth runs."""
    roles = read_manifest().model(name).roles
    for role in (DETECTOR, BODY, APPEARANCE):
        if role in roles:
            return role
    raise BoothError(f"{name} is an alternative that no booth runs, so there is nothing to compare it by")


def bring_up(
    cache: Cache, workshop: Workshop, network: Network, show: Show, progress: Progress = lambda _: None
) -> Verdict:
    """Make a candidate, compare it, and let it run if it passes; the last good one stays if it does not."""
    try:
        candidate = workshop.make(network, progress)
        standing = read_standing(cache, network)
        known = standing.active and cache.root / standing.active.file == candidate
        source = onnx_file(cache, network)
        if standing.active and known and not misfit(cache, standing.active, source, workshop.machine):
            return Verdict(network, workshop.precision, True, standing.active.note)
        verdict = judge(cache, workshop, network, candidate, show(), lambda: progress(1.0))
    except BoothError as error:
        verdict = Verdict(network, workshop.precision, False, str(error))
    if verdict.runs:
        activate(cache, network, pointer_to(cache, workshop, network, candidate, verdict.why))
    else:
        refuse(cache, network, workshop.precision, verdict.why)
    return verdict


def judge(
    cache: Cache,
    workshop: Workshop,
    network: Network,
    candidate: Path,
    shown: Shown,
    pulse: Callable[[], None] = lambda: None,
) -> Verdict:
    """Compare a candidate with the float32 network on ONNX Runtime, and the speed of both where it decides."""
    role = role_of(network.name)
    pictures = shown.pictures[role]
    reference, runner = reference_of(cache, network), workshop.open(network, candidate)
    report = verify(role, reference, runner, pictures, shown.masks, pulse)
    if not report.passed or not workshop.must_be_faster:
        return Verdict(network, workshop.precision, report.passed, report.line, report)
    pace = measure_pace(reference, runner, pictures[:1])
    if pace.ratio < FASTER:
        return Verdict(network, workshop.precision, False, f"not faster here: {pace.line}", report, pace)
    return Verdict(network, workshop.precision, True, f"{pace.line}; {report.line}", report, pace)


def reference_of(cache: Cache, network: Network) -> Runner:
    """Return what every candidate is compared with: the packed float32 network on ONNX Runtime."""
    return cpu_wing().model(model_file(network.name, network.size, cache), 0).infer


def on_planes(network: Network, runner: Runner) -> Runner:
    """Return a runner of packed pictures for one of planes."""
    planar = read_manifest().model(network.name).planes()

    def run(inputs: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        return runner({"image": planes_of(inputs["image"], planar)})

    return run


def pointer_to(cache: Cache, workshop: Workshop, network: Network, candidate: Path, note: str) -> Active:
    """Return the pointer to a candidate that has passed."""
    file, source = candidate.relative_to(cache.root), sha256_of(onnx_file(cache, network))
    return Active(str(file), sha256_of(candidate), source, workshop.precision, workshop.machine, note)


def open_onnx(network: Network, path: Path) -> Runner:
    """Load an ONNX file of either layout on ONNX Runtime."""
    runner = cpu_wing().model(path, 0).infer
    return on_planes(network, runner) if network.layout == PLANAR else runner


def cpu_workshop(cache: Cache, scales: Show, run: Quantizer = run_quantizer) -> Workshop:
    """Candidates of the CPU wing: 8-bit ONNX files, their scales from other pictures than those compared."""

    def make(network: Network, progress: Progress) -> Path:
        pictures: NDArray[np.uint8] = scales().pictures[role_of(network.name)]
        with cache.lock():
            made = quantize(cache, network, pictures, run)
        progress(1.0)
        return made

    return Workshop(PACKED, INT8, onnx_machine(), make, open_onnx, must_be_faster=True)
