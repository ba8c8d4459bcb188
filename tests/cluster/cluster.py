"""A RabbitMQ cluster that tests may hurt: a folder goes in; nodes that can be killed, cut off and mended come out."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

KIT = Path(__file__).parents[2] / "deploy" / "broker"
PORT = 8883
BOOTHS = tuple(f"new-york/{booth}" for booth in ("desk", "lab", "bare", "dropper"))
UP_S = 120.0
"For a node to answer; it waits for the others, and two cores are slow."


def why_not() -> str:
    """Why no cluster can be started here; empty when one can."""
    if os.environ.get("BOOTH_CLUSTER") != "1":
        return "a cluster wants root and a network of its own: make test-cluster"
    return ""


class Cluster:
    """Three nodes, numbered from 1, in namespaces of their own, from start() to stop(); at most one at a time.

    `booths` are CITY/BOOTH and get keys, as do `backend` and `operator`: see keys(). Programs that this one
    starts reach a node at host(n), port 8883.
    """

    def __init__(self, folder: Path, booths: tuple[str, ...] = BOOTHS) -> None:
        self.folder = folder
        self.nodes = (1, 2, 3)
        self._booths = booths
        self._root = ""

    def host(self, node: int) -> str:
        """Its address."""
        return f"10.83.0.1{node}"

    def url(self, node: int) -> str:
        """For uplink.broker."""
        return f"mqtts://{self.host(node)}:{PORT}"

    def keys(self, name: str) -> Path:
        """Folder with the files of a booth (ca.crt, booth.crt, booth.key), `backend` or `operator` (client.*)."""
        return self.folder / "keys" / name

    def start(self) -> None:
        """Make keys and start all nodes as deploy/broker/up does; about 10 s."""
        self.ca("init")
        for name in self._booths:
            self.ca("booth", *name.split("/"))
        self.up()
        self._root = _run("bash", KIT / "make-rabbitmq-root.sh").strip()

    def ca(self, *command: str) -> None:
        """Make, renew or revoke keys; up() takes them into force."""
        _run(KIT / "ca", "--folder", self.folder, *command)

    def up(self) -> None:
        """Start the nodes that are not there and take changes of names and certificates up; all must be whole."""
        _run(KIT / "up", "rabbitmq", "--folder", self.folder)

    def stop(self) -> None:
        """End all nodes; what they keep stays in the folder."""
        _run(KIT / "down", "--folder", self.folder)

    def kill(self, node: int) -> None:
        """As a power cut would: SIGKILL to Erlang and whatever else runs on the node."""
        inner = self._inner(node)
        os.kill(inner, signal.SIGKILL)
        _wait(lambda: not Path(f"/proc/{inner}").exists(), 10)

    def start_node(self, node: int) -> None:
        """Start one that was killed; wait() tells when it answers."""
        script = [
            "setsid",
            "bash",
            str(KIT / "run-rabbitmq-node.sh"),
            str(self.folder),
            str(node),
            self._root,
        ]
        with (self.folder / "rabbitmq" / f"{node}.log").open("ab") as log:
            child = subprocess.Popen(script, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        (self._state(node) / "node.pid").write_text(f"{child.pid}\n")

    def wait(self, *nodes: int, seconds: float = UP_S) -> None:
        """Return once these nodes, or all, take connections. Raises TimeoutError.

        One that gave up, because others went while it came, is started again, as its systemd unit does.
        """
        for node in nodes or self.nodes:
            _wait(lambda node=node: self.answers(node) or self._start_again(node), seconds)

    def runs(self, node: int) -> bool:
        """True until it is killed or ends."""
        with contextlib.suppress(OSError, RuntimeError):
            return self._inner(node) > 0
        return False

    def answers(self, node: int) -> bool:
        """True while something listens there; a node of a minority stops to."""
        with contextlib.suppress(OSError), socket.create_connection((self.host(node), PORT), 1):
            return True
        return False

    def cut(self, node: int) -> None:
        """No packet passes between this node and the others any more; clients still reach it."""
        for other in self.nodes:
            if other != node:
                self._ip(node, "route", "replace", "blackhole", f"{self.host(other)}/32")

    def unplug(self, node: int) -> None:
        """Nobody reaches this node any more."""
        _run("ip", "link", "set", f"booth-rmq{node}", "down")

    def mend(self, node: int) -> None:
        """Undo cut() and unplug()."""
        _run("ip", "link", "set", f"booth-rmq{node}", "up")
        for other in self.nodes:
            with contextlib.suppress(RuntimeError):
                self._ip(node, "route", "delete", "blackhole", f"{self.host(other)}/32")

    def ctl(self, node: int, *command: str) -> str:
        """What rabbitmqctl says on a node."""
        return _run("bash", KIT / "rabbitmqctl", self.folder, node, *command)

    def queue(self, session: str, node: int = 1) -> dict[str, Any]:
        """Of a session at QoS 1: its queue's type, leader and members (node names), messages; {} without one."""
        columns = ("name", "type", "leader", "members", "messages")
        said = self.ctl(node, "list_queues", "-p", "booth", "--silent", "--formatter", "json", *columns)
        named = (queue for queue in json.loads(said) if queue["name"] == f"mqtt-subscription-{session}qos1")
        return next(named, {})

    def leader(self, session: str, node: int = 1) -> int:
        """The node that leads a session's queue."""
        return int(str(self.queue(session, node)["leader"])[-1])

    def memory_mb(self, node: int) -> float:
        """Resident memory of the node's Erlang."""
        status = Path(f"/proc/{self._inner(node)}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def _start_again(self, node: int) -> bool:
        """Unless it runs; False."""
        outer = (self._state(node) / "node.pid").read_text().strip()
        with contextlib.suppress(OSError):
            if Path(f"/proc/{outer}/cmdline").read_bytes():
                return False
        self.start_node(node)
        return False

    def _state(self, node: int) -> Path:
        return self.folder / "rabbitmq" / str(node)

    def _inner(self, node: int) -> int:
        """The first process of the node's namespaces, which is Erlang, as seen from here."""
        outer = (self._state(node) / "node.pid").read_text().strip()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(") ", 1)[1].split()
                if fields[1] == outer:
                    return int(stat.parent.name)
        raise RuntimeError(f"node {node} does not run; see {self.folder}/rabbitmq/{node}.log")

    def _ip(self, node: int, *command: str) -> None:
        _run("nsenter", "--target", self._inner(node), "--net", "ip", *command)

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _run(*command: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=240)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr or done.stdout}")
    return done.stdout


def _wait(fact: Any, seconds: float) -> None:
    until_s = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > until_s:
            raise TimeoutError(f"did not happen in {seconds} s")
        time.sleep(0.1)
