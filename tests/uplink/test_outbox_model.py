"""The outbox against a list in memory, with kills between any two statements: what was acknowledged stays."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import Bounds
from tests.uplink.crash.life import fill_disk

BOUNDS = Bounds(rows=6, payload_bytes=4000)
SIZES = st.sampled_from([10, 700, 1500])
NAME = "outbox.sqlite"


@dataclass(frozen=True)
class Expected:
    """What the file holds."""

    waiting: tuple[bytes, ...] = ()
    dropped: int = 0

    def add(self, payload: bytes, uncounted: int) -> Expected:
        waiting, lost = (*self.waiting, payload), uncounted
        while len(waiting) > BOUNDS.rows or (size_of(waiting) > BOUNDS.payload_bytes and waiting[1:]):
            waiting, lost = waiting[1:], lost + 1
        return Expected(waiting, self.dropped + lost)

    def delete(self, count: int) -> Expected:
        return replace(self, waiting=self.waiting[count:])


def size_of(waiting: tuple[bytes, ...]) -> int:
    return sum(map(len, waiting))


class Kill:
    """Copies the folder of an outbox as kill -9 would leave it before its n-th statement from now."""

    def __init__(self, outbox: Outbox, target: Path, statement: int) -> None:
        self.taken = False
        self._left = statement
        self._folder, self._target = outbox.file.parent, target
        assert outbox._opened is not None
        outbox._opened.base.set_trace_callback(self._count)

    def _count(self, _statement: str) -> None:
        if self._left == 0:
            self.take()
        self._left -= 1

    def take(self) -> None:
        shutil.copytree(self._folder, self._target)
        self.taken = True


class OutboxMachine(RuleBasedStateMachine):
    """A writer and a drainer on one file, and what the file must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.expected = Expected()
        self.uncounted = 0
        self.full = False
        self.added = self.deaths = 0
        self._begin(self.root / "life-0")

    def teardown(self) -> None:
        self._end()
        shutil.rmtree(self.root)

    @rule(size=SIZES)
    def add(self, size: int) -> None:
        payload = self._payload(size)
        if self.writer.add("exception", payload):
            self.expected = self.expected.add(payload, self.uncounted)
            self.uncounted = 0
            assert self.writer.fault == ""
        else:
            assert self.full
            assert "full" in self.writer.fault
            self.uncounted += 1

    @rule(count=st.integers(1, 4), after=st.integers(0, 3))
    def batch(self, count: int, after: int) -> None:
        rows = self.drainer.batch(100)
        first = rows[after - 1].number if 0 < after <= len(rows) else 0
        skipped = after if after <= len(rows) else 0
        found = [row.payload for row in self.drainer.batch(count, first)]
        assert found == list(self.expected.waiting[skipped : skipped + count])

    @rule(count=st.integers(1, 4))
    def delete(self, count: int) -> None:
        numbers = [row.number for row in self.drainer.batch(count)]
        assert self.drainer.delete(numbers)
        self.expected = self.expected.delete(count)
        assert self.drainer.delete(numbers), "a second time does no harm"

    @rule()
    def reopen(self) -> None:
        self.writer.close()
        self.drainer.close()
        self.full = False

    @rule(tries=st.integers(0, 2))
    def disk_full(self, tries: int) -> None:
        """Small messages may still find room in pages that are free."""
        self.writer.rows()
        fill_disk(self.writer)
        self.full = True
        for _ in range(tries):
            self.add(40_000)

    @rule()
    def corrupt(self) -> None:
        """Nothing of it can be read: neither rows nor figures."""
        self._end()
        (self.folder / NAME).write_bytes(b"rot" * 4000)
        for tail in ("-wal", "-shm"):
            (self.folder / (NAME + tail)).unlink(missing_ok=True)
        self.expected = Expected()
        self._begin(self.folder)
        kept = [path for path in self.folder.glob(f"{NAME}.*") if path.suffix != ".lock"]
        assert 1 <= len(kept) <= 3

    @rule(size=SIZES, statement=st.integers(0, 14))
    def killed_in_add(self, size: int, statement: int) -> None:
        payload = self._payload(size)
        self.writer.rows()
        after = self.expected.add(payload, self.uncounted)
        self._die(self.writer, statement, lambda: self.writer.add("exception", payload), after)

    @rule(count=st.integers(1, 4), statement=st.integers(0, 8))
    def killed_in_delete(self, count: int, statement: int) -> None:
        numbers = [row.number for row in self.drainer.batch(count)]
        self._die(self.drainer, statement, lambda: self.drainer.delete(numbers), self.expected.delete(count))

    @precondition(lambda self: self.deaths > 0)
    @rule()
    def write_back_the_log(self) -> None:
        self.drainer.rows()
        assert self.drainer._opened is not None
        self.drainer._opened.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @invariant()
    def both_see_what_is_expected(self) -> None:
        for outbox, uncounted in ((self.writer, self.uncounted), (self.drainer, 0)):
            assert tuple(row.payload for row in outbox.batch(100)) == self.expected.waiting
            assert outbox.rows() == len(self.expected.waiting)
            assert outbox.waiting_bytes() == size_of(self.expected.waiting)
            assert outbox.dropped() == self.expected.dropped + uncounted

    def _die(self, victim: Outbox, statement: int, work: Callable[[], bool], after: Expected) -> None:
        """Both processes die while `victim` works; what is found is from before it, or from after it."""
        before = self.expected
        self.deaths += 1
        target = self.root / f"life-{self.deaths}"
        kill = Kill(victim, target, statement)
        in_the_midst = work() is False or kill.taken
        if not kill.taken:
            kill.take()
        self._end()
        self._begin(target)
        found = tuple(row.payload for row in self.drainer.batch(100))
        self.expected = after if not in_the_midst or found == after.waiting else before
        if found == before.waiting == after.waiting and self.drainer.dropped() == before.dropped:
            self.expected = before

    def _payload(self, size: int) -> bytes:
        self.added += 1
        return b"%06d" % self.added + b"." * size

    def _begin(self, folder: Path) -> None:
        self.folder = folder
        self.writer, self.drainer = Outbox(folder / NAME, BOUNDS), Outbox(folder / NAME, BOUNDS)
        self.uncounted, self.full = 0, False

    def _end(self) -> None:
        self.writer.close()
        self.drainer.close()


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
