"""`booth bench --budget`: what a frame costs a Jetson Orin Nano Super on paper, as a table or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from rich.console import Console
from rich.table import Table

from appliance.budget.board import ORIN_NANO_SUPER, Board
from appliance.budget.frame import Share, frames_per_second, shares_of, stage_ms
from appliance.budget.load import Load, Sight, sights_of
from appliance.config import Garment, Settings

SHOWN = "fullest"
"The frame whose parts the table lists."
MEANING = {
    "steady": "the mean of all frames",
    "fullest": "a frame with all the views that garments.per_frame allows",
    "everybody": "a frame that would look at everybody in view",
}


def budget_on_paper(settings: Settings, *, as_json: bool, configured: bool) -> None:
    """Print the budget of a booth's settings; without any, that of the street of Load's defaults."""
    board, garments = ORIN_NANO_SUPER, settings.garments
    load = load_of(settings) if configured else Load()
    if as_json:
        print(json.dumps(budget_values(board, load, garments)))
        return
    sights = sights_of(load, garments)
    Console().print(budget_table(board, load, sights[SHOWN]))
    for name, sight in sights.items():
        print(rate_line(board, load, name, sight))
    print(
        f"assumed: {board.memory_share:.0%} of {board.bytes_per_s / 1e9:.0f} GB/s, {board.compute_share:.0%} of "
        f"{board.ops_per_s['fp16'] / 1e12:.0f} FP16 or {board.ops_per_s['int8'] / 1e12:.0f} INT8 TOPS (dense); "
        "no launches, no waiting, nothing of the processor: a bound, not a promise"
    )


def budget_table(board: Board, load: Load, sight: Sight) -> Table:
    """One row for each part of a frame."""
    width, height = load.size
    title = f"{board.name} on paper: {width}x{height}, {load.people:g} people, bank {load.bank_rows}"
    table = Table("stage", "part", title=title)
    for column in ("MB", "Gop", "memory ms", "compute ms", "paper ms"):
        table.add_column(column, justify="right")
    for share in shares_of(board, load, sight):
        work, times = share.work, (share.memory_s, share.compute_s, share.seconds)
        figures = (f"{work.moved / 1e6:.1f}", f"{work.operations / 1e9:.2f}")
        table.add_row(work.stage, work.part, *figures, *(f"{1000 * seconds:.2f}" for seconds in times))
    return table


def rate_line(board: Board, load: Load, name: str, sight: Sight) -> str:
    """The frame rates of one kind of frame in words, and its share of the memory at the camera's rate."""
    figures = sight_values(board, load, sight)
    rates = figures["frames_per_second"]
    return (
        f"{name}: {rates['fp16']:.0f} frames/s with FP16 networks, {rates['int8']:.0f} with INT8; "
        f"{figures['bandwidth_share']:.0%} of the bandwidth at {load.frame_rate:g} frames/s "
        f"({sight.views:.3g} views, {MEANING[name]})"
    )


def budget_values(board: Board, load: Load, garments: Garment) -> dict[str, Any]:
    """The budget for programs: board, load, and by kind of frame its rates and parts."""
    sights = sights_of(load, garments)
    frames = {name: sight_values(board, load, sight) for name, sight in sights.items()}
    return {"board": asdict(board), "load": asdict(load), "frames": frames}


def sight_values(board: Board, load: Load, sight: Sight) -> dict[str, Any]:
    """Rates and parts of one kind of frame."""
    shares = shares_of(board, load, sight)
    whole = replace(load, precision="fp16"), replace(load, precision="int8")
    moved = sum(share.work.moved for share in shares)
    return {
        **asdict(sight),
        "frames_per_second": {
            one.precision: round(frames_per_second(shares_of(board, one, sight)), 2) for one in whole
        },
        "bandwidth_share": round(moved * load.frame_rate / board.bytes_per_s, 4),
        "parts": [share_values(share) for share in shares],
    }


def share_values(share: Share) -> dict[str, Any]:
    """One part of a frame."""
    return {
        "stage": share.work.stage,
        "part": share.work.part,
        "megabytes": round(share.work.moved / 1e6, 3),
        "giga_operations": round(share.work.operations / 1e9, 4),
        "memory_ms": round(1000 * share.memory_s, 4),
        "compute_ms": round(1000 * share.compute_s, 4),
    }


def load_of(settings: Settings, **known: Any) -> Load:
    """The load of a booth's camera and detector, with what else is known of its street."""
    camera, detector = settings.camera, settings.detector
    sizes = {"size": (camera.width, camera.height), "detector": (detector.width, detector.height)}
    return Load(**{**sizes, "frame_rate": camera.frame_rate, **known})


def paper_ms(load: Load, garments: Garment) -> dict[str, float]:
    """Stage -> milliseconds on paper of the mean frame, to stand beside what was measured."""
    return stage_ms(shares_of(ORIN_NANO_SUPER, load, sights_of(load, garments)["steady"]))
