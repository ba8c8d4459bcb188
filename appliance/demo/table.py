"""The demo's live table: scenes go in, one calm picture in the terminal comes out; works over ssh."""

from __future__ import annotations

import collections
import time

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from appliance.demo.scene import Scene
from appliance.demo.telling import odds
from appliance.uplink.event import ExceptionEvent

MOST_EVENTS = 8
"Newest exceptions that are shown."
GOOD = ("running", "online", "up", "ended", "watching")


class LiveTable:
    """A picture that is drawn over itself; its last state stays in the terminal."""

    def __init__(self, console: Console) -> None:
        self._events: collections.deque[tuple[str, ExceptionEvent]] = collections.deque(maxlen=MOST_EVENTS)
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._live.start()

    def show(self, scene: Scene) -> None:
        """Draw `scene`."""
        clock = time.strftime("%H:%M:%S")
        self._events.extendleft((clock, event) for event in scene.fresh)
        hints = Text("\n".join(scene.hints), style="dim", overflow="fold")
        parts: list[RenderableType] = [Text(scene.title, style="bold"), counts(scene), standings_table(scene)]
        if self._events:
            parts.append(self._events_table())
        spaced = [line for part in (*parts, hints) for line in (part, Text())]
        self._live.update(Group(*spaced[:-1]), refresh=True)

    def close(self) -> None:
        """Give the cursor back."""
        self._live.stop()

    def _events_table(self) -> Table:
        table = Table(box=None, pad_edge=False, title="exceptions, newest first", title_justify="left")
        for column in ("time", "rarity", "why", "zone"):
            table.add_column(column, style="bold" if column == "why" else "")
        for clock, event in self._events:
            rarity = f"{odds(event.rarity)} ({event.rarity:.3f})"
            table.add_row(clock, rarity, escape(" ".join(event.why)), escape(event.zone))
        return table


def counts(scene: Scene) -> Columns:
    """The counts, as many beside each other as fit."""
    figures = scene.figures
    told = {
        "frames/s": f"{figures.frames_per_second:.1f}",
        "frames": str(figures.frames),
        "late": str(figures.late),
        "in view": str(figures.people),
        "passages": str(figures.passages),
        "exceptions": str(figures.exceptions),
        "delivered": str(figures.delivered),
        "in the outbox": str(figures.outbox_rows),
    }
    return Columns(
        [Text.assemble((value, "bold cyan"), f" {name}") for name, value in told.items()], padding=(0, 3)
    )


def standings_table(scene: Scene) -> Table:
    """How the processes and the broker stand, and where the staff board is."""
    table = Table.grid(padding=(0, 2))
    for name, standing in scene.standings:
        good = standing.split(",")[0].split(" ")[0] in GOOD
        table.add_row(name, Text(standing, style="green" if good else "yellow"))
    table.add_row(
        "staff board", Text(scene.figures.url or "starting", style="underline" if scene.figures.url else "")
    )
    return table
