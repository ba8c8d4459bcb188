"""A writer and a drainer that are killed with -9 again and again: a folder, a seed and a number of rounds go in.

The parent forks both, kills both at a random moment, and looks at what they had told before they died: each
message whose add() returned True is delivered or waits. Exits with an error at the first that is not.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from appliance.uplink.outbox import Outbox
from tests.uplink.crash.life import number_of, payload_of

LONGEST_S = 0.012
Tell = Callable[[int], object]


def write(file: Path, first: int, tell: Tell) -> None:
    """Add messages for ever."""
    outbox = Outbox(file)
    while outbox.add("exception", payload_of(first)):
        tell(first)
        first += 1


def drain(file: Path, _first: int, tell: Tell) -> None:
    """Deliver what waits for ever: told, then deleted."""
    outbox = Outbox(file)
    while True:
        rows = outbox.batch(5)
        for row in rows:
            tell(number_of(row.payload))
        assert outbox.delete([row.number for row in rows])


def child(work: Callable[[Path, int, Tell], None], file: Path, first: int) -> tuple[int, int]:
    """Fork one that tells numbers through a pipe; its process id and the pipe's end."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    try:
        work(file, first, lambda number: os.write(theirs, b"%d\n" % number))
    finally:
        os._exit(1)


def told(pid: int, pipe: int) -> list[int]:
    """Everything it had told; it must have died of our kill."""
    with os.fdopen(pipe, "rb") as end:
        numbers = [int(line) for line in end]
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "it ended by itself"
    return numbers


def main(folder: Path, seed: int, rounds: int) -> None:
    rng = random.Random(seed)
    file = folder / "outbox.sqlite"
    added: set[int] = set()
    delivered: set[int] = set()
    next_number = 0
    for turn in range(rounds):
        children = [child(work, file, next_number) for work in (write, drain)]
        time.sleep(rng.uniform(0, LONGEST_S))
        for pid, _ in rng.sample(children, 2):
            os.kill(pid, signal.SIGKILL)
        writes, deliveries = (told(pid, pipe) for pid, pipe in children)
        added.update(writes)
        delivered.update(deliveries)
        outbox = Outbox(file)
        waiting = [number_of(row.payload) for row in outbox.batch(1_000_000)]
        assert (outbox.fault, outbox.dropped(), outbox.rows()) == ("", 0, len(waiting)), turn
        outbox.close()
        assert waiting == sorted(set(waiting)), f"round {turn}: out of order or twice"
        lost = added - delivered - set(waiting)
        assert not lost, f"round {turn}: lost {sorted(lost)[:9]}"
        next_number = max(added | delivered | set(waiting), default=-1) + 1
    print(len(added), len(delivered))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
