"""What a simulation counts: figures of crowds go in, their sum comes out, for people and for programs."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

FINEST_S = 1e-4
STEP = 1.05
"From one class of latencies to the next: percentiles are at most 5 % too large."


@dataclass(frozen=True)
class Tally:
    """One moment of a simulation. The sum of two is that of both crowds."""

    booths: int = 0
    met: int = 0
    "Booths that the broker has let in at least once."
    connected: int = 0
    made: int = 0
    "Events committed to an outbox."
    found: int = 0
    "Messages that lay in the outboxes at the beginning."
    gone: int = 0
    "Messages that are safe with the broker and deleted."
    refused: int = 0
    unheard: int = 0
    reconnects: int = 0
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    "Resident, more than before the booths were made."
    latencies: Counter[int] = field(default_factory=Counter)
    "Events by latency_class()."
    troubles: Counter[str] = field(default_factory=Counter)
    "Booths by why they are not connected."

    @property
    def waiting(self) -> int:
        """Messages that are not yet safe."""
        return self.made + self.found - self.gone

    @property
    def complete(self) -> bool:
        """Every booth was let in, and every event is safe."""
        return self.met == self.booths and self.waiting == 0

    def __add__(self, other: Tally) -> Tally:
        mine, theirs = vars(self), vars(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


def latency_class(seconds: float) -> int:
    """Class of a latency: all up to FINEST_S share one."""
    return max(0, math.ceil(math.log(max(seconds, FINEST_S) / FINEST_S, STEP)))


def percentile_s(latencies: Counter[int], share: float) -> float | None:
    """Latency that `share` (0..1) of the events do not exceed; None without events."""
    wanted = share * latencies.total()
    passed = 0
    for level in sorted(latencies):
        passed += latencies[level]
        if passed >= wanted:
            return FINEST_S * STEP**level
    return None


def values_from_tally(tally: Tally, seconds: float) -> dict[str, Any]:
    """For programs; `seconds` from the first booth's start until now."""
    booths = max(1, tally.booths)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    latencies = {name: percentile_s(tally.latencies, share) for name, share in shares.items()}
    return {
        "booths": tally.booths,
        "connected": tally.connected,
        "made": tally.made,
        "acknowledged": tally.gone,
        "waiting": tally.waiting,
        "refused": tally.refused,
        "unheard": tally.unheard,
        "reconnects": tally.reconnects,
        "seconds": round(seconds, 1),
        "acknowledged_s": {name: value and round(value, 4) for name, value in latencies.items()},
        "cpu_s": round(tally.cpu_s, 2),
        "cpu_ms_per_booth_and_second": round(1000 * tally.cpu_s / booths / max(seconds, 1e-9), 4),
        "memory_mb": round(tally.memory_mb, 1),
        "memory_kb_per_booth": round(1024 * tally.memory_mb / booths, 1),
        "trouble": tally.troubles.most_common(1)[0][0] if tally.troubles else "",
    }


def line_from_tally(tally: Tally) -> str:
    """For people, in one line."""
    p99_s = percentile_s(tally.latencies, 0.99)
    told = [
        f"{tally.connected} of {tally.booths} connected",
        f"{tally.made} events made, {tally.gone} acknowledged, {tally.waiting} waiting",
        f"99 % within {1000 * p99_s:.0f} ms" if p99_s else "",
        f"{tally.refused} refused" if tally.refused else "",
        f"{tally.cpu_s:.1f} s of CPU, {tally.memory_mb:.0f} MB",
        *(text for text, _ in tally.troubles.most_common(1)),
    ]
    return "; ".join(part for part in told if part)
