"""Candidates of a wing that runs plans: a network in, its plan for this machine, built when it must be, out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from appliance.config import Engines
from appliance.runtime.choose import OpenPlan
from engines.active import AUTO, FP16, INT8, Network, onnx_file
from engines.attempts import Progress
from engines.build import load_plan
from engines.cache import Cache, sha256_of
from engines.entries import read_manifest
from engines.halve import Halver, halve, run_halver
from engines.layouts import PLANAR
from engines.limits import DETECTOR
from engines.pictures import Shown
from engines.plans import Machine, PlanOrder, Profile, Shape
from engines.quantize import Quantizer, quantize, quantized_file, run_quantizer
from engines.setup import make_layout
from engines.verify import Runner
from engines.workshop import Show, Workshop, on_planes, role_of

MOST_PEOPLE, USUAL_PEOPLE = 16, 2
"Of one frame, see garments.per_frame."


def plan_workshop(
    cache: Cache,
    wanted: Engines,
    machine: Machine,
    open_plan: OpenPlan,
    scales: Show,
    load: Callable[..., Path] = load_plan,
    run: Quantizer = run_quantizer,
    run_half: Halver = run_halver,
) -> Workshop:
    """Plans of the wanted precision; `auto` is fp16. 8-bit scales are taken from `scales` where none are there yet.

    In fp16 the ONNX file says the types where TensorRT has no flag for them.
    """
    precision = FP16 if wanted.precision == AUTO else wanted.precision

    def make(network: Network, progress: Progress) -> Path:
        make_layout(cache, read_manifest(), network.name, PLANAR, [network.size])
        onnx = onnx_file(cache, network)
        if precision == INT8:
            onnx = quantized_file(cache, network) or _quantized(cache, network, scales(), run)
        elif precision == FP16 and machine.typed_by_file:
            with cache.lock():
                onnx = halve(cache, network, run_half)
        order = PlanOrder(
            network.stem, onnx, sha256_of(onnx), precision, {"image": shape_of(network)},
            wanted.builder_level, wanted.workspace_mb,
        )  # fmt: skip
        return load(cache, order, progress, lambda plan: _that_opens(plan, open_plan), machine)

    def open_planar(network: Network, plan: Path) -> Runner:
        return on_planes(network, open_plan(plan))

    told = f"{machine.gpu}, TensorRT {machine.tensorrt}"
    return Workshop(PLANAR, precision, told, make, open_planar, must_be_faster=False)


def _quantized(cache: Cache, network: Network, shown: Shown, run: Quantizer) -> Path:
    """Make the 8-bit network alone: another set-up would clear its half-made files away."""
    with cache.lock():
        return quantize(cache, network, shown.pictures[role_of(network.name)], run)


def _that_opens(plan: Path, open_plan: OpenPlan) -> Path:
    """Return a plan that loads; raises PlanRefused for one that does not, and it is built anew."""
    open_plan(plan)
    return plan


def shape_of(network: Network) -> Shape | Profile:
    """Return the shapes of `image`: one frame for the detector, any number of people for the others."""
    width, height = network.size
    if role_of(network.name) == DETECTOR:
        return (1, 3, height, width)
    low, likely, high = ((count, 3, height, width) for count in (1, USUAL_PEOPLE, MOST_PEOPLE))
    return low, likely, high
