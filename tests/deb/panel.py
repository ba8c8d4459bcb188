"""The booth's own screen in a booted machine: its programs and a screen in memory go in, what is on it comes out.

A folder has no graphics, so cage draws into memory, and no console, so seatd keeps none. All else is as on a booth:
units, users, sandbox, seat, browser, page. Two screens, since cage before 0.1.5 hands a single window straight to the
screen in memory, past whoever takes its picture.
"""

from __future__ import annotations

import io
import subprocess
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.deb.booth import Booth
from tests.deb.machine import ENVIRONMENT, Machine

LIST = Path(__file__).parents[2] / "deploy/package/screen-packages.txt"
SCREEN, SEAT = "booth-screen.service", "booth-seat.service"
BOARD = 8480
UNIT = Path(__file__).parents[2] / "systemd" / SCREEN
MEMORY = "Environment=WLR_BACKENDS=headless,libinput WLR_LIBINPUT_NO_DEVICES=1 WLR_HEADLESS_OUTPUTS=2\n"
NO_CONSOLE = "ExecStartPre=\nExecStopPost=\nEnvironment=SEATD_VTBOUND=0\n"
PATIENCE = "WatchdogSec=12s\n"


def bring_programs(machine: Machine) -> None:
    """Install what a technician installs, before the power is on: inside there is no network."""
    names = [line.split("#")[0].strip() for line in LIST.read_text().splitlines()]
    words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *filter(None, names), "grim"]
    begin = ["chroot", str(machine.root), *ENVIRONMENT, "DEBIAN_FRONTEND=noninteractive"]
    done = subprocess.run([*begin, *words], capture_output=True, text=True, check=False)
    (machine.root / "etc/systemd/system/seatd.service").symlink_to("/dev/null")
    if done.returncode:
        print(f"{machine.name}: no screen: {' '.join(done.stderr.split())[-300:]}", flush=True)


def without(*paths: str) -> str:
    """The unit's own conditions but those of these paths, which a folder cannot meet."""
    lines = [line for line in UNIT.read_text().splitlines() if line.startswith("Condition")]
    kept = [line for line in lines if not any(path in line for path in paths)]
    # An empty one forgets all, of whatever kind.
    return "\n".join(["[Unit]", "ConditionPathExists=", *kept, "[Service]", ""])


def in_memory(booth: Booth) -> None:
    """From now on the screen is one in memory."""
    conditions = without("/dev/tty0", "/sys/class/drm")
    booth.drop_in(SCREEN, "90-memory", conditions + MEMORY + PATIENCE)
    booth.drop_in(SEAT, "90-memory", conditions + NO_CONSOLE)


def skipped(booth: Booth) -> str:
    """How a start ends that is none; raises AssertionError where it is one, or a failure."""
    begun_s = time.monotonic()
    booth.machine.does("systemctl", "start", SCREEN)
    seconds = time.monotonic() - begun_s
    state = [booth.show(SCREEN, name) for name in ("ActiveState", "ConditionResult", "Result")]
    assert state[0] == "inactive", state
    assert booth.machine.says("systemctl", "is-failed", SCREEN, SEAT).split() != ["failed", "failed"]
    assert booth.active("booth.target", "booth-display.service")
    return f"{' '.join(state)} after {seconds:.1f} s"


def looks(booth: Booth) -> int:
    """Connections to the board that the screen's own user has."""
    user = booth.machine.says("id", "-u", "booth-screen")
    lines = booth.machine.says("cat", "/proc/net/tcp").splitlines()[1:]
    rows = [line.split() for line in lines]
    return sum(row[2] == f"0100007F:{BOARD:04X}" and row[3] == "01" and row[7] == user for row in rows)


def process_of(booth: Booth, name: str) -> str:
    """The number of a process of the screen."""
    return booth.machine.says("pgrep", "-n", "-u", "booth-screen,root", "-f", f"{name}( |$)")


def is_shown(booth: Booth) -> bool:
    """Whether the board is there, and its page listens."""
    return (
        booth.active(SCREEN, SEAT)
        and "is on the screen" in booth.show(SCREEN, "StatusText")
        and looks(booth) > 0
    )


def seen(booth: Booth) -> Image.Image:
    """A picture of both screens."""
    words = "XDG_RUNTIME_DIR=/run/booth-screen WAYLAND_DISPLAY=wayland-0 grim /srv/seen.png"
    booth.machine.does("sh", "-c", words)
    return Image.open(io.BytesIO(booth.machine.path("/srv/seen.png").read_bytes())).convert("RGB")


def share_of(picture: Image.Image, colour: tuple[int, int, int], off: int = 12) -> float:
    """The share of a picture that is nearly of a colour."""
    small = np.asarray(picture.resize((320, 90), Image.Resampling.NEAREST), np.int16)
    return float((np.abs(small - colour).max(axis=2) < off).mean())
