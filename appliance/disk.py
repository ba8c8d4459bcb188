"""Small files that must survive a power cut: a path and bytes in, the old or the new file on disk out."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from appliance.errors import BoothError

MOST_SMALL_BYTES = 64 * 1024


def write_durably(path: Path, content: bytes, cure: str, mode: int | None = None) -> None:
    """Replace `path` at once or not at all; it is on the disk when this returns.

    Draft, fsync, rename, fsync of the folder: without the last one a power cut may bring the old file back, fsync(2).
    `mode`: who may read it, whatever the umask says; by the umask when None.
    Raises BoothError naming the file and `cure`.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Root writes here into folders of others: a link that somebody laid under this name is not followed.
        draft.unlink(missing_ok=True)
        with draft.open("xb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise BoothError(f"{path}: {os.strerror(error.errno or 0)}; {cure}") from None


def read_small(
    file: Path, most_bytes: int = MOST_SMALL_BYTES, is_trusted: Callable[[int], bool] | None = None
) -> bytes:
    """Content of a regular file that somebody less trusted may own. Raises OSError for links, pipes and long ones.

    `is_trusted` says by its user id whether an owner is believed at all; OSError where not.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{file}: no regular file")
        if is_trusted is not None and not is_trusted(found.st_uid):
            raise OSError(f"{file}: written by somebody else")
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(f"{file}: longer than {most_bytes} bytes")
    return content


def mark_of(file: Path) -> tuple[int, ...] | None:
    """What tells one version of a file from another, by stat(2); None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Let names that were made, renamed or removed in `folder` outlive a power cut (fsync(2)). Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
