"""The power may go after any durable step of an update: the booth comes up whole, and finishes by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.update.cuts import LOSSES, STRETCHES, Loss, Stretch, count_steps, cut
from tests.update.server import Server
from tests.update.world import Booth, Publisher

SELDOM = 6
"Of the many steps that unpack, or keep metadata, each so-manieth is tried here; all by `tests.update.matrix`."


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("stretch", STRETCHES, ids=[stretch.title for stretch in STRETCHES])
def test_whatever_step_the_power_goes_after_the_booth_ends_whole(
    stretch: Stretch, loss: Loss, tmp_path: Path, server: Server, publisher: Publisher
) -> None:
    homes = prepared(stretch, tmp_path, server, publisher)
    steps = count_steps(stretch, homes())
    assert steps
    for number in quick(steps):
        outcome = cut(stretch, homes(), number, loss)
        assert not outcome.fault, f"{stretch.title}, {loss}, after {outcome.step}: {outcome.fault}"


def quick(steps: list[str]) -> list[int]:
    """After how many steps to cut: none, each that moves the journal or the link, and some of the rest."""
    return [
        number
        for number, step in enumerate(["nothing", *steps])
        if number % SELDOM == 0 or step.endswith(("updates", "current", "state.json"))
    ]


def prepared(stretch: Stretch, folder: Path, server: Server, publisher: Publisher) -> Callable[[], Booth]:
    """Makes booths that are at the beginning of the stretch."""
    first = Booth(folder / "first", server.url, publisher.root)
    stretch.prepare(first)

    def make() -> Booth:
        home = folder / "booth"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(first.home, home, symlinks=True)
        return Booth(home, server.url, publisher.root)

    return make
