"""One small world: a city's broker and backend, the booth and its peers, and what may happen to them."""

from __future__ import annotations

import json
import socket
import time
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from appliance.health.vitals import write_vitals
from tests.chaos.booth import Booth, Maker, Peer, Site
from tests.chaos.child import Child
from tests.chaos.city import CityBroker
from tests.chaos.clocks import FakeClock, sweep
from tests.chaos.disk import SmallDisk
from tests.chaos.heard import Heard
from tests.chaos.ledger import Outcome, verdict
from tests.chaos.namespaces import Cable
from tests.chaos.relay import Relay
from tests.chaos.waiting import wait_for

FAIR_S = 20.0
"For peers to send what they still have, after the booth is done."
SAVED_S = 1.5
"Until the broker has the backend's subscription on disk, which it saves once a second."
WELL = {"state": "running", "camera": "ok", "inference": "ok", "calibrated": "ok"}


class World:
    """Everything as children of this process, from `with` to its end."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        broker: CityBroker,
        cable: Cable | None = None,
        relayed: bool = False,
        clock: FakeClock | None = None,
        disk: SmallDisk | None = None,
    ) -> None:
        self.seed = seed
        self.folder = folder
        self.broker = broker
        self.cable = cable
        self.clock = clock
        self.disk = disk
        self._stack = ExitStack()
        self.relay = self._lay_relay() if relayed else None
        host, port = (self.relay.host, self.relay.port) if self.relay else (broker.host, broker.port)
        environment = clock.environment if clock else {}
        site = Site(folder, host, port, cable.booth if cable else nullcontext, environment, broker.keys)
        self.booth = Booth(site, "desk", seed, disk.folder if disk else folder / "state")
        self.peers = (Peer(site, "bare", seed, drops=False), Peer(site, "dropper", seed, drops=True))
        self.heard = Heard(folder / "backend.sqlite")
        self._backend: Child | None = None
        self._subscriptions = 0

    @property
    def makers(self) -> list[Maker]:
        """Of the booth and its peers."""
        return [self.booth.maker, *(peer.maker for peer in self.peers)]

    def write(self, count: int) -> None:
        """So many events of each; they come while other things happen."""
        for maker in self.makers:
            maker.write(count)

    def written(self) -> bool:
        """True when all these were made."""
        return all(maker.done() for maker in self.makers)

    def kill_programs(self) -> None:
        """SIGKILL to the booth's two processes and to the peers."""
        self.booth.kill_uplink()
        for maker in self.makers:
            maker.kill()

    def start_programs(self) -> None:
        """Undo kill_programs()."""
        self.booth.start_uplink()
        for maker in self.makers:
            maker.start()

    def start_backend(self) -> None:
        """The consumer, unless it runs."""
        if self._backend is not None:
            return
        with self._city():
            keys = self.broker.keys / "backend" if self.broker.keys else ""
            words = (self.broker.host, self.broker.port, keys, self.heard.file)
            self._backend = Child(
                "tests.chaos.backend", *words, log=self.folder / "backend.log", hear=self._count_subscription
            )

    def kill_backend(self) -> None:
        """SIGKILL."""
        if self._backend:
            self._backend.kill()
            self._backend = None

    def outcome(self) -> Outcome:
        """Wait until all has arrived and the booth says that it is well. Raises AssertionError when not."""
        wait_for(self.written, "all events are made")
        booth = self.booth
        wait_for(lambda: self._missing() == 0, lambda: f"{self._missing()} events are yet to come")
        wait_for(lambda: booth.waiting() == 0, lambda: f"{booth.waiting()} rows wait in the outbox")
        with suppress(AssertionError):
            wait_for(self._peers_are_done, "peers that will never be", FAIR_S)
        wait_for(self._is_well, lambda: f"the status says {self.status()}")
        assert booth.uplink_lives()
        return self.compare()

    def compare(self) -> Outcome:
        """Books against books, as they are now."""
        ledger = self.booth.maker.ledger
        arrived = self.heard.events("desk")
        verdicts = [verdict(m.ledger, list(self.heard.events(m.booth))) for m in self.makers]
        copies = sum(arrived.values()) - len(arrived)
        return Outcome(len(ledger.tried), copies, verdicts[0], tuple(verdicts[1:]), len(ledger.refused))

    def status(self) -> dict[str, Any]:
        """The booth's latest at the backend."""
        values: dict[str, Any] = json.loads(self.heard.last("desk", "status") or b"{}")
        return values

    def __enter__(self) -> World:
        for part in (self.disk, self.cable):
            if part:
                self._stack.callback(part.close)
        self._stack.callback(self.broker.stop)
        self._stack.callback(self.kill_backend)
        self._stack.callback(self.kill_programs)
        try:
            self.broker.start()
            self.start_backend()
            wait_for(lambda: self._subscriptions, "the backend is subscribed")
            self.start_programs()
            # The broker says that a booth is gone only of one that has been there.
            wait_for(self.status, "the booth has greeted")
            time.sleep(SAVED_S)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        sweep()

    def _missing(self) -> int:
        return len(self.compare().booth.lost)

    def _peers_are_done(self) -> bool:
        ledgers = [peer.maker.ledger for peer in self.peers]
        return all(ledger.settled >= len(ledger.kept) for ledger in ledgers)

    def _is_well(self) -> bool:
        """Vision has no stand-in here but us."""
        write_vitals(self.folder / "run", "vision", WELL, time.monotonic())
        status = self.status()
        well = (status.get("state"), status.get("publishing"), status.get("refused")) == ("online", "ok", 0)
        return well and self.booth.maker.ledger.explains(status["dropped"])

    def _count_subscription(self, _line: str) -> None:
        self._subscriptions += 1

    def _city(self) -> AbstractContextManager[None]:
        return self.cable.city() if self.cable else nullcontext()

    def _lay_relay(self) -> Relay:
        with self._city():
            relay = Relay(self.broker.host, self._reach_broker)
        self._stack.callback(relay.close)
        return relay

    def _reach_broker(self) -> socket.socket:
        with self._city():
            return self.broker.reach()
