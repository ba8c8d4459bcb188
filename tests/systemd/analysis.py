"""systemd's own judgement of unit files: units and drop-ins go into a root of their own, words and figures come out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

SYSTEMD = Path(__file__).parents[2] / "systemd"
OWN = Path("/usr/lib/systemd/system")
PROCESSES = ("vision", "uplink", "display")
UNITS = tuple(f"booth-{process}.service" for process in PROCESSES)
COMMANDS = ("usr/bin/booth", "usr/bin/cage", "usr/bin/chvt", "usr/sbin/seatd", "bin/sh")
"What the units start."
MOST_EXPOSURE = 2.0
FIRST_OFFLINE = 250
"`systemd-analyze security --offline` is there from this version on."


def why_not() -> str:
    """Why nothing can be judged here; '' where it can."""
    if shutil.which("systemd-analyze") is None or not OWN.is_dir():
        return "systemd-analyze is missing (package systemd)"
    told = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"systemd (\d+)", told)
    if version is None or int(version[1]) < FIRST_OFFLINE:
        return f"systemd-analyze is older than {FIRST_OFFLINE} and judges no files (package systemd)"
    return ""


def lay_out(root: Path) -> Path:
    """Put every unit of the booth, and those of systemd that they stand on, into a root."""
    ours, theirs = root / "etc/systemd/system", root / "usr/lib/systemd/system"
    ours.mkdir(parents=True)
    theirs.mkdir(parents=True)
    for unit in SYSTEMD.iterdir():
        shutil.copy(unit, ours)
    for pattern in ("*.target", "*.slice", "systemd-journald*"):
        for unit in OWN.glob(pattern):
            shutil.copy(unit, theirs, follow_symlinks=False)
    for name in COMMANDS:
        command = root / name
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text("#!/bin/sh\n")
        command.chmod(0o755)
    return root


def verify(root: Path, *units: str) -> str:
    """What systemd says of units; '' when it finds nothing. The status says nothing: 0 for unknown keys too."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={root}", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


def exposure(root: Path, unit: str) -> float:
    """Of a unit with its drop-ins: 0 is tight, 10 is open. Raises AssertionError above the limit too."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--root={root}",
         f"--threshold={MOST_EXPOSURE * 10:.0f}", unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert done.returncode == 0, f"{unit}: {found[1]}"
    return float(found[1])
