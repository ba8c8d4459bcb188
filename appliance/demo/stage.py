"""The demo's private folder: source, bank and broker go in, a settings file with its folders comes out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from appliance.demo.lesson import is_file_source

PREFIX = "booth-demo-"
LOCK = "in-use"
MOST_PATH = 70
"Bytes of the folder's path: a unix socket inside has to stay below 108."
CITY, BOOTH = "new-york", "demo"
WANTED_SHARE = 0.25
"Every fourth passage: a street of a minute shall show something, and ten people bear no smaller share."
BOARD_PORT = 8480
SPOT = {"name": "spot", "kind": "spot", "polygon": [[0.3, 0.5], [0.7, 0.5], [0.7, 1], [0.3, 1]]}
"Where the board's `score me` looks: whoever walks through the middle of a recording."


@dataclass(frozen=True)
class Stage:
    """Where one demo plays."""

    folder: Path
    source: str
    bank: Path | None
    broker: str
    "mqtt://127.0.0.1:PORT"
    board_port: int
    repeat: bool

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "booth.yaml"

    @property
    def learning(self) -> bool:
        """Whether the demo learns while it looks: a camera's street, where no bank was given."""
        return self.bank is None and not is_file_source(self.source)

    @property
    def runtime(self) -> Path:
        """Sockets and vitals."""
        return self.folder / "run"

    def settings(self) -> dict[str, object]:
        """What the three processes are told."""
        return {
            "booth": {"city": CITY, "id": BOOTH},
            "wing": "auto",
            "camera": {"source": self.source, "repeat": self.repeat},
            # The street of the demo is a recording; the law profile of a city is for cameras in that city.
            "capture": {"mode": "open-street", "zones": [SPOT]},
            # A recording shows the same people again and again, and a bank that was given is not the demo's.
            "novelty": {"bank": str(self.bank) if self.bank else None, "learning": self.learning},
            "decision": {"wanted_share": WANTED_SHARE},
            # Of a recording no street's day can be told.
            "trends": {"release": False},
            "uplink": {"broker": self.broker},
            "display": {"port": self.board_port},
            "folders": {"state": str(self.folder / "state"), "runtime": str(self.runtime)},
        }

    def write(self) -> None:
        """Make the folders and the settings file."""
        self.runtime.mkdir()
        (self.folder / "state").mkdir()
        self.config.write_text(yaml.safe_dump(self.settings(), sort_keys=False), encoding="utf-8")


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for this user alone, in memory where the system has such a place; gone at the end.

    Folders of demos that were killed are removed on the way.
    """
    base = base_folder()
    sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    try:
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def base_folder() -> Path:
    """The user's runtime folder, else the system's temporary one; a path short enough for sockets."""
    for name in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()):
        fits = name.startswith("/") and len(os.fsencode(name)) <= MOST_PATH
        if fits and Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK):
            return Path(name)
    return Path("/tmp")


def sweep(base: Path) -> None:
    """Remove folders of this user's demos whose lock nobody holds any more."""
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def port_or_any(port: int) -> int:
    """`port` when nobody has it on loopback, else 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
