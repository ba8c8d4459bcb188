"""Sticks as images of a whole file system, whose raw bytes can be searched; mounted in whatever way works here."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SIZE = 8 << 20
WAYS = ("kernel", "fuse", "ext2")
"FAT by the kernel (as on a booth), FAT by fusefat, and ext2, which overwrites in place as FAT does."


def tool(name: str, package: str) -> str:
    """Its path; skips where it is missing."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"needs Debian's {package} ({name})")
    return found


def new_image(file: Path, way: str) -> Path:
    """An empty stick labelled BOOTH."""
    with file.open("wb") as opened:
        opened.truncate(SIZE)
    if way == "ext2":
        words = [tool("mkfs.ext2", "e2fsprogs"), "-q", "-L", "BOOTH", str(file)]
    else:
        words = [tool("mkfs.vfat", "dosfstools"), "-n", "BOOTH", str(file)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return file


@contextlib.contextmanager
def mounted_image(image: Path, folder: Path, way: str) -> Iterator[Path]:
    """Its files in `folder`; all of it is in the image at the end. Skips where this machine cannot."""
    folder.mkdir(exist_ok=True)
    if way == "fuse":
        mount = [tool("fusefat", "fusefat"), "-o", "rw+", str(image), str(folder)]
        umount = [tool("fusermount", "fuse"), "-u", str(folder)]
    else:
        kind = "vfat" if way == "kernel" else "ext2"
        mount = ["mount", "-t", kind, "-o", "loop", str(image), str(folder)]
        umount = ["umount", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode or not folder.is_mount():
        pytest.skip(f"cannot be mounted here: {' '.join(done.stderr.split())[:80]}")
    try:
        yield folder
    finally:
        subprocess.run(umount, check=True, capture_output=True, timeout=60)
