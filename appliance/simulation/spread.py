"""A simulation over several processes: a plan goes in, each child takes a share of the booths, their sum comes out."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from appliance.errors import BoothError
from appliance.simulation.simulation import TELL_S, Plan, Simulation
from appliance.simulation.tally import Tally


class Wish:
    """The first SIGTERM or SIGINT asks for an end, the second one, if `hasty`, ends the process. Main thread only."""

    def __init__(self, hasty: bool = True) -> None:
        self._stopped = False
        self._hasty = hasty
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def stop(self) -> bool:
        """Somebody wants an end."""
        return self._stopped

    def _note(self, number: int, _frame: object) -> None:
        self._stopped = True
        if self._hasty:
            signal.signal(number, signal.SIG_DFL)


class Spread:
    """Owner of the children; they end with it."""

    def __init__(self, plan: Plan, processes: int) -> None:
        self._children: dict[Connection, BaseProcess] = {}
        context = multiprocessing.get_context("spawn")
        share = replace(plan, ramp_per_s=plan.ramp_per_s / processes)
        for first in range(1, processes + 1):
            ours, theirs = context.Pipe(duplex=False)
            numbers = range(first, plan.booths + 1, processes)
            child = context.Process(target=_live, args=(share, numbers, theirs), daemon=True)
            child.start()
            theirs.close()
            self._children[ours] = child

    def run(self, stop: Callable[[], bool], tell: Callable[[Tally], None]) -> Tally:
        """Until all children have ended; the sum of their last tallies. Raises BoothError when one failed."""
        told: dict[Connection, Tally] = {}
        told_s = 0.0
        asked = False
        while len(self._children) > sum(pipe.closed for pipe in self._children):
            self._receive(told)
            if stop() and not asked:
                asked = True
                for child in self._children.values():
                    child.terminate()
            if time.monotonic() >= told_s + TELL_S:
                told_s = time.monotonic()
                tell(sum(told.values(), Tally()))
        for child in self._children.values():
            child.join()
            if child.exitcode:
                raise BoothError(
                    f"a process of the simulation ended with code {child.exitcode}; try fewer booths"
                )
        return sum(told.values(), Tally())

    def _receive(self, told: dict[Connection, Tally]) -> None:
        """Note what the children say within a moment. Raises BoothError that one of them passed on."""
        for pipe in wait([pipe for pipe in self._children if not pipe.closed], TELL_S / 4):
            assert isinstance(pipe, Connection)
            try:
                said = pipe.recv()
            except EOFError:
                pipe.close()
                continue
            if isinstance(said, str):
                raise BoothError(said)
            told[pipe] = said


def _live(plan: Plan, numbers: range, pipe: Connection) -> None:
    """A child's life. Terminals and `timeout` signal it besides its parent, so only the parent's end is haste."""
    logging.getLogger("appliance.uplink").setLevel(logging.CRITICAL)
    wish = Wish(hasty=False)
    with contextlib.suppress(BrokenPipeError):  # the parent is gone
        try:
            pipe.send(Simulation(plan, numbers, wish.stop).run(pipe.send))
        except BoothError as error:
            pipe.send(str(error))
