"""What booting a folder wants of this machine: its programs come out, or why it cannot be done here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "booth/roots"


class NotHere(Exception):
    """This machine cannot do it; the words say what is missing."""


def check_here() -> None:
    """Raises NotHere without root or the programs."""
    if os.geteuid() != 0:
        raise NotHere("booting a folder needs root")
    for program in ("debootstrap", "nsenter", "dpkg-deb", "mosquitto"):
        if shutil.which(program) is None:
            raise NotHere(f"{program} is missing (make setup-test, apt-get install debootstrap)")
    find_nspawn()


@lru_cache(maxsize=1)
def find_nspawn() -> Path:
    """systemd-nspawn: installed, or unpacked from its package without installing it. Raises NotHere."""
    installed = shutil.which("systemd-nspawn")
    if installed:
        return Path(installed)
    own = CACHE / "tools/usr/bin/systemd-nspawn"
    if not own.exists():
        unpack_nspawn(own.parents[2])
    return own


def unpack_nspawn(target: Path) -> None:
    """Fetch the package by apt and unpack it. Raises NotHere."""
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run(
            ["apt-get", "download", "systemd-container"], cwd=folder, capture_output=True, check=False
        )
        packages = list(Path(folder).glob("*.deb"))
        if fetched.returncode or not packages:
            raise NotHere("systemd-nspawn is missing, and apt-get download systemd-container fails")
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg", "-x", str(packages[0]), str(target)], check=True)


def make_root(suite: str) -> Path:
    """The folder of a Debian or Ubuntu. Raises NotHere where none comes about: no mirror, say."""
    made = subprocess.run(
        ["bash", str(HERE / "make-root.sh"), suite], stdout=subprocess.PIPE, text=True, check=False
    )
    if made.returncode:
        raise NotHere(f"no {suite}, see above")
    return Path(made.stdout.strip().splitlines()[-1])
