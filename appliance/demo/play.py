"""The demo: a source goes in, the whole booth plays on this machine until stopped, an exit code comes out."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from appliance.demo.booth import Booth
from appliance.demo.lesson import LessonError, check_source, is_file_source, learn
from appliance.demo.mouth import hush, say
from appliance.demo.programs import PROGRAMS, Programs
from appliance.demo.scene import Lines, Nobody, Presenter
from appliance.demo.stage import BOARD_PORT, Stage, port_or_any, private_folder
from appliance.demo.table import LiveTable
from appliance.demo.telling import summary
from appliance.demo.wish import Wish
from appliance.errors import BoothError
from appliance.uplink.broker import LocalBroker
from engines.manifest import sample_street

TICK_S = 0.25
DRAIN_S = 10.0
"With --once: until the last events are delivered."
PART_S = 3.0
"On Ctrl-C: as long as anybody likes to wait."
MQTT_PORT = 1883


def run_demo(
    source: str | None,
    once: bool = False,
    headless: bool = False,
    bank: Path | None = None,
    programs: Programs = PROGRAMS,
) -> int:
    """Play the whole booth: `source` (the sample street when None), learnt first unless a `bank` is given.

    `once`: end with the source. Returns 0 after a clean end, 1 when an event did not arrive. Raises BoothError,
    with the cure, for what a person can mend. Main thread only.
    """
    with Wish() as wish:
        source = check_source(source) if source else str(sample_street())
        try:
            bank = chosen_bank(source, bank, programs, wish)
        except BrokenPipeError:  # whoever watched has gone already
            hush()
            return 0
        if wish.stop():
            say("\nstopped before anything was learnt")
            return 0
        with private_folder() as folder:
            port = port_or_any(MQTT_PORT)
            broker = LocalBroker(folder / "broker", port)
            stage = Stage(folder, source, bank, broker.url, port_or_any(BOARD_PORT), repeat=not once)
            stage.write()
            return Play(stage, Booth(stage, broker, programs.run), wish, headless).run(once)


def chosen_bank(source: str, given: Path | None, programs: Programs, wish: Wish) -> Path | None:
    """The bank to judge by; None for a camera, or where too few people pass to learn from: nobody is judged then."""
    if given is not None:
        if not given.is_file():
            raise BoothError(f"{given}: no such bank; learn one: booth learn SOURCE --bank {given}")
        return given.resolve()
    if is_file_source(source):
        with contextlib.suppress(LessonError):  # its child has said why
            return learn(source, programs.learn, wish.stop)
    print(
        f"{source}: no bank, so people are counted and nobody is judged; booth learn {source} --bank FILE",
        flush=True,
    )
    return None


class Play:
    """One showing, from the first scene to the summary."""

    def __init__(self, stage: Stage, booth: Booth, wish: Wish, headless: bool) -> None:
        self._stage = stage
        self._booth = booth
        self._wish = wish
        self._presenter = presenter(headless)

    def run(self, once: bool) -> int:
        """Play to the end; every child is gone when this returns or raises."""
        try:
            self._booth.open()
            self._until(lambda: self._booth.failed() is not None or (once and self._booth.ended()))
            failed = self._booth.failed()
            if failed is None:
                self._booth.end_vision(self._wish.hurry)
                self._settle(DRAIN_S if once and not self._wish.stop() else PART_S)
        finally:
            with contextlib.suppress(OSError):
                self._presenter.close()
            self._booth.close(self._wish.hurry)
        if failed is not None:
            for line in failed.story:
                print(line, file=sys.stderr)
            raise BoothError(f"{failed.name}: {failed.fault}")
        figures = self._booth.last_figures()
        for line in summary(figures, self._booth.all()):
            say(line)
        return 1 if figures.lost or (once and figures.outbox_rows) else 0

    def _until(self, done: Callable[[], bool]) -> None:
        while not (self._wish.stop() or done()):
            self._turn()

    def _settle(self, patience_s: float) -> None:
        """Let the last events arrive."""
        deadline_s = time.monotonic() + patience_s
        while not self._booth.drained() and time.monotonic() < deadline_s and not self._wish.hurry():
            self._turn()

    def _turn(self) -> None:
        scene = self._booth.turn(time.monotonic())
        try:
            self._presenter.show(scene)
        except OSError:
            # The terminal or the pipe is gone, and with it whoever watched.
            self._presenter = Nobody()
            self._wish.count += 1
        time.sleep(TICK_S)


def presenter(headless: bool) -> Presenter:
    """A live table where a person watches, else plain lines."""
    console = Console()
    return Lines() if headless or not console.is_terminal or console.is_dumb_terminal else LiveTable(console)
