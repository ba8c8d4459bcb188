"""A wall clock that jumps, for the children that are given it: offsets go in, an environment comes out.

By libfaketime, which reads its offset from a file at each call; the monotonic clock stays right, as the kernel
keeps it when somebody sets the time.
"""

from __future__ import annotations

import time
from pathlib import Path

LIBRARY = "*/faketime/libfaketime.so.1"
YEAR_S = 365.25 * 86_400


def find_library() -> Path | None:
    """Debian keeps it in a folder per architecture."""
    return next(iter(Path("/usr/lib").glob(LIBRARY)), None)


def sweep() -> None:
    """Take away the shared memory of libfaketime whose process is gone: one that was killed leaves it behind."""
    for file in (*Path("/dev/shm").glob("faketime_shm_*"), *Path("/dev/shm").glob("sem.faketime_sem_*")):
        if not Path("/proc", file.name.rsplit("_", 1)[1]).exists():
            file.unlink(missing_ok=True)


class FakeClock:
    """One clock for several children."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._file = folder / "clock"
        self.right()
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def right(self) -> None:
        """As the machine's."""
        self._shift(0)

    def to_1970(self) -> None:
        """As a board without a battery that was just switched on."""
        self._shift(3600 - time.time())

    def far_ahead(self) -> None:
        """Two years, longer than anything is kept."""
        self._shift(2 * YEAR_S)

    def _shift(self, seconds: float) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{seconds:+.0f}\n", encoding="ascii")
        draft.replace(self._file)
