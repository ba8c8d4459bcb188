"""The files of a stick, as a folder: names in, bounded content out, written and wiped so that nothing else is touched.

A stick is a FAT file system labelled BOOTH. Whoever reads it takes it for hostile: plain files of known names only,
opened without following links and never beyond their bounds.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import BoothError
from appliance.provision.manifest import MOST_BYTES

LABEL = "BOOTH"
MANIFEST, SIGNATURE, REQUEST = "booth.json", "booth.sig", "request.csr"
KEY, WIFI, LOGIN = "booth.key", "wifi.key", "camera.key"
RESULT, USED = "result.json", "used.json"
PROBE = "probe"
SECRETS = (KEY, WIFI, LOGIN)
GIVEN = (*SECRETS, MANIFEST, SIGNATURE, REQUEST)
"What a booth wipes when it has applied it; secrets first."
BOUNDS = {
    MANIFEST: MOST_BYTES,
    SIGNATURE: 512,
    REQUEST: 8 * 1024,
    KEY: 8 * 1024,
    WIFI: 128,
    LOGIN: 256,
    RESULT: 4096,
    USED: 4096,
}
"Bytes."
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Stick:
    """A folder that holds the files of a stick. Raises BoothError for one that is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            fits = stat.S_ISDIR(folder.lstat().st_mode)
        except PermissionError:
            raise BoothError(f"{folder}: cannot be read; be the user that may, as by sudo") from None
        except OSError:
            fits = False
        if not fits:
            raise BoothError(f"{folder}: no such folder; plug the stick in and name where it is mounted")

    def has(self, name: str) -> bool:
        """Whether anything of that name is there."""
        with self._opened() as folder:
            try:
                os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                return False
            return True

    def read(self, name: str) -> bytes | None:
        """Content of a file, None where there is none. Raises BoothError for what is no file within its bounds."""
        with self._opened() as folder:
            try:
                handle = os.open(name, READING, dir_fd=folder)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise BoothError(f"{name}: {os.strerror(error.errno or 0)}; make the stick again") from None
            try:
                return bounded(name, handle)
            finally:
                os.close(handle)

    def write(self, name: str, content: bytes) -> None:
        """Replace a file; what it held is overwritten. Raises BoothError when the stick cannot be written."""
        draft = name.partition(".")[0] + ".new"
        try:
            with self._opened() as folder:
                remove(folder, draft)
                handle = os.open(draft, WRITING, 0o600, dir_fd=folder)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(handle)
                overwrite(folder, name)
                os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)
        except OSError as error:
            with self._opened() as folder, contextlib.suppress(OSError):
                overwrite(folder, draft)
                remove(folder, draft)
            reason = os.strerror(error.errno or 0)
            raise BoothError(
                f"{self.folder}/{name}: {reason}; free the stick's space and its write lock"
            ) from None

    def try_writing(self, size: int) -> None:
        """A draft of so many bytes, which goes again. Raises BoothError when the stick cannot be written so far."""
        name = f"{PROBE}.new"
        with self._opened() as folder:
            try:
                remove(folder, name)
                handle = os.open(name, WRITING, 0o600, dir_fd=folder)
                with os.fdopen(handle, "wb") as file:
                    file.write(bytes(size))
                    file.flush()
                    os.fsync(handle)
            except OSError as error:
                reason = os.strerror(error.errno or 0)
                cure = f"free {size // 1024} kB on it, and its write lock"
                raise BoothError(f"{self.folder}: cannot be written ({reason}); {cure}") from None
            finally:
                with contextlib.suppress(OSError):
                    remove(folder, name)

    def wipe(self, name: str) -> None:
        """Overwrite a file where it lies, then remove it. Raises OSError when the stick cannot be written.

        Flash memory may keep an old copy of a block where no file system reaches it: the wiped key is out of
        reach of whoever plugs the stick in, not of a laboratory.
        """
        with self._opened() as folder:
            overwrite(folder, name)
            remove(folder, name)
            os.fsync(folder)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            cure = "plug the stick in again, and be the user that may read it"
            raise BoothError(f"{self.folder}: {reason}; {cure}") from None
        try:
            yield folder
        finally:
            os.close(folder)


def overwrite(folder: int, name: str) -> None:
    """Zeros over all of a plain file, on the disk when this returns; nothing where there is none."""
    try:
        handle = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return
    try:
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode):
            os.pwrite(handle, bytes(min(found.st_size, MOST_BYTES)), 0)
            os.fsync(handle)
    finally:
        os.close(handle)


def remove(folder: int, name: str) -> None:
    """Remove a name, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def bounded(name: str, handle: int) -> bytes:
    """What an open file holds. Raises BoothError for what is no plain file within its bound."""
    bound = BOUNDS[name]
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BoothError(f"{name}: no plain file; make the stick again")
        content = b""
        while len(content) <= bound and (piece := os.read(handle, bound + 1 - len(content))):
            content += piece
    except OSError as error:
        raise BoothError(f"{name}: {os.strerror(error.errno or 0)}; try another stick") from None
    if len(content) > bound:
        raise BoothError(f"{name}: larger than {bound} bytes; make the stick again")
    return content
