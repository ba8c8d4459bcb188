"""Small files that must survive a power cut: a path and bytes in, the old or the new file on disk out."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from appliance.errors import BoothError, cure_of

MOST_SMALL_BYTES = 64 * 1024
OWN_MODE = 0o750
"Of a folder in which one process writes and the others of its group read."


def write_durably(path: Path, content: bytes, cure: str = "", mode: int | None = None) -> None:
    """Replace `path` at once or not at all; it is on the disk when this returns.

    Draft, fsync, rename, fsync of the folder: without the last one a power cut may bring the old file back, fsync(2).
    `mode`: who may read it, whatever the umask says; by the umask when None.
    Raises BoothError naming the file and `cure`, or without one what helps against this very error.
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
        raise BoothError(f"{path}: {os.strerror(error.errno or 0)}; {cure or cure_of(error)}") from None


def write_own(path: Path, content: bytes, cure: str) -> None:
    """As write_durably, in a folder that is this process's own: the others of its group read it, and change nothing.

    The package makes these folders (tmpfiles.d); elsewhere they are made here. Raises BoothError.
    """
    with contextlib.suppress(OSError):  # write_durably() names it
        path.parent.mkdir(OWN_MODE, parents=True, exist_ok=True)
    write_durably(path, content, cure, mode=0o640)


def read_small(
    file: Path, most_bytes: int = MOST_SMALL_BYTES, is_from: Callable[[int], bool] = lambda _: True
) -> bytes:
    """Content of a regular file that somebody less trusted may own; `is_from` judges its owner's number.

    Raises OSError, its strerror for people: for links, pipes, folders, long ones, and PermissionError for one of a
    wrong owner.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(file))
        if not is_from(found.st_uid):
            raise PermissionError(errno.EPERM, "written by another user", str(file))
        return whole_content(descriptor, file, most_bytes)
    finally:
        os.close(descriptor)


def whole_content(descriptor: int, file: Path, most_bytes: int) -> bytes:
    """All that a regular file holds. Raises OSError for one that is longer than `most_bytes`."""
    with os.fdopen(descriptor, "rb", closefd=False) as opened:
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"longer than {most_bytes} bytes", str(file))
    return content


def mark_of(file: Path) -> tuple[int, ...] | None:
    """What tells one version of a file from another, by stat(2); None where there is none."""
    try:
        found = file.lstat()
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
