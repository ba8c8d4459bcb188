"""`make bench-gpu`: the kernels on this machine's NVIDIA GPU, as ratios to its limits and its peers in one run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from appliance.runtime.jetson.pycuda_driver import PycudaDriver
from tests.device.chain import chain_ms
from tests.device.geometry import operations
from tests.device.ready import why_not
from tests.device.searches import searches
from tests.device.timed import TimedDriver, copy_bandwidth

PEOPLE, BANK_ROWS = 8, 100_000


def main() -> int:
    """Print every table, and all figures as one JSON line; 0 with a reason where there is no GPU."""
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        return 0
    driver = TimedDriver(PycudaDriver())
    bandwidth = copy_bandwidth(driver)
    console = Console(width=120)
    console.print(f"{driver.name}: a copy on the device reads and writes {bandwidth / 1e9:.0f} GB/s")
    figures = {"device": driver.name, "copy_gb_per_s": bandwidth / 1e9}
    parts: dict[str, Callable[..., object]] = {
        "knn": show_searches,
        "pixels": show_operations,
        "chain": show_chain,
    }
    for name, show in parts.items():
        figures[name] = show(driver, bandwidth, console)
    print(json.dumps(figures))
    driver.close()
    return 0


def show_searches(driver: TimedDriver, bandwidth: float, console: Console) -> object:
    """Goal: at least .85 of the bandwidth at 1 and 16 queries; at least twice as fast as peers at 1, never slower."""
    table = Table(
        "bank",
        "queries",
        "kernels ms",
        "call ms",
        "of bandwidth",
        "peers: ms (times ours)",
        title="kNN, 256, k 5",
    )
    done = []
    for one in searches(driver, bandwidth):
        peers = [f"{name} {ms:.3f} ({ms / one.call_ms:.1f})" for name, ms in one.peers_ms.items()]
        sizes = (f"{one.rows:,}", str(one.queries), f"{one.kernels_ms:.3f}", f"{one.call_ms:.3f}")
        table.add_row(*sizes, f"{one.of_bandwidth:.2f}", ", ".join(peers) or "none installed")
        done.append(asdict(one))
    console.print(table)
    return done


def show_operations(driver: TimedDriver, bandwidth: float, console: Console) -> object:
    """Goal: .7 of the bandwidth."""
    table = Table("operation", "kernels ms", "of bandwidth", title="pixels, 1920x1080 NV12")
    done = list(operations(driver, bandwidth))
    for one in done:
        table.add_row(one.name, f"{one.kernels_ms:.4f}", f"{one.of_bandwidth:.2f}")
    console.print(table)
    return [asdict(one) for one in done]


def show_chain(driver: TimedDriver, _bandwidth: float, console: Console) -> object:
    """Device time of a frame with everything but the networks."""
    spent, crossed = chain_ms(driver, PEOPLE, BANK_ROWS)
    table = Table(
        "kernel", "ms", title=f"one frame, {PEOPLE} people all looked at, bank {BANK_ROWS:,}, no networks"
    )
    for name, ms in sorted(spent.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{ms:.4f}")
    table.add_row("all", f"{sum(spent.values()):.3f}")
    console.print(table)
    return {"kernels_ms": spent, "all_ms": sum(spent.values()), "pixel_bytes_to_device": crossed}


if __name__ == "__main__":
    sys.exit(main())
