"""`make chaos`: each fault alone, then all at once for as long as asked, round after round, and the table of it."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.equipment import why_not, world_with
from tests.chaos.faults import EVERYTHING, FAULTS, Fault
from tests.chaos.ledger import Outcome
from tests.chaos.mixture import PARTS, play, schedule
from tests.chaos.seeds import seed_of_this_run
from tests.chaos.table import table
from tests.chaos.world import World

ROUND_S = 30.0
"Of faults without a pause; then everything is mended and compared."


def main() -> int:
    """1 when anything of the booth's was lost, invented or out of order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="of all faults at once")
    parser.add_argument("--seed", type=int, default=seed_of_this_run(), help="repeats a run")
    given = parser.parse_args()
    # As Ctrl-C does: on the way out everything is ended, unmounted and removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print(f"seed {given.seed}", flush=True)
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="booth-chaos-") as folder:
        for number, fault in enumerate(FAULTS):
            if reason := why_not(fault.needs):
                print(f"{fault.name}: skipped, {reason}", flush=True)
                continue
            outcomes[fault.name] = suffer(fault, Path(folder, str(number)), given.seed)
            print(f"{fault.name}: {outcomes[fault.name]}", flush=True)
        if not why_not(EVERYTHING):
            outcomes["all at once"] = play_rounds(Path(folder, "rounds"), given.seed, given.seconds)
    print(table(outcomes, given.seed))
    return 0 if all(outcome.booth.clean for outcome in outcomes.values()) else 1


def suffer(fault: Fault, folder: Path, seed: int) -> Outcome:
    """One fault in a world of its own."""
    with world_with(fault.needs, folder, seed) as world:
        fault.happen(world)
        return _compare(world)


def play_rounds(folder: Path, seed: int, seconds: float) -> Outcome:
    """All faults at once on one world; everything has to be there after each round."""
    steps = schedule(seed, PARTS)
    end_s = time.monotonic() + seconds
    with world_with(EVERYTHING, folder, seed) as world:
        outcome = world.compare()
        while time.monotonic() < end_s and outcome.booth.clean:
            play(world, steps, PARTS, _alarm(min(end_s, time.monotonic() + ROUND_S)))
            outcome = _compare(world)
            print(f"all at once: {outcome}", flush=True)
    return outcome


def _alarm(at_s: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > at_s


def _compare(world: World) -> Outcome:
    """The outcome, also where it is bad: the table shall show it."""
    try:
        return world.outcome()
    except AssertionError as error:
        print(f"seed {world.seed}: {error}", file=sys.stderr, flush=True)
        return world.compare()


if __name__ == "__main__":
    sys.exit(main())
