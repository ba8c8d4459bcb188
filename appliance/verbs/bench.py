"""`booth bench`: one replay and one neighbour search measured, each beside a limit of the same run."""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from appliance.app import load_eyes, load_judge
from appliance.budget.load import Load
from appliance.config import Settings
from appliance.runtime.choose import Wing
from appliance.runtime.seam import Sensors
from appliance.verbs.budget import load_of, paper_ms
from appliance.verbs.playback import play
from appliance.verbs.replay import watched
from appliance.vision.novelty import Judge

BANK_ROWS, BANK_LENGTH, QUERIES, NEIGHBOURS = 50_000, 256, 16, 5
WARM_UP = 20
"Frames before the clock starts: the first ones plan memory and fill caches."


@dataclass(frozen=True)
class Bench:
    """What one run measured."""

    frames_per_second: float
    detector_share: float
    "Of the time of a frame: what the detector's network takes; the rest is what we add to it."
    stages_ms: dict[str, float]
    "Mean milliseconds per frame; `camera` is what the loop waited for decoding."
    peak_rss_mb: float
    knn: dict[str, float]
    wing: str
    machine: str


def bench(settings: Settings, *, as_json: bool) -> None:
    """Replay settings.camera.source and print the split of a frame's time."""
    result, load = measure(settings)
    if as_json:
        print(json.dumps(asdict(result)))
        return
    paper = paper_ms(load, settings.garments) if result.wing == "jetson" else {}
    Console().print(stages_table(result, settings.camera.label, paper))
    print(
        f"{result.frames_per_second:.1f} frames/s; detector share {result.detector_share:.3f} "
        f"(limit 1: nothing but the network); peak memory {result.peak_rss_mb:.0f} MB"
    )
    print(
        f"knn {BANK_ROWS}x{BANK_LENGTH}, {QUERIES} queries: {result.knn['ms']:.1f} ms, "
        f"{result.knn['of_product']:.2f} of the bare matrix product's speed ({result.knn['product_ms']:.1f} ms)"
    )


def stages_table(result: Bench, source: str, paper: dict[str, float]) -> Table:
    """Measured stages, and beside each the milliseconds of an Orin Nano Super on paper, where there are any."""
    table = Table("stage", "ms per frame", "share", title=f"{source} on {result.machine}")
    whole = sum(result.stages_ms.values())
    if paper:
        table.add_column("paper ms")
    for stage, cost_ms in result.stages_ms.items():
        beside = [f"{paper[stage]:.2f}" if stage in paper else "-"] if paper else []
        table.add_row(stage, f"{cost_ms:.2f}", f"{cost_ms / whole:.1%}", *beside)
    return table


def measure(settings: Settings) -> tuple[Bench, Load]:
    """One replay, every frame, and one search; and what was asked of the machine."""
    eyes = load_eyes(settings)
    judge = load_judge(settings, eyes.wing)
    begin_s, before = time.perf_counter(), {}
    frames, people, size = 0, 0, (1, 1)
    for item in watched(play(settings, eyes, judge), settings.camera.label):
        frames, people, size = item.index + 1, people + item.step.people, item.size
        item.pipeline.stopwatch.settle = eyes.wing.settle
        if frames == WARM_UP:
            begin_s, before = time.perf_counter(), dict(item.pipeline.stopwatch.seconds)
        seconds = item.pipeline.stopwatch.seconds
    spent_s = time.perf_counter() - begin_s
    counted = max(1, frames - WARM_UP if before else frames)
    stages = {name: 1000 * (total - before.get(name, 0.0)) / counted for name, total in seconds.items()}
    frame_ms = 1000 * spent_s / counted
    stages = {"camera": max(0.0, frame_ms - sum(stages.values())), **stages}
    load = load_of(settings, size=size, people=people / frames, bank_rows=rows_of(judge))
    result = Bench(
        round(1000 / frame_ms, 2),
        round(stages["detector"] / frame_ms, 4),
        {name: round(cost_ms, 3) for name, cost_ms in stages.items()},
        round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        measure_neighbours(eyes.wing),
        eyes.wing.name,
        machine(eyes.wing.sensors()),
    )
    return result, load


def rows_of(judge: Judge | None) -> int:
    """Rows of the longest table that a bank is searched in."""
    return max((len(one.prototypes) for one in judge.bank.measures.values()), default=0) if judge else 0


def measure_neighbours(wing: Wing) -> dict[str, float]:
    """Milliseconds of a search, of the matrix product it cannot do without, and their ratio."""
    rng = np.random.default_rng(0)
    bank = rng.standard_normal((BANK_ROWS, BANK_LENGTH), np.float32)
    queries = rng.standard_normal((QUERIES, BANK_LENGTH), np.float32)
    search = wing.neighbours(bank)
    search_ms = best_ms(lambda: search.search(queries, NEIGHBOURS))
    product_ms = best_ms(lambda: queries @ bank.T)
    figures = {"ms": search_ms, "product_ms": product_ms, "of_product": product_ms / search_ms}
    shape = {"rows": BANK_ROWS, "length": BANK_LENGTH, "queries": QUERIES, "k": NEIGHBOURS}
    return {**shape, **{name: round(value, 4) for name, value in figures.items()}}


def best_ms(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the best of a few calls: the others were disturbed."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return 1000 * min(spent)


def machine(sensors: Sensors) -> str:
    """This machine in words: processor or board, power mode where there are some, cores, architecture."""
    words = sensors.describe()
    cores = f"{len(os.sched_getaffinity(0))} cores"
    told = (words.get("machine", ""), words.get("power_mode", ""), cores, platform.machine())
    return ", ".join(text for text in told if text)
