"""A computer in a folder: a root goes in, a booted systemd whose power can be cut, and its words, come out.

The root stays as it is: an overlay takes what is written, and outlives a power cut as a disk does. (What the page
cache has not written yet is not lost by such a cut; test_outbox_power.py and its like are about that.)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.deb.tools import find_nspawn

ENVIRONMENT = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root"]
NAMESPACES = ["-m", "-u", "-i", "-n", "-p", "-C"]
BOOT_S = 60.0
OFF_S = 60.0


class Machine:
    """Owner of one overlay and of the processes in it."""

    def __init__(self, lower: Path, name: str) -> None:
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"booth-deb-{name}-", dir="/var/tmp"))
        self.root = self.folder / "merged"
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0
        for part in ("upper", "work", "merged"):
            (self.folder / part).mkdir()
        options = f"lowerdir={lower},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)], check=True)

    def boot(self) -> float:
        """Switch it on; seconds until the service manager has started everything."""
        begun_s = time.monotonic()
        options = ["--register=no", "--keep-unit", "--private-network", "--console=read-only"]
        # The walls of addresses and devices are BPF programs on cgroup v2; a booth asks whether its clock is set.
        options += ["--system-call-filter=bpf adjtimex clock_adjtime", "--capability=CAP_BPF"]
        command = [str(find_nspawn()), "-D", str(self.root), *options, "-M", self.name, "-b"]
        # cgroup v2 as on JetPack 6 and 7, where this machine itself may still have v1.
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with (self.folder / "console").open("ab") as console:
            self._nspawn = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, env=environment
            )
        self._leader = self._find_leader(begun_s + BOOT_S)
        self.wait(lambda: self.says("systemctl", "is-system-running") in ("running", "degraded"), BOOT_S)
        return time.monotonic() - begun_s

    def run(self, *words: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as root; what it printed is in the result."""
        command = ["nsenter", "-t", str(self._leader), *NAMESPACES, *ENVIRONMENT, *words]
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Run a command inside, and do not wait for it."""
        command = ["nsenter", "-t", str(self._leader), *NAMESPACES, *ENVIRONMENT, *words]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def says(self, *words: str) -> str:
        """What a command inside prints, without the last line's end."""
        return self.run(*words).stdout.strip()

    def does(self, *words: str, timeout_s: float = 120) -> str:
        """The same, of a command that has to succeed."""
        done = self.run(*words, timeout_s=timeout_s)
        assert done.returncode == 0, f"{' '.join(words)}: {done.returncode}: {done.stderr[-400:]}"
        return done.stdout.strip()

    def wait(self, fact: Callable[[], bool], seconds: float, every_s: float = 0.1) -> float:
        """Until `fact` is one; the seconds that took. Raises AssertionError when it does not become one."""
        begun_s = time.monotonic()
        while not fact():
            assert time.monotonic() - begun_s < seconds, f"not within {seconds:.0f} s"
            time.sleep(every_s)
        return time.monotonic() - begun_s

    def path(self, inside: str) -> Path:
        """A file of the disk; /run and /dev are not on it."""
        return self.root / inside.lstrip("/")

    def put(self, inside: str, text: str, mode: int = 0o644) -> None:
        """Write a file where it may also be in memory only."""
        words = ["sh", "-c", 'umask 077; mkdir -p "${1%/*}"; cat > "$1"; chmod "$2" "$1"', "put"]
        command = ["nsenter", "-t", str(self._leader), *NAMESPACES, *ENVIRONMENT, *words]
        subprocess.run([*command, inside, f"{mode:o}"], input=text, text=True, check=True, timeout=30)

    def cut_power(self) -> None:
        """End everything inside at once, without a word to anybody."""
        os.kill(self._leader, signal.SIGKILL)
        self._gone()

    def switch_off(self) -> float:
        """Ask it to power off; seconds until it has."""
        begun_s = time.monotonic()
        self.run("systemctl", "poweroff")
        self._gone()
        return time.monotonic() - begun_s

    def remove(self) -> None:
        """Leave nothing of it; safe in whatever state it is."""
        if self._nspawn is not None and self._nspawn.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._nspawn.wait(OFF_S)
        subprocess.run(["umount", str(self.root)], check=False)
        if not os.path.ismount(self.root):
            shutil.rmtree(self.folder, ignore_errors=True)

    def _gone(self) -> None:
        assert self._nspawn is not None
        self._nspawn.wait(OFF_S)
        self._nspawn = None

    def _find_leader(self, until_s: float) -> int:
        assert self._nspawn is not None
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        while time.monotonic() < until_s:
            assert self._nspawn.poll() is None, (self.folder / "console").read_text(errors="replace")[-500:]
            for child in children.read_text().split():
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
            time.sleep(0.05)
        raise AssertionError(f"{self.name} does not boot")
