"""`booth watch`: a broker goes in, the fleet comes out: a live table, plain lines, or JSON lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text

from appliance.errors import BoothError
from appliance.fleet.fleet import mapping
from appliance.fleet.lines import Lines, ended_by_signals
from appliance.fleet.sighting import printable
from appliance.fleet.view import Size, fleet_view
from appliance.fleet.watcher import Heard, Watcher
from appliance.uplink.address import Broker
from appliance.uplink.message import Message
from appliance.uplink.topics import NAME, Topic

DRAW_S = 0.25
"Between two pictures of the table, at least."
DRAW_SHARE = 0.2
"Of the time that drawing may take: a picture of a hundred thousand booths takes seconds."
HIDDEN = ("schema", "city", "booth", "id")


def watch(
    broker: Broker, city: str | None = None, as_json: bool = False, seconds: float | None = None
) -> None:
    """Show what arrives from all booths, or those of `city`, until Ctrl-C, SIGTERM or for `seconds`.

    On a terminal a table; else, or with `as_json`, one line per message. Raises BoothError for a city that
    cannot be, and, with `as_json` or `seconds`, when the broker is away; otherwise says so and tries again.
    """
    if city is not None and not NAME.fullmatch(city):
        raise BoothError(f"--city {city}: no name of a city; write it as in booth.city, such as new-york")
    console = Console()
    watcher = Watcher(broker, city)
    until_s = time.monotonic() + seconds if seconds is not None else float("inf")
    heard = watcher.hear(until_s, patient=not as_json and seconds is None)
    with ended_by_signals():
        if console.is_terminal and not as_json:
            _show_table(heard, watcher, console)
        else:
            _print_lines(heard, watcher, as_json)


def _print_lines(heard_all: Iterator[Heard], watcher: Watcher, as_json: bool) -> None:
    lines = Lines()
    said = watcher.trouble
    try:
        for heard in heard_all:
            if watcher.trouble and watcher.trouble != said:
                print(watcher.trouble, file=sys.stderr, flush=True)
            said = watcher.trouble
            if heard is None:
                lines.check()
            else:
                lines.write(line_from_message(*heard, as_json))
    finally:
        lines.close()


def line_from_message(where: Topic, message: Message, as_json: bool) -> str:
    """One line: {"topic", "payload"} as JSON, or words for people without what each booth repeats."""
    values = mapping(message.payload)
    if as_json:
        return json.dumps({"topic": message.topic, "payload": values}, allow_nan=False)
    shown = {printable(key): json.dumps(value) for key, value in values.items() if key not in HIDDEN}
    text = " ".join(f"{key}={value}" for key, value in shown.items())
    return f"{where.city}/{where.booth} {where.kind} {text}"


def _show_table(heard_all: Iterator[Heard], watcher: Watcher, console: Console) -> None:
    due_s = 0.0
    with Live(console=console, auto_refresh=False) as live:
        for _ in heard_all:
            now_s = time.monotonic()
            if now_s >= due_s:
                size = Size(console.width, console.height)
                live.update(
                    fleet_view(watcher.fleet, _heading(watcher), now_s, time.time(), size), refresh=True
                )
                drawn_s = time.monotonic()
                due_s = drawn_s + max(DRAW_S, (drawn_s - now_s) / DRAW_SHARE)


def _heading(watcher: Watcher) -> Text:
    """Where we listen, or why nothing is heard."""
    text = printable(watcher.trouble or watcher.broker.url)
    return Text(text, "red" if watcher.trouble else "bold", no_wrap=True, overflow="ellipsis")
