"""The service manager: names of the booth's processes in; what became of them out. Systemd, or a fake that behaves."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from appliance.errors import BoothError

Process = Literal["vision", "uplink", "display"]
PROCESSES: tuple[Process, ...] = get_args(Process)
SCREEN = "booth-screen.service"
ASK_S = 30.0
"Systemd answers in milliseconds; a machine that swaps takes longer."


@dataclass(frozen=True)
class Unit:
    """One process as its manager sees it."""

    active: str
    "active (and, being Type=notify, READY), activating, failed, inactive ..."
    restarts: int = 0
    "By itself, since it was last started by hand."
    result: str = ""
    "How it ended last, as 'exit-code' or 'watchdog'."

    @property
    def is_up(self) -> bool:
        """Started and ready."""
        return self.active == "active"


class Manager(Protocol):
    """What an update asks of it."""

    def restart(self) -> None:
        """Start the three processes anew, by whatever `current` points to now; does not wait for them."""

    def look(self, process: Process) -> Unit:
        """How one of them does."""

    def last_words(self, process: Process) -> str:
        """The last line that it wrote; '' where none is known."""


class Systemd:
    """The real one."""

    def restart(self) -> None:
        """See Manager. Raises BoothError where systemd refuses."""
        units = [unit_of(process) for process in PROCESSES]
        ask("reset-failed", *units)
        answer = ask("restart", "--no-block", *units)
        if answer.returncode:
            why = answer.stderr.strip().splitlines()
            raise BoothError(
                f"systemd does not start the booth ({why[-1:]}); see: systemctl status booth.target"
            )
        # The page that it shows is the old program's. Where there is none, nothing comes of it.
        ask("try-restart", "--no-block", SCREEN)

    def look(self, process: Process) -> Unit:
        """See Manager; a unit that nobody can tell about is 'unknown'."""
        answer = ask("show", "-p", "ActiveState", "-p", "NRestarts", "-p", "Result", unit_of(process))
        values = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
        restarts = values.get("NRestarts", "")
        return Unit(
            values.get("ActiveState", "unknown"),
            int(restarts) if restarts.isdigit() else 0,
            values.get("Result", ""),
        )

    def last_words(self, process: Process) -> str:
        """See Manager.

        A start that has just begun has said nothing yet; those before it, when they were systemd's own, were of the
        same program, and what the last of them said is why there is another.
        """
        shown = ask("show", "-p", "InvocationID", "--value", unit_of(process)).stdout.strip()
        said = last_line(f"_SYSTEMD_INVOCATION_ID={shown}")
        if not said and self.look(process).restarts:
            said = last_line(f"_SYSTEMD_UNIT={unit_of(process)}")
        return said


def last_line(which: str) -> str:
    """The last one of the journal's that fits; '' where there is none."""
    lines = run(["journalctl", "-q", "-n", "1", "-o", "cat", which]).stdout.strip().splitlines()
    return lines[-1] if lines else ""


def unit_of(process: Process) -> str:
    """Name of its unit."""
    return f"booth-{process}.service"


def ask(*words: str, patience_s: float = ASK_S) -> subprocess.CompletedProcess[str]:
    """Run systemctl; see run."""
    return run(["systemctl", *words], patience_s)


def run(command: list[str], patience_s: float = ASK_S) -> subprocess.CompletedProcess[str]:
    """Run a command of systemd, at most `patience_s`; one that is absent or hangs has failed without a word."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience_s)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
