"""Nothing is lost: each fault alone, on real programs, side by side with peers that lose; then all of them at once.

CHAOS_SEED repeats a run; the seed is in the name of each failure. `-s` shows the table, as `make chaos` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from tests.chaos.equipment import EVERYTHING, why_not, world_with
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.mixture import PARTS, play, schedule
from tests.chaos.seeds import seed_of_this_run
from tests.chaos.table import table
from tests.chaos.world import Outcome

AT_ONCE = 3
"Worlds side by side: they wait more than they work."
STEPS = 40


@pytest.fixture(scope="session")
def seed() -> int:
    return seed_of_this_run()


@pytest.fixture(scope="session")
def outcomes(
    seed: int, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """Of all faults that were asked for, under way at once."""
    asked = [item.callspec.params["fault"] for item in request.session.items if hasattr(item, "callspec") and "fault" in item.callspec.params]
    folder = tmp_path_factory.mktemp("chaos")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {
            fault.name: pool.submit(suffer, fault, folder / str(number), seed)
            for number, fault in enumerate(asked)
            if not why_not(fault.needs)
        }
        yield running
    done = {name: future.result() for name, future in running.items() if not future.exception()}
    print("\n" + table(done, seed))


def suffer(fault: Fault, folder: Path, seed: int) -> Outcome:
    with world_with(fault.needs, folder, seed) as world:
        fault.happen(world)
        return world.outcome()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_every_event_arrives_once_and_in_order(
    fault: Fault, outcomes: dict[str, Future[Outcome]], seed: int
) -> None:
    reason = why_not(fault.needs)
    if reason:
        pytest.skip(reason)
    outcome = outcomes[fault.name].result()
    assert outcome.booth.clean, f"CHAOS_SEED={seed}: {outcome.booth}"
    assert outcome.events >= 100


def test_all_faults_at_once_lose_nothing(seed: int, tmp_path: Path) -> None:
    reason = why_not(EVERYTHING)
    if reason:
        pytest.skip(reason)
    steps = count()
    with world_with(EVERYTHING, tmp_path, seed) as world:
        play(world, schedule(seed), lambda: next(steps) >= STEPS)
        outcome = world.outcome()
    print("\n" + table({"all at once": outcome}, seed))
    assert outcome.booth.clean, f"CHAOS_SEED={seed}: {outcome}"
    assert outcome.events >= 1000
    assert outcome.peers[0].lost, "the peer met the same faults"
    assert outcome.peers[1].lost


def test_a_seed_gives_the_same_schedule_each_time() -> None:
    first, again, other = ([next(steps) for _ in range(200)] for steps in map(schedule, (7, 7, 8)))
    assert first == again != other
    assert {step.part for step in first} == set(PARTS)
