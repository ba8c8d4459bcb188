"""The two matrices as tables: `python -m tests.update.matrix` tries every attack and every cut, and prints the ends.

Exit code 1 when one of them ended as it must not.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.update.refusal import Refused
from tests.update.attacks import ATTACKS, Attack, Scene
from tests.update.cuts import LOSSES, STRETCHES, Loss, Outcome, Stretch, count_steps, cut
from tests.update.server import Server, serving
from tests.update.test_attacks import run
from tests.update.world import NEW, OLD, Booth, Publisher


@dataclass(frozen=True)
class World:
    """A publisher whose NEW is out, and his server."""

    folder: Path
    publisher: Publisher
    server: Server

    def booth(self, name: str = "booth") -> Booth:
        return Booth(self.folder / name, self.server.url, self.publisher.root)


@contextmanager
def new_world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="booth-update-") as name:
        publisher = Publisher(Path(name) / "publisher")
        publisher.publish(NEW)
        with serving(publisher.site) as server:
            yield World(Path(name), publisher, server)


def try_attack(attack: Attack) -> tuple[str, str, str]:
    """The name of the refusal, its words, and what is wrong with how it ended."""
    with new_world() as world, pytest.MonkeyPatch.context() as monkeypatch:
        booth = world.booth()
        attack.prepare(Scene(world.folder, world.publisher, world.server, booth, monkeypatch))
        try:
            run(booth)
        except Refused as error:
            words = str(error).replace(f"{world.folder}/", "")
            untouched = booth.runs == OLD and booth.systemd.restarts == 0
            return error.name, words, "" if error.name == attack.refused and untouched else "WRONG"
        return "none", f"{booth.runs} runs", "WRONG"


def try_cuts(stretch: Stretch) -> Iterator[tuple[Loss, Outcome]]:
    """Every cut of a stretch, in both ways that a disk may forget."""
    with new_world() as world:
        first = world.booth("first")
        stretch.prepare(first)

        def make() -> Booth:
            shutil.rmtree(world.folder / "booth", ignore_errors=True)
            shutil.copytree(first.home, world.folder / "booth", symlinks=True)
            return world.booth()

        steps = count_steps(stretch, make())
        for loss in LOSSES:
            for number in range(len(steps) + 1):
                yield loss, cut(stretch, make(), number, loss)


def print_attacks() -> int:
    """The first matrix; returns how many went wrong."""
    print(f"{'attack':<62} {'refused as':<15} words")
    wrong = 0
    for attack in ATTACKS:
        name, words, fault = try_attack(attack)
        wrong += bool(fault)
        print(f"{attack.title:<62} {name:<15} {words[:110]} {fault}".rstrip())
    print(f"{len(ATTACKS)} attacks, {len(ATTACKS) - wrong} refused by their name, {OLD} untouched\n")
    return wrong


def print_cuts(show: Callable[[Outcome], bool]) -> int:
    """The second matrix, a line for each stretch and way to forget; returns how many went wrong."""
    print(f"{'stretch':<36} {'disk':<14} {'cuts':>4}  at boot {OLD}/{NEW}   for good {OLD}/{NEW}   wrong")
    wrong = 0
    for stretch in STRETCHES:
        found = list(try_cuts(stretch))
        for loss in LOSSES:
            outcomes = [outcome for way, outcome in found if way == loss]
            faults = [outcome for outcome in outcomes if outcome.fault]
            wrong += len(faults)
            boots, ends = share(outcomes, "at_boot"), share(outcomes, "end")
            print(
                f"{stretch.title:<36} {loss:<14} {len(outcomes):>4}  {boots:>15}   {ends:>16}   {len(faults)}"
            )
            for outcome in filter(show, outcomes):
                print(
                    f"    after {outcome.step}: {outcome.at_boot}, then {outcome.end} {outcome.phase} {outcome.fault}"
                )
    return wrong


def share(outcomes: list[Outcome], name: str) -> str:
    """As 12/16: how many with the old version, how many with the new."""
    old = sum(getattr(outcome, name) == OLD for outcome in outcomes)
    return f"{old}/{len(outcomes) - old}"


def main() -> int:
    """Print both; with -v each cut."""
    logging.disable(logging.WARNING)
    verbose = "-v" in sys.argv[1:]
    wrong = print_attacks()
    return 1 if wrong + print_cuts(lambda outcome: verbose or bool(outcome.fault)) else 0


if __name__ == "__main__":
    sys.exit(main())
