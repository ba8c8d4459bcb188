"""`booth factory-reset`: a booth that knows a street in, one that knows nothing and nobody out; the program stays.

Cut off in the middle, it is finished at the next start (booth-factory-reset.service) or by running it again: a mark is
set first and taken away last.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import read_small, sync_folder, write_durably
from appliance.errors import BoothError
from appliance.logbook.chain import MOST_READ

SYSTEMD = Path("/run/systemd/system")
STOPPED = ("booth.target", "booth-vision.service", "booth-uplink.service", "booth-display.service",
           "booth-update.service", "booth-update-switch.service")  # fmt: skip
"Not the timer of updates: what it starts waits for settings, and whoever gets a new stick need not restart for it."
KEPT = "tickets"
"Of /etc/booth: which sticks were used. A stick is never used twice, not even after a reset."
DROP_IN = "50-machine.conf"
"Of `booth units`. What lies beside it stays: a flashed Jetson's own say that nothing starts without its data."
RESTING = ("inactive", "failed")
Stop = Callable[[Sequence[str]], None]
"Takes units and stops those that run."


@dataclass(frozen=True)
class Belongings:
    """Where a booth's own things lie, below `root`, which is / on a booth."""

    root: Path = Path("/")

    @property
    def mark(self) -> Path:
        """There from the first moment of a reset to its last."""
        return self.root / "var/lib/booth-reset"

    @property
    def home(self) -> Path:
        """Settings, identity and keys."""
        return self.root / "etc/booth"

    @property
    def state(self) -> Path:
        """Bank, calibration, outbox, what was set from afar, pauses, notices, logbook."""
        return self.root / "var/lib/booth"

    @property
    def runtime(self) -> Path:
        """Sockets and vitals."""
        return self.root / "run/booth"

    @property
    def emptied(self) -> tuple[Path, ...]:
        """Folders that stay and lose what is in them; the keys first."""
        return (self.home / "keys", self.home, self.state, self.root / "var/cache/booth", self.runtime)

    @property
    def removed(self) -> tuple[Path, ...]:
        """Files and folders that provisioning has put beside the system's own: networks with their secrets, devices."""
        network = self.root / "etc/NetworkManager/system-connections"
        units = sorted((self.root / "etc/systemd/system").glob(f"booth-*.service.d/{DROP_IN}"))
        return (
            network / "booth.nmconnection",
            self.root / "etc/systemd/network/10-booth.network",
            *units,
        )


def reset(
    belongings: Belongings, stop: Stop, logbook: Path | None = None, say: Callable[[str], None] = print
) -> None:
    """Forget everything that is this booth's own. Raises BoothError for what cannot be removed, with the cure.

    `logbook`: a folder that gets a copy of the logbook first.
    """
    if logbook is not None:
        save_logbook(belongings.state, logbook)
    cure = "be root and make room there, then run: booth factory-reset"
    write_durably(belongings.mark, b"reset/1\n", cure)
    stop(STOPPED)
    try:
        for path in belongings.removed:
            remove(path)
        for folder in belongings.emptied:
            empty(folder, belongings.home / KEPT)
        belongings.mark.unlink()
        sync_folder(belongings.mark.parent)
    except OSError as error:
        raise BoothError(f"{error.filename}: {os.strerror(error.errno or 0)}; {cure}") from None
    say("the booth has forgotten keys, settings, street, calibration, outbox and logbook; the program stays")
    say(
        "next: let the city team revoke its certificate; then plug a new stick in (booth provision) and restart"
    )


def save_logbook(state: Path, folder: Path) -> None:
    """Copy the logbook with its older parts. Raises BoothError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(state.glob("logbook*.jsonl")):
            # Three users write there: a link of theirs would be root's to follow, and to copy what it leads to.
            content = read_small(path, MOST_READ)
            write_durably(folder / path.name, content, "name another folder")
    except OSError as error:
        words = f"{error.filename}: {error.strerror}"
        raise BoothError(f"{words}; name another folder, or go without the logbook") from None


def empty(folder: Path, kept: Path) -> None:
    """Remove what is in a folder; the folder keeps its owner and mode. Links are removed, never followed."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path != kept:
            remove(path)
    sync_folder(folder)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder; nothing is there afterwards."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def stop_units(units: Sequence[str]) -> None:
    """Stop those that run; nothing happens where systemd does not. Raises BoothError for one that will not stop."""
    if not SYSTEMD.is_dir():
        return
    # At the next start after a power cut none runs yet, and stopping would take back that they are about to. One that
    # is only starting (vision while it builds engines, a oneshot all its life) runs too.
    running = [unit for unit in units if _state_of(unit) not in RESTING]
    if running and not _asks(("systemctl", "stop", *running)):
        raise BoothError(f"systemctl could not stop {', '.join(running)}; see: journalctl -b -u 'booth-*'")


def _state_of(unit: str) -> str:
    words = ("systemctl", "is-active", unit)
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _asks(words: Sequence[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def restore_folders() -> None:
    """Make the folders anew that the package made, with their owners: the state folder's own ones are gone too."""
    _asks(("systemd-tmpfiles", "--create", "booth.conf"))
