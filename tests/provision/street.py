"""From a stick to a booth on a broker, for real: Mosquitto with mutual TLS, the authority, the booth's processes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from appliance.provision.authority import PROGRAM
from appliance.uplink.broker import free_port
from tests.peer import Peer
from tests.provision.builders import Booth, new_booth

ROOT = Path(__file__).parents[2]
UP, DOWN = (PROGRAM.parent / name for name in ("up", "down"))


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "appliance", *map(str, words)]


def said_by(*words: object) -> str:
    """Output of a command that must work."""
    return subprocess.run(
        list(map(str, words)), check=True, capture_output=True, text=True, timeout=120
    ).stdout


class Street:
    """A city with a broker, and one booth in it that has no identity yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker = folder / "broker"
        self.port = free_port()
        said_by(PROGRAM, "--folder", self.broker, "init")
        said_by(UP, "mosquitto", "--folder", self.broker, "--port", self.port, "--address", "127.0.0.1")
        self.booth: Booth = new_booth(folder / "booth")
        self.stick = folder / "stick"
        self.stick.mkdir()

    def make_stick(self, *words: object) -> str:
        """As the city team types it."""
        address = f"mqtts://localhost:{self.port}"
        where = ("--city", "new-york", "--booth", "desk", "--broker", address)
        return said_by(*command("provision", self.stick, *where, *words))

    def plug(self) -> str:
        """As the booth does when it sees the stick."""
        return said_by(*command("first-boot", "--folder", self.stick, "--root", self.booth.root))

    @contextlib.contextmanager
    def running(self, process: str) -> Iterator[subprocess.Popen[bytes]]:
        """One process as its unit starts it: with the keys as credentials."""
        config = self.folder / "booth.yaml"
        settings = yaml.safe_load(self.booth.places.settings.read_text())
        settings["folders"] = {"state": str(self.booth.places.state), "runtime": str(self.folder / "run")}
        config.write_text(yaml.safe_dump(settings))
        credentials = {"CREDENTIALS_DIRECTORY": str(self.booth.places.keys)} if process == "uplink" else {}
        with (self.folder / f"{process}.log").open("wb") as log:
            child = subprocess.Popen(
                command("run", process, "--config", config),
                cwd=ROOT,
                stderr=log,
                env={**os.environ, **credentials},
            )
        try:
            yield child
        finally:
            child.terminate()
            child.wait(30)

    def backend(self) -> Peer:
        """Hears everything."""
        return Peer("localhost", self.port, self.broker / "keys/backend", "backend")

    def close(self) -> None:
        """End the broker."""
        said_by(DOWN, "--folder", self.broker)


@contextlib.contextmanager
def street() -> Iterator[Street]:
    """Not in pytest's folder: as root the broker runs as user mosquitto, who cannot get in there."""
    with tempfile.TemporaryDirectory(prefix="booth-street-") as name:
        Path(name).chmod(0o711)
        made = Street(Path(name))
        try:
            yield made
        finally:
            made.close()


def first(peer: Peer, kind: str, fits: Any = lambda _: True, patience_s: float = 60) -> dict[str, Any]:
    """The first message of `kind` that fits. Raises TimeoutError."""
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        for message in list(peer.messages):
            if message.topic == f"booth/v1/new-york/desk/{kind}":
                values: dict[str, Any] = json.loads(message.payload)
                if fits(values):
                    return values
        time.sleep(0.02)
    raise TimeoutError(f"no {kind} in {patience_s} s")
