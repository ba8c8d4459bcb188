"""`make bench-uplink`: the uplink against a bare paho loop, and fleets on one Mosquitto; tables come out."""

from __future__ import annotations

import logging
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.uplink.bench.fleet import RATE, FleetCost, run_fleet
from tests.uplink.bench.throughput import GOAL, Round, measure, median_ratio

FLEETS = ((1_000, 60.0), (10_000, 180.0))
"Booths, and for how many seconds people pass by."
WORLD = 100_000
BUSY = 0.5
"Share of its core that a broker may use, so that a city's return after an outage finds room."


def main() -> int:
    """Measure and print; 1 when the goal is missed."""
    logging.disable(logging.WARNING)
    console = Console()
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    # On the machine's disk: in memory a sync costs nothing.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        rounds = measure(Path(name))
        console.print(throughput_table(rounds))
        costs = [run_fleet(Path(name), *fleet) for fleet in FLEETS]
        console.print(fleet_table(costs))
        console.print(on_paper(costs[-1]))
    return 0 if median_ratio(rounds) >= GOAL else 1


def throughput_table(rounds: list[Round]) -> Table:
    """Each round and the median."""
    table = Table(title="outbox to acknowledged, and deleted", title_justify="left")
    for column in ("round", "booth, events/s", "bare paho loop, events/s", "ratio"):
        table.add_column(column, justify="right")
    for number, found in enumerate(rounds, 1):
        table.add_row(str(number), f"{found.booth:.0f}", f"{found.bare:.0f}", f"{found.ratio:.2f}")
    table.add_row("median", "", f"goal {GOAL}", f"{median_ratio(rounds):.2f}")
    return table


def fleet_table(costs: list[FleetCost]) -> Table:
    """One column a fleet."""
    table = Table(
        title=f"fleets on one Mosquitto, {RATE:.0f} events per booth and hour", title_justify="left"
    )
    table.add_column("booths")
    for cost in costs:
        table.add_column(f"{cost.booths:,}", justify="right")
    rows: dict[str, Callable[[FleetCost], str]] = {
        "connected": lambda cost: f"{cost.told['connected']:,}",
        "events made, acknowledged": lambda cost: f"{cost.told['made']:,}, {cost.told['acknowledged']:,}",
        "acknowledged within, 99 %": lambda cost: (
            f"{1000 * (cost.told['acknowledged_s']['p99'] or 0):.0f} ms"
        ),
        "broker, share of a core": lambda cost: f"{cost.broker_share:.2f}",
        "broker, memory per booth": lambda cost: f"{cost.broker_kb_per_booth:.1f} kB",
        "simulator, CPU per booth": lambda cost: f"{cost.told['cpu_ms_per_booth_and_second']:.3f} ms/s",
        "simulator, memory per booth": lambda cost: f"{cost.told['memory_kb_per_booth']:.0f} kB",
    }
    for name, value in rows.items():
        table.add_row(name, *(value(cost) for cost in costs))
    return table


def on_paper(cost: FleetCost) -> str:
    """What WORLD booths need, if the broker's work grows with the booths as it did."""
    times = WORLD / cost.booths
    memory_gb = times * cost.broker_mb / 1024
    cores = times * cost.broker_share
    brokers = math.ceil(cores / BUSY)
    return (
        f"on paper, {WORLD:,} booths: {cores:.1f} cores and {memory_gb:.1f} GB. Mosquitto works on one core: "
        f"{brokers} of them, each {BUSY:.0%} busy, or a cluster"
    )


if __name__ == "__main__":
    sys.exit(main())
