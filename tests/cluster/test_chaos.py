"""Nothing is lost on the cluster either: each fault alone and all at once, side by side with peers that do lose.

CHAOS_SEED repeats a run; each failure tells the seed. With `-s` the table is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.ledger import Outcome
from tests.chaos.mixture import schedule
from tests.chaos.seeds import seed_of_this_run
from tests.chaos.table import table
from tests.chaos.world import World
from tests.cluster.city import ClusterCity
from tests.cluster.cluster import Cluster
from tests.cluster.faults import FAULTS, LONGEST_S, STEPS, Blow, parts_of

LOSING = ("kill -9 of two nodes, vision and uplink",)
"Faults in which both peers must lose, whatever the seed."


@pytest.fixture(scope="module")
def seed() -> int:
    return seed_of_this_run()


@pytest.fixture(scope="module")
def outcomes(seed: int) -> Iterator[dict[str, Outcome]]:
    """Of the faults that happened so far."""
    print(f"\nCHAOS_SEED={seed}")
    collected: dict[str, Outcome] = {}
    yield collected
    print("\n" + table(collected, seed))


def suffer(blow: Blow, cluster: Cluster, folder: Path, seed: int) -> Outcome:
    """One fault in a world of its own."""
    city = ClusterCity(cluster, seed)
    with World(folder, seed, city, relayed=True) as world:
        blow(city, world)
        return world.outcome()


@pytest.mark.parametrize("name", FAULTS)
def test_every_event_arrives_once_and_can_be_put_in_order(
    name: str, cluster: Cluster, tmp_path: Path, seed: int, outcomes: dict[str, Outcome]
) -> None:
    try:
        outcome = outcomes[name] = suffer(FAULTS[name], cluster, tmp_path, seed)
    except AssertionError as error:
        raise AssertionError(f"CHAOS_SEED={seed}: {error}") from error
    assert outcome.booth.clean, f"CHAOS_SEED={seed}: {outcome}"
    assert outcome.events >= 100
    if name in LOSING:
        assert all(peer.lost for peer in outcome.peers), f"CHAOS_SEED={seed}"


def test_a_seed_hurts_the_same_nodes_each_time(cluster: Cluster) -> None:
    parts = parts_of(ClusterCity(cluster, 7))
    each = (schedule(seed, parts, LONGEST_S) for seed in (7, 7, 8))
    first, again, other = ([next(steps) for _ in range(STEPS)] for steps in each)
    assert first == again != other
