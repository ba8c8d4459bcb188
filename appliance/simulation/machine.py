"""What a simulation takes of its machine: numbers of files and a ledger in; leave, seconds of CPU and memory out."""

from __future__ import annotations

import resource
from io import FileIO
from pathlib import Path

from appliance.errors import BoothError

PAGE_MB = resource.getpagesize() / 2**20


def allow_files(count: int) -> None:
    """Let this process have `count` files open. Raises BoothError where the system allows fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(count, hard)))
    except (ValueError, OSError):
        raise BoothError(
            f"{count} files are wanted, {hard} allowed; raise `ulimit -n` or spread the booths over --processes"
        ) from None


def open_ledger(file: Path) -> FileIO:
    """To append to. Raises BoothError for a file that cannot be written."""
    try:
        return FileIO(file, "a")
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; name a --ledger that can be written") from None


def cpu_s() -> float:
    """Seconds of CPU that this process used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_mb() -> float:
    """Megabytes of this process in memory (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB
