"""The cluster as a city's broker: nodes go in; one address for all, blows and repairs come out."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.chaos.relay import Relay
from tests.cluster.cluster import PORT, UP_S, Cluster
from tests.peer import Peer

T = TypeVar("T")

SESSION = "backend"
REACH_S = 2.0
SESSION_SAVED_S = 4.0
"Erlang's tables of files (dets) wait for up to 3 s; all nodes killed before that have forgotten a new queue."
DEFINITIONS, NO_EVENTS = "definitions.json", "no-events.json"
FULL = '{"max-length-bytes":3000,"overflow":"reject-publish"}'


class Door:
    """One address for three nodes, as a TCP balancer has it: stays with a node for as long as it takes connections."""

    def __init__(self, cluster: Cluster, first: int) -> None:
        self.node = first
        "Where the last one went."
        self._cluster = cluster

    def reach(self) -> socket.socket:
        """A connection to a node. Raises OSError when none takes one."""
        for node in sorted(self._cluster.nodes, key=lambda node: (node - self.node) % 3):
            try:
                way = socket.create_connection((self._cluster.host(node), PORT), REACH_S)
            except OSError:
                continue
            self.node = node
            return way
        raise ConnectionRefusedError("no node takes connections")


class ClusterCity:
    """A CityBroker of which one node is hurt at a time: hurting another mends the first, except in kill_most().

    The backend comes in by a door of its own, and so on another node than the booth.
    """

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self.host = "127.0.0.1"
        self.keys: Path | None = cluster.folder / "keys"
        self.cluster = cluster
        self._draw = Random(f"{seed} nodes")
        first = self._draw.choice(cluster.nodes)
        self._booths, self._backends = Door(cluster, first), Door(cluster, first % 3 + 1)
        self._relay = Relay(self.host, self._backends.reach)
        self._dead: set[int] = set()
        self._cut: set[int] = set()

    @property
    def port(self) -> int:
        """Of the backend's door; a booth's is reach()."""
        return self._relay.port

    def reach(self) -> socket.socket:
        """A connection as a booth's."""
        return self._booths.reach()

    def start(self) -> None:
        """Start and join again what was hurt; returns once all nodes answer."""
        self.mend()
        self.cluster.wait()

    def stop(self) -> None:
        """Mend all and have the cluster forget the backend's session: the next one starts with nothing."""
        self._relay.close()
        self.start()
        with Peer(self.cluster.host(1), PORT, self.cluster.keys(SESSION), SESSION):
            pass

    def kill(self) -> None:
        """SIGKILL to the node that the booth is on."""
        self._kill(self._booths.node)

    def kill_leader(self) -> None:
        """SIGKILL to the node that leads the backend's queue."""
        self.mend()
        self._kill(self._ask(lambda node: self.cluster.leader(SESSION, node)))

    def kill_any(self) -> None:
        """SIGKILL to some node."""
        self._kill(self._draw.choice(self.cluster.nodes))

    def kill_most(self) -> None:
        """SIGKILL to two: the third is a minority and may take nothing."""
        self._kill(*self._draw.sample(self.cluster.nodes, 2))

    def cut_power(self) -> None:
        """SIGKILL to all."""
        self._kill(*self.cluster.nodes)

    def save(self) -> None:
        """What a cluster acknowledges is saved; a new session itself a moment later."""
        time.sleep(SESSION_SAVED_S)

    def cut(self) -> int:
        """Cut the node that the booth is on off from the others; which."""
        self.mend()
        node = self._booths.node
        if self.cluster.runs(node):
            self.cluster.cut(node)
            self._cut.add(node)
        return node

    def mend(self) -> None:
        """As start(), but waits for nothing."""
        for node in self._cut:
            self.cluster.mend(node)
        for node in self._dead:
            self.cluster.start_node(node)
        self._cut.clear()
        self._dead.clear()

    def refuse_events(self) -> None:
        """Take the booths' right to write exceptions; for a connection that stands the node may remember it."""
        etc = self.cluster.folder / "rabbitmq" / "etc"
        values = json.loads((etc / DEFINITIONS).read_text(encoding="ascii"))
        for rights in values["topic_permissions"]:
            rights["write"] = rights["write"].replace("(exception|", "(")
        (etc / NO_EVENTS).write_text(json.dumps(values), encoding="ascii")
        self._ctl("import_definitions", f"/etc/rabbitmq/{NO_EVENTS}")

    def allow(self) -> None:
        """Undo refuse_events()."""
        self._ctl("import_definitions", f"/etc/rabbitmq/{DEFINITIONS}")

    def fill(self) -> None:
        """The backend's queue takes next to nothing from now on."""
        where = ("-p", "booth", "--apply-to", "queues", "--priority", "9", "full")
        self._ctl("set_policy", *where, f"^mqtt-subscription-{SESSION}qos1$", FULL)

    def widen(self) -> None:
        """Undo fill()."""
        self._ctl("clear_policy", "-p", "booth", "full")

    def _kill(self, *nodes: int) -> None:
        self.mend()
        for node in filter(self.cluster.runs, nodes):
            self.cluster.kill(node)
            self._dead.add(node)

    def _ctl(self, *command: str) -> None:
        self._ask(lambda node: self.cluster.ctl(node, *command))

    def _ask(self, question: Callable[[int], T]) -> T:
        """What the first node answers that can; one that comes or goes cannot. Raises TimeoutError."""
        until_s = time.monotonic() + UP_S
        while time.monotonic() < until_s:
            for node in filter(self.cluster.answers, self.cluster.nodes):
                # KeyError: it does not know yet who leads.
                with suppress(RuntimeError, KeyError):
                    return question(node)
            time.sleep(0.5)
        raise TimeoutError("no node of the cluster answers")
