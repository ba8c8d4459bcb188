"""Packs a root: files as dpkg will unpack them go in, one package comes out, the same bytes for the same commit."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPRESSION, QUICK = ("-Zxz", "-z1"), ("-Zgzip", "-z1")
"Level 6 makes the package a quarter smaller and takes eight times as long; lintian 2.116 cannot read zstd."


def settle(root: Path) -> None:
    """Give every file the commit's time and the mode that Debian wants."""
    moment = source_date()
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or is_program(path) else 0o644)
        os.utime(path, (moment, moment))


def is_program(path: Path) -> bool:
    """Whether somebody runs the file itself: the launcher and the scripts of deploy/, not modules of packages."""
    return path.parent.name == "bin" or ("deploy" in path.parts and path.read_bytes().startswith(b"#!"))


def source_date() -> int:
    """Return SOURCE_DATE_EPOCH, else the time of the commit."""
    if named := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(named)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def installed_kb(root: Path) -> int:
    """Return the size as dpkg-gencontrol counts it: files in whole KiB, a KiB for everything else."""
    return sum(-(-path.stat().st_size // 1024) if path.is_file() else 1 for path in root.rglob("*"))


def checksums(root: Path) -> str:
    """Return the lines of md5sums: dpkg --verify reads no better hash."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and "DEBIAN" not in path.parts)
    return "".join(
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files
    )


def pack(root: Path, package: Path, compression: Sequence[str] = COMPRESSION) -> Path:
    """Pack the root, owned by root whoever packs, and return the package."""
    command = ["dpkg-deb", "--root-owner-group", *compression, "--build", str(root), str(package)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(source_date())}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return package
