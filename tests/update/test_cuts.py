"""The power may go after any durable step of an update: the booth comes up whole, and finishes by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.update.manifest import FILE, check_tree, hash_of
from tests.update.cuts import LOSSES, STRETCHES, Loss, Stretch, count_steps, cut, run_until
from tests.update.server import Server
from tests.update.world import NEW, Booth, Publisher

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


def test_what_the_journal_calls_unpacked_is_on_the_disk(
    tmp_path: Path, server: Server, publisher: Publisher
) -> None:
    install = STRETCHES[1]
    homes = prepared(install, tmp_path, server, publisher)
    named = count_steps(install, homes()).index("replace updates/state.json") + 1
    booth = homes()
    run_until(install, booth, named).lose()
    booth.places.state.unlink(missing_ok=True)
    tree = booth.places.tree(NEW)
    assert check_tree(tree, hash_of(tree / FILE)).version == NEW
    compiled = list(tree.rglob("*.pyc"))
    assert compiled
    assert all(file.stat().st_size for file in compiled)


def test_a_second_cut_during_the_start_changes_nothing(
    tmp_path: Path, server: Server, publisher: Publisher
) -> None:
    trial = STRETCHES[3]
    homes = prepared(trial, tmp_path, server, publisher)
    steps = count_steps(trial, homes())
    back = [number for number, step in enumerate(steps, 1) if step.endswith(("current", "state.json"))]
    for number in back:
        for again in (1, 2, 3, 5):
            outcome = cut(trial, homes(), number, "unsynced lost", again)
            assert not outcome.fault, f"after {outcome.step}, then {again}: {outcome.fault}"


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
