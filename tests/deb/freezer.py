"""A camera that freezes for real: a recording in; a file system with it, whose reads hang while a mark exists, out.

The smallest FUSE server that can do it, by the kernel's own protocol (linux/fuse.h). A read that hangs holds whoever
reads in the kernel, as a camera's driver does that waits for a frame that never comes: no timeout of the reader's
helps. Runs on the machine's own Python as root. usage: freezer.py RECORDING FOLDER MARK
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
import sys
from pathlib import Path

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE = 1, 2, 3, 14, 15, 18
FLUSH, INIT, OPENDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 25, 26, 27, 29, 36, 42
SILENT = (FORGET, BATCH_FORGET)
HEADER = struct.Struct("<IIQQIIII")
ROOT, FILE = 1, 2
NAME = b"street.avi"
MOST_BYTES = 1 << 20
TICK_S = 0.05
DIRECT = 1
"Every read comes here, none is answered by the page cache."


class Freezer:
    """Owner of the descriptor of one mounted file system."""

    def __init__(self, recording: Path, folder: Path, mark: Path) -> None:
        self._file = recording.open("rb")
        self._size = recording.stat().st_size
        self._mark = mark
        self._held: dict[int, bytes] = {}
        "Requests that nobody answers: number -> answer."
        self._fuse = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._fuse},rootmode=40000,user_id=0,group_id=0,allow_other,max_read=131072"
        library = ctypes.CDLL(None, use_errno=True)
        if library.mount(b"freezer", bytes(folder), b"fuse.freezer", 0, options.encode()):
            raise OSError(ctypes.get_errno(), f"{folder} cannot be mounted")

    def serve(self) -> None:
        """Answer until it is unmounted."""
        poll = select.poll()
        poll.register(self._fuse, select.POLLIN)
        while True:
            if self._held and not self._mark.exists():
                self._thaw()
            if not poll.poll(TICK_S * 1000):
                continue
            try:
                request = os.read(self._fuse, MOST_BYTES + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                continue
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        _, operation, number, node, *_ = HEADER.unpack_from(request)
        body = request[HEADER.size :]
        if operation == INTERRUPT:
            self._give_up(*struct.unpack_from("<Q", body))
        elif operation == READ and self._mark.exists():
            self._held[number] = self._read(body)
        elif operation not in SILENT:
            self._reply(number, *self._result(operation, node, body))

    def _result(self, operation: int, node: int, body: bytes) -> tuple[int, bytes]:
        if operation == INIT:
            return 0, struct.pack("<IIIIHHIIHH8I", 7, 31, 0, 0, 16, 12, MOST_BYTES, 1, 0, 0, *[0] * 8)
        if operation == LOOKUP:
            known = node == ROOT and body.rstrip(b"\0") == NAME
            return (
                (0, struct.pack("<QQQQII", FILE, 0, 1, 1, 0, 0) + self._attributes(FILE))
                if known
                else (-errno.ENOENT, b"")
            )
        if operation == GETATTR:
            return 0, struct.pack("<QII", 1, 0, 0) + self._attributes(node)
        if operation in (OPEN, OPENDIR):
            return 0, struct.pack("<QII", 0, DIRECT, 0)
        if operation == READ:
            return 0, self._read(body)
        return (0, b"") if operation in (RELEASE, RELEASEDIR, FLUSH) else (-errno.ENOSYS, b"")

    def _attributes(self, node: int) -> bytes:
        size, mode = (self._size, 0o100444) if node == FILE else (0, 0o40555)
        return struct.pack(
            "<QQQQQQIIIIIIIIII", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0
        )

    def _read(self, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(self._file.fileno(), size, offset)

    def _thaw(self) -> None:
        for number, answer in self._held.items():
            self._reply(number, 0, answer)
        self._held.clear()

    def _give_up(self, number: int) -> None:
        """Whoever waited was killed."""
        if self._held.pop(number, None) is not None:
            self._reply(number, -errno.EINTR, b"")

    def _reply(self, number: int, error: int, content: bytes) -> None:
        try:
            os.write(self._fuse, struct.pack("<IiQ", 16 + len(content), error, number) + content)
        except OSError as failed:
            print(f"freezer: {number}: {failed}", file=sys.stderr)


if __name__ == "__main__":
    Freezer(*(Path(word) for word in sys.argv[1:4])).serve()
