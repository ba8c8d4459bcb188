"""`booth watch`: a broker goes in, the fleet comes out: a live table, plain lines, or JSON lines."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import time
from collections.abc import Iterator
from typing import TypeAlias

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, JustifyMethod
from rich.live import Live
from rich.table import Table
from rich.text import Text

from appliance.errors import BoothError
from appliance.uplink.address import Broker
from appliance.uplink.command import Command, payload_from_command
from appliance.uplink.fleet import Booth, Fleet, mapping, printable
from appliance.uplink.message import LinkLostError, Message, pause_s
from appliance.uplink.mqtt import Link
from appliance.uplink.topics import NAME, ROOT, Topic, topic

PARTS = ("state", "camera", "inference", "calibrated", "publishing")
GOOD = ("ok", "online")
DRAW_S = 0.25
"Between two pictures of the table."
Heard: TypeAlias = "tuple[Topic, Message] | None"
"A message of a booth; None: nothing came for a while."


def watch(
    broker: Broker, city: str | None = None, as_json: bool = False, seconds: float | None = None
) -> None:
    """Show what arrives from all booths, or those of `city`, until Ctrl-C or for `seconds`.

    On a terminal a table; else, or with `as_json`, one line per message. Raises BoothError for a city that
    cannot be, and, with `as_json` or `seconds`, when the broker is away; otherwise says so and tries again.
    """
    if city is not None and not NAME.fullmatch(city):
        raise BoothError(f"--city {city}: no name of a city; write it as in booth.city, such as new-york")
    console = Console()
    patient = not as_json and seconds is None
    watcher = Watcher(broker, city)
    until_s = time.monotonic() + seconds if seconds is not None else float("inf")
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        if console.is_terminal and not as_json:
            _show_table(watcher.hear(until_s, patient), watcher, console)
        else:
            _print_lines(watcher.hear(until_s, patient), watcher, as_json)


class Watcher:
    """Keeps a connection and a fleet."""

    def __init__(self, broker: Broker, city: str | None) -> None:
        self.broker = broker
        self.city = city
        self.fleet = Fleet()
        self.trouble = "connecting"
        "Why nothing is heard; '' while connected."

    def hear(self, until_s: float, patient: bool) -> Iterator[Heard]:
        """Each message worth showing; None at least four times a second. `patient`: outlive the broker."""
        attempt = 0
        while time.monotonic() < until_s:
            try:
                for heard in self._listen(until_s):
                    attempt = 0
                    yield heard
            except LinkLostError as error:
                if not patient:
                    raise
                self.trouble = str(error)
                attempt += 1
                yield from self._wait(min(until_s, time.monotonic() + pause_s(attempt)))

    def _listen(self, until_s: float) -> Iterator[Heard]:
        link = Link(self.broker, f"booth-watch-{secrets.token_hex(4)}")
        with contextlib.closing(link):
            link.open()
            link.subscribe(f"{ROOT}/{self.city or '+'}/+/#")
            self.trouble = ""
            while time.monotonic() < until_s:
                link.turn(0.25)
                for message in link.take_messages():
                    known = len(self.fleet.booths)
                    where = self.fleet.hear(message, time.monotonic())
                    if len(self.fleet.booths) > known and where:
                        self._ask(link, where)
                    if where:
                        yield where, message
                yield None

    def _ask(self, link: Link, where: Topic) -> None:
        """Have a booth that was just met say how it is: its retained status may be old or kept elsewhere."""
        command = Command(f"watch-{secrets.token_hex(4)}", "request-status")
        link.send(Message(topic(where.city, where.booth, "command"), payload_from_command(command)))

    def _wait(self, until_s: float) -> Iterator[None]:
        yield None
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, 0.25))
            yield None


def _print_lines(heard_all: Iterator[Heard], watcher: Watcher, as_json: bool) -> None:
    said = watcher.trouble
    for heard in heard_all:
        if watcher.trouble and watcher.trouble != said:
            print(watcher.trouble, file=sys.stderr, flush=True)
        said = watcher.trouble
        if heard:
            where, message = heard
            values = mapping(message.payload)
            line = (
                json.dumps({"topic": message.topic, "payload": values}) if as_json else _line(where, values)
            )
            print(line, flush=True)


def _line(where: Topic, values: dict[str, object]) -> str:
    hidden = ("schema", "city", "booth", "id")
    shown = {printable(key): json.dumps(value) for key, value in values.items() if key not in hidden}
    text = " ".join(f"{key}={value}" for key, value in shown.items())
    return f"{where.city}/{where.booth} {where.kind} {text}"


def _show_table(heard_all: Iterator[Heard], watcher: Watcher, console: Console) -> None:
    drawn_s = 0.0
    with Live(console=console, auto_refresh=False) as live:
        for _ in heard_all:
            now_s = time.monotonic()
            if now_s >= drawn_s + DRAW_S:
                drawn_s = now_s
                live.update(
                    fleet_view(watcher.fleet, watcher.broker.url, watcher.trouble, now_s), refresh=True
                )


def fleet_view(fleet: Fleet, url: str, trouble: str, now_s: float) -> Group:
    """Table of the booths by city, the last events below it."""
    title = Text(printable(trouble or url), style="red" if trouble else "")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in ("city", "booth", *PARTS, "seen", "events"):
        justify: JustifyMethod = "right" if column == "events" else "left"
        table.add_column(column, justify=justify, no_wrap=column in ("city", "booth", "state"))
    for booth in sorted(fleet.booths.values(), key=lambda booth: (booth.city, booth.booth)):
        table.add_row(*_cells(booth, now_s))
    events = [
        Text(
            f"{event.at}  {event.city}/{event.booth}  {event.rarity:.3f}  {' '.join(event.why)}  {event.zone}"
        )
        for event in reversed(fleet.events)
    ]
    return Group(table, *events)


def _cells(booth: Booth, now_s: float) -> list[Text]:
    parts = [booth.says(key) for key in PARTS]
    seen = f"{now_s - booth.seen_s:.0f} s ago" if booth.seen_s else "retained"
    styled = [Text(part, style="green" if part in GOOD else "yellow") for part in parts]
    return [Text(booth.city), Text(booth.booth), *styled, Text(seen), Text(str(booth.events))]
