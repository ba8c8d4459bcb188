"""Bounds of what the courier may lay on the disk: its folder and a release in, nothing or the reason to stop out.

The disk belongs to the booth, whose outbox has to go on whatever an update server does. So there are three bounds, and
each holds alone: what is signed, what the folder may hold, and what stays free.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from appliance.health.clock import Clock
from appliance.update.places import BUNDLES, METADATA, NOTE, Places
from appliance.update.refusal import Refused
from appliance.update.trust import FLOOR, HISTORY

QUOTA_BYTES = 1024 * 1024 * 1024
"Of all that is in the courier's folder; a bundle of today has 140 MB."
METADATA_BYTES = 64 * 1024 * 1024
"Of these for metadata."
SPARE_BYTES = 128 * 1024 * 1024
"Left to the booth."
STALE_S = 14 * 86_400.0
"A part that nobody has gone on with for so long."


def sweep(places: Places, clock: Clock) -> None:
    """Remove what cut-off runs have left, and parts that nobody goes on with; what cannot be removed stays."""
    for file in (*odd_files(places.courier), *stale_files(places.courier / BUNDLES, clock)):
        with contextlib.suppress(OSError):
            shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink()


def odd_files(courier: Path) -> Iterator[Path]:
    """What a courier at work does not keep: drafts of a note or of metadata, and whatever else."""
    kept = {NOTE, METADATA, BUNDLES, "lock"}
    yield from (file for file in found_in(courier) if file.name not in kept)
    for file in found_in(courier / METADATA):
        if file.suffix != ".json" and file.name not in {FLOOR, HISTORY}:
            yield file


def stale_files(folder: Path, clock: Clock) -> Iterator[Path]:
    """Parts and bundles that were last written long ago, by a clock that is right."""
    for file in found_in(folder):
        if clock.synced and clock.unix_s - os.lstat(file).st_mtime > STALE_S:
            yield file


def found_in(folder: Path) -> list[Path]:
    """What is in a folder; nothing where there is none."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def check_quota(courier: Path, name: str, length: int, own: str) -> None:
    """Raises Refused('disk-full') where `length` more bytes are too many; files that begin with `own` do not count."""
    others = sum(size for file, size in files_below(courier) if not file.startswith(own))
    if others + length > QUOTA_BYTES:
        most = f"{courier} may hold {QUOTA_BYTES >> 20} MB"
        raise Refused("disk-full", f"{name} has {length >> 20} MB, {most}; publish a smaller bundle")


def files_below(folder: Path) -> Iterator[tuple[str, int]]:
    """Name and size of each plain file."""
    for parent, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                found = os.lstat(Path(parent, name))
                if stat.S_ISREG(found.st_mode):
                    yield name, found.st_size


def check_spare(folder: Path, more_bytes: int = 0) -> None:
    """Raises Refused('disk-full') unless the booth's share stays free beside `more_bytes`."""
    if shutil.disk_usage(folder).free < more_bytes + SPARE_BYTES:
        needed = f"{(more_bytes + SPARE_BYTES) >> 20} MB have to be free"
        raise Refused(
            "disk-full", f"{folder}: {needed}, {SPARE_BYTES >> 20} of them for the booth; free space"
        )
