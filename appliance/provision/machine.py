"""The running system as provisioning needs it: fixed commands out, whether they worked in; a booth and a folder."""

from __future__ import annotations

import logging
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from appliance.provision.places import Places

log = logging.getLogger(__name__)
PATIENCE_S = 60.0
BOOTH = "/usr/bin/booth"
STEPS: tuple[tuple[str, ...], ...] = (
    (BOOTH, "units"),
    ("systemctl", "daemon-reload"),
    ("systemctl", "enable", "booth.target"),
    ("systemctl", "--no-block", "restart", "booth.target"),
    ("systemctl", "--no-block", "try-restart", "ssh.service"),
)
"After a new identity lies in place; each may fail without the others."
JOURNAL_STEPS = (("systemctl", "--no-block", "try-restart", "systemd-journald.service"),)
NETWORK_STEPS = {
    True: (("nmcli", "connection", "reload"), ("nmcli", "--wait", "0", "connection", "up", "booth")),
    False: (("networkctl", "reload"),),
}
"With NetworkManager, and without."


class Machine(Protocol):
    """What may be asked of the system."""

    def run(self, words: Sequence[str]) -> bool:
        """Whether the command worked."""
        ...

    def rename(self, hostname: str) -> None:
        """Call the running machine so."""
        ...


class RunningMachine:
    """The machine that this program runs on."""

    def run(self, words: Sequence[str]) -> bool:
        """Whether the command worked; what is not installed or hangs does not."""
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("%s: %s", " ".join(words), type(error).__name__)
            return False
        if done.returncode:
            log.warning("%s: %s", " ".join(words), " ".join(done.stderr.split())[:200])
        return done.returncode == 0

    def rename(self, hostname: str) -> None:
        """Until the next start, which reads /etc/hostname."""
        with suppress(OSError):
            socket.sethostname(hostname)


class Folder:
    """A root file system that does not run: nothing is started in it."""

    def run(self, words: Sequence[str]) -> bool:
        """Nothing is done, and that is well."""
        return bool(words)

    def rename(self, hostname: str) -> None:
        """Nothing to rename."""


def activate(places: Places, machine: Machine, hostname: str, *, renewed: bool) -> None:
    """Let a new identity begin to work: name, network, units, host keys. What fails is logged.

    `renewed`: the device has a new machine id, by which journalctl looks for the journal.
    """
    machine.rename(hostname)
    for words in (*NETWORK_STEPS[places.has_network_manager], *STEPS, *(JOURNAL_STEPS if renewed else ())):
        machine.run(words)
