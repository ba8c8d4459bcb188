"""A small disk that can be full: a folder goes in, a file system of a few megabytes on it comes out. tmpfs(5)."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

MEGABYTES = 8


class SmallDisk:
    """Mounted from its making to close()."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._ballast = folder / "ballast"
        _run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "booth-chaos", str(folder))

    def fill(self) -> None:
        """To the last block."""
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        """Undo fill()."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount, also from under a process that is still there."""
        _run("umount", "--lazy", str(self.folder))


def why_no_disk() -> str:
    """Reason to skip; '' where one can be mounted."""
    return "" if os.geteuid() == 0 else "a small disk needs root, to mount it"


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
