"""Words of the demo: figures and events go in, short lines for people come out."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.demo.supervisor import Kept
from appliance.demo.tally import Figures
from appliance.uplink.event import ExceptionEvent

MOST_ODDS = 1000


def odds(rarity: float) -> str:
    """A rarity as people say it."""
    return f"1 in {max(1, round(1 / max(1 - rarity, 1 / MOST_ODDS)))}"


def event_line(event: ExceptionEvent) -> str:
    """One exception in one line."""
    why = " ".join(event.why) or "unusual"
    return f"exception {odds(event.rarity)} ({event.rarity:.3f}): {why}, {event.zone}"


def process_line(kept: Kept, told: str) -> str:
    """How one process stands: what it tells itself while it runs, else what became of it."""
    if kept.state == "pausing" and not kept.restarts.total:
        return "starting"
    again = f", restarted {kept.restarts.total}x" if kept.restarts.total else ""
    fault = f" ({kept.fault})" if kept.fault and kept.state != "running" else ""
    state = told if kept.state == "running" else {"pausing": "down, coming back"}.get(kept.state, kept.state)
    return f"{state}{again}{fault}"


def watch_command(port: int) -> str:
    """What shows all messages to whoever wants to see them."""
    return f"booth watch --broker mqtt://127.0.0.1:{port}"


def summary(figures: Figures, restarted: Sequence[Kept]) -> list[str]:
    """The last lines of a demo."""
    counts = (
        f"{figures.frames} frames, {figures.passages} passages, {figures.exceptions} exceptions, "
        f"{figures.delivered} delivered, {figures.lost} lost"
    )
    waiting = [f"{figures.outbox_rows} still wait in the outbox"] if figures.outbox_rows else []
    restarts = [
        f"{kept.name} was restarted {kept.restarts.total}x" for kept in restarted if kept.restarts.total
    ]
    return [counts, *waiting, *restarts]
