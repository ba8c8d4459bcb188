"""A broker on this machine for demo and tests: a folder goes in, a Mosquitto child on loopback comes out."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from appliance.errors import BoothError

READY_S = 5.0
STOP_S = 5.0


def find_mosquitto() -> Path | None:
    """Its program; Debian keeps it in /usr/sbin, which is not on everybody's PATH."""
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


class LocalBroker:
    """Mosquitto on 127.0.0.1, open to this machine only; what it acknowledged is in `folder` a second later.

    `port` 0: any free one, chosen once, so that a second start() answers at the same address. `extra`: lines
    of its configuration, added at the end. The child gets SIGTERM when the thread that started it dies, and
    no Ctrl-C of the terminal: its owner decides who goes first.
    """

    def __init__(self, folder: Path, port: int = 0, extra: str = "") -> None:
        self.folder = folder
        self.port = port or free_port()
        self.extra = extra
        self._child: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object

    @property
    def url(self) -> str:
        """For uplink.broker."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Of the child; None while stopped."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start it and return once it accepts. Raises BoothError when it is missing or does not come up."""
        program = find_mosquitto()
        self._check_port()
        if program is None:
            raise BoothError("mosquitto: not found; install it with: apt-get install mosquitto")
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "mosquitto.conf"
        file.write_text(self._configuration(), encoding="ascii")
        self._child = subprocess.Popen(
            [*_dies_with_us(), program, "-c", file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,
        )
        self._wait()

    def alive(self) -> bool:
        """True while the child runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """End it and wait until it is gone; nothing to do when it is not there."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _configuration(self) -> str:
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {self.folder.resolve()}/",
            # Without these two an acknowledged message is only in memory until the next half hour.
            "autosave_on_changes true",
            "autosave_interval 1",
            "log_dest stderr",
            "log_type error",
        ]
        if os.geteuid() == 0:
            # Else it becomes user mosquitto, who cannot write to the folder.
            lines.append("user root")
        return "\n".join([*lines, self.extra, ""])

    def _check_port(self) -> None:
        """Else the one who has the port would be taken for our child."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise BoothError(
                    f"port {self.port}: {error.strerror}; choose another for the broker"
                ) from None

    def _wait(self) -> None:
        deadline_s = time.monotonic() + READY_S
        while time.monotonic() < deadline_s and self.alive():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        self.kill()
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").strip().replace("\n", "; ")
        raise BoothError(f"mosquitto: not up on port {self.port} ({said or 'silent'}); is the port taken?")

    def __enter__(self) -> LocalBroker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _dies_with_us() -> list[str]:
    """Prefix of a command that ends with the thread that started it (util-linux), where there is one."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
