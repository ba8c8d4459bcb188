"""Nothing is lost: each fault alone and all at once, on real programs, side by side with peers that do lose.

CHAOS_SEED repeats a run; each failure tells the seed. With `-s` the table is shown, as `make chaos` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import pytest

from tests.chaos.equipment import why_not, world_with
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.ledger import Ledger, Outcome, verdict
from tests.chaos.mixture import PARTS, schedule
from tests.chaos.seeds import seed_of_this_run
from tests.chaos.table import table

Outcomes: TypeAlias = dict[str, Future[Outcome]]
AT_ONCE = 4
"Worlds side by side: they wait more than they work."
LOSING = (
    "all at once",
    "kill -9 of vision and uplink",
    "power cut of the broker",
    "refused by the access list",
)
"Faults in which both peers must lose, whatever the seed."


@pytest.fixture(scope="session")
def seed() -> int:
    return seed_of_this_run()


@pytest.fixture(scope="session")
def outcomes(seed: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """Of all faults that can happen here, under way at once."""
    folder = tmp_path_factory.mktemp("chaos")
    print(f"\nCHAOS_SEED={seed}")

    def suffer(fault: Fault) -> Outcome:
        with world_with(fault.needs, folder / str(FAULTS.index(fault)), seed) as world:
            fault.happen(world)
            return world.outcome()

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        running = {fault.name: pool.submit(suffer, fault) for fault in FAULTS if not why_not(fault.needs)}
        yield running
    finally:
        pool.shutdown(cancel_futures=True)
    print("\n" + table({name: done.result() for name, done in running.items() if not done.exception()}, seed))


def outcome_of(name: str, outcomes: Outcomes, seed: int) -> Outcome:
    """Skips what cannot happen here."""
    needs = next(fault.needs for fault in FAULTS if fault.name == name)
    if reason := why_not(needs):
        pytest.skip(reason)
    error = outcomes[name].exception()
    if error is not None:
        raise AssertionError(f"CHAOS_SEED={seed}: {error}") from error
    return outcomes[name].result()


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
def test_every_event_arrives_once_and_can_be_put_in_order(name: str, outcomes: Outcomes, seed: int) -> None:
    outcome = outcome_of(name, outcomes, seed)
    assert outcome.booth.clean, f"CHAOS_SEED={seed}: {outcome}"
    assert outcome.events >= 100


@pytest.mark.parametrize("name", LOSING)
def test_the_peers_lose_events_in_the_same_faults(name: str, outcomes: Outcomes, seed: int) -> None:
    assert all(peer.lost for peer in outcome_of(name, outcomes, seed).peers), f"CHAOS_SEED={seed}"


def test_a_seed_gives_the_same_schedule_each_time() -> None:
    each = (schedule(seed, PARTS) for seed in (7, 7, 8))
    first, again, other = ([next(steps) for _ in range(200)] for steps in each)
    assert first == again != other
    assert {step.part for step in first} == set(PARTS)


def test_the_books_find_what_is_lost_foreign_and_missing_in_between() -> None:
    ledger = Ledger()
    for line in ("? a-1", "+ a-1", "? a-2", "- a-2", "? a-3", "+ a-3", "? a-4", "+ a-4", "? a-5"):
        ledger.hear(line)
    ledger.close_boot()
    assert verdict(ledger, ["a-4", "a-1", "a-3"]).clean
    assert verdict(ledger, ["a-1", "a-3", "a-4", "a-5"]).clean, "in doubt: it may have arrived"
    assert verdict(ledger, ["a-1", "a-4"]).lost == ["a-3"]
    assert verdict(ledger, ["a-1", "a-4"]).gaps == ["a without 3"]
    assert verdict(ledger, ["a-1", "a-2", "a-3", "a-4", "b-1"]).foreign == ["a-2", "b-1"]
