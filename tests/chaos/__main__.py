"""`make chaos`: each fault alone, then all at once for as long as asked, round after round, and the table of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.equipment import EVERYTHING, why_not, world_with
from tests.chaos.faults import FAULTS
from tests.chaos.mixture import play, schedule
from tests.chaos.seeds import seed_of_this_run
from tests.chaos.table import table
from tests.chaos.world import Outcome, World

ROUND_S = 30.0
"Of faults without a pause; then everything is mended and compared."


def main() -> int:
    """1 when anything of the booth's was lost, invented or out of order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="of all faults at once")
    parser.add_argument("--seed", type=int, default=seed_of_this_run(), help="repeats a run")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="booth-chaos-") as folder:
        for fault in FAULTS:
            reason = why_not(fault.needs)
            print(f"{fault.name}: {reason and 'skipped: ' + reason}", flush=True)
            if not reason:
                with world_with(fault.needs, Path(folder, fault.name.replace(" ", "-")), given.seed) as world:
                    fault.happen(world)
                    outcomes[fault.name] = _compare(world)
        if not why_not(EVERYTHING):
            outcomes["all at once"] = play_rounds(Path(folder, "all"), given.seed, given.seconds)
    print(table(outcomes, given.seed))
    return 0 if all(outcome.booth.clean for outcome in outcomes.values()) else 1


def play_rounds(folder: Path, seed: int, seconds: float) -> Outcome:
    """All faults at once on one world; everything has to be there after each round."""
    steps = schedule(seed)
    end_s = time.monotonic() + seconds
    with world_with(EVERYTHING, folder, seed) as world:
        outcome = _compare(world)
        while time.monotonic() < end_s and outcome.booth.clean:
            round_s = min(end_s, time.monotonic() + ROUND_S)
            play(world, steps, lambda until_s=round_s: time.monotonic() > until_s)  # type: ignore[misc]
            outcome = _compare(world)
            print(f"all at once: {outcome}", flush=True)
    return outcome


def _compare(world: World) -> Outcome:
    """The outcome, also where it is bad: the table shall show it."""
    try:
        return world.outcome()
    except AssertionError as error:
        print(f"seed {world.seed}: {error}", file=sys.stderr, flush=True)
        return world.compare()


if __name__ == "__main__":
    sys.exit(main())
