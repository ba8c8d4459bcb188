"""`booth engines build|verify|list`: the networks of the settings in, what runs on this machine and why out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from appliance.app import networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.records import Frame
from appliance.runtime.choose import Wing, choose_wing
from engines.active import FP32, INT8, Network, misfit, onnx_file, read_standing
from engines.build import read_machine
from engines.cache import Cache
from engines.entries import Manifest
from engines.inventory import inventory
from engines.layouts import PACKED, PLANAR
from engines.machine import onnx_machine
from engines.manifest import sample_street
from engines.pictures import Shown, painted_frames, show, street_frames
from engines.plan_workshop import plan_workshop
from engines.quantize import quantized_file
from engines.verify import verify
from engines.workshop import (
    Show,
    Verdict,
    Workshop,
    bring_up,
    cpu_workshop,
    on_planes,
    open_onnx,
    reference_of,
    role_of,
)


def build_engines(cache: Cache, settings: Settings, source: str | None, *, as_json: bool) -> int:
    """Make, compare, measure and activate what this machine can run; 1 when a candidate failed, else 0.

    Without a source the sample street is shown, or painted people where it is absent.
    """
    shown = shown_once(cache, settings, source)
    shop = workshop_of(cache, settings, choose_wing(settings.wing), shown)
    networks = networks_of(settings, shop.layout)
    verdicts = list(bring_all(cache, shop, networks, lambda: shown().part(1)))
    tell(verdicts, as_json=as_json)
    return int(any(not verdict.runs and verdict.pace is None for verdict in verdicts))


def workshop_of(cache: Cache, settings: Settings, wing: Wing, shown: Show) -> Workshop:
    """What this wing makes; 8-bit scales come from the half of the pictures that is not compared."""

    def scales() -> Shown:
        return shown().part(0)

    if wing.open_plan is None:
        return cpu_workshop(cache, scales)
    return plan_workshop(cache, settings.engines, read_machine(), wing.open_plan, scales)


def shown_once(
    cache: Cache, settings: Settings, source: str | None, pulse: Callable[[], None] = lambda: None
) -> Show:
    """What shows the pictures; the work is done when they are first asked for, and once. `pulse` comes with each."""

    @lru_cache(maxsize=1)
    def shown() -> Shown:
        people, body, _ = (onnx_file(cache, network) for network in networks_of(settings))
        return show(settings, (people, body), with_pulse(frames_of(cache, source), pulse))

    return shown


def with_pulse(frames: Iterable[Frame], pulse: Callable[[], None]) -> Iterator[Frame]:
    """The frames, with a word to whoever waits before each."""
    for frame in frames:
        pulse()
        yield frame


def frames_of(cache: Cache, source: str | None) -> Iterable[Frame]:
    """Frames of a source, else of the sample street, else painted ones; nothing of them is kept."""
    if source is not None:
        return street_frames(source, live=source.startswith(("rtsp", "v4l2:", "csi:")))
    try:
        return street_frames(str(sample_street(cache)), live=False)
    except BoothError:
        return painted_frames()


def bring_all(cache: Cache, shop: Workshop, networks: Iterable[Network], shown: Show) -> Iterator[Verdict]:
    """One verdict after the other, with a bar each on a terminal."""
    with Progress(transient=True, disable=not sys.stderr.isatty(), console=Console(stderr=True)) as bars:
        for network in networks:
            bar = bars.add_task(f"{network.label} {shop.precision}", total=1.0)

            def advance(share: float, bar: TaskID = bar) -> None:
                bars.update(bar, completed=share)

            yield bring_up(cache, shop, network, shown, advance)
            advance(1.0)


def tell(verdicts: list[Verdict], *, as_json: bool) -> None:
    """Print what came of each network."""
    if as_json:
        print(json.dumps([verdict.tree() for verdict in verdicts]))
        return
    for verdict in verdicts:
        word = "runs" if verdict.runs else "does not run"
        print(f"{verdict.network.label} {verdict.precision} {word}: {verdict.why}")


def verify_engines(cache: Cache, settings: Settings, source: str | None, *, as_json: bool) -> int:
    """Compare what runs, or the newest candidate, with the float32 networks again; 1 when one fails, else 0."""
    wing, shown = choose_wing(settings.wing), shown_once(cache, settings, source)
    verdicts = [
        compared(cache, wing, network, shown)
        for network in networks_of(settings, PLANAR if wing.open_plan else PACKED)
    ]
    tell(verdicts, as_json=as_json)
    return int(not all(verdict.report.passed if verdict.report else verdict.runs for verdict in verdicts))


def compared(cache: Cache, wing: Wing, network: Network, shown: Show) -> Verdict:
    """The verdict on one network; nothing is made and nothing changes."""
    active = read_standing(cache, network).active
    made = None if wing.open_plan else quantized_file(cache, network)
    file = cache.root / active.file if active else made
    if file is None:
        return Verdict(network, FP32, wing.open_plan is None, "there is nothing to compare with")
    fault = misfit(cache, active, onnx_file(cache, network)) if active else ""
    if active and fault:
        return Verdict(network, active.precision, False, fault)
    runner = on_planes(network, wing.open_plan(file)) if wing.open_plan else open_onnx(network, file)
    pictures, role = shown(), role_of(network.name)
    report = verify(role, reference_of(cache, network), runner, pictures.pictures[role], pictures.masks)
    return Verdict(network, active.precision if active else INT8, active is not None, report.line, report)


def list_engines(cache: Cache, manifest: Manifest, *, as_json: bool) -> None:
    """Every network at every size: what is there, what runs, and why the others do not."""
    rows = list(inventory(cache, manifest, onnx_machine()))
    if as_json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    table = Table("network", "size", "layout", "precision", "state", "runs", "why")
    for row in rows:
        if row.layout == PLANAR and row.state == "missing":
            continue  # nothing that a PC lacks
        runs = "[green]yes[/]" if row.runs else ""
        table.add_row(row.name, row.size, row.layout, row.precision, row.state, runs, row.why)
    Console().print(table)
