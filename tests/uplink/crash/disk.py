"""A disk that loses power: system calls go in; what could be found after a cut comes out, as an image of files.

What was synced is there. Of the writes to a file since its last sync any may be there, whole or in sectors, in
any order; names made, renamed or removed since the folder's last sync may be there or not (fsync(2)).
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.uplink.crash.syscalls import Call

FOLDER = -1
"In place of a file's number."
Change = tuple[str, int | None]
"A name and what it means then; None: it is gone."


@dataclass
class File:
    """Content that is safe, and the writes that are not: offset and bytes; None for bytes is a truncation."""

    safe: bytearray = field(default_factory=bytearray)
    unsafe: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for offset, data in self.unsafe:
            put(self.safe, offset, data)
        self.unsafe.clear()

    def after_cut(self, rng: random.Random, kept: float, sector: int) -> bytes:
        found = bytearray(self.safe)
        for offset, data in self.unsafe:
            for start, piece in pieces(offset, data, sector):
                if rng.random() < kept:
                    put(found, start, piece)
        return bytes(found)


class Disk:
    """Files below `folder`, begun with what lies there; everything of it is safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.files: list[File] = []
        self.names: dict[str, int] = {}
        for path in sorted(folder.rglob("*")):
            is_link = path.is_symlink()
            content = (
                str(path.readlink()).encode() if is_link else b"" if path.is_dir() else path.read_bytes()
            )
            self.names[str(path)] = FOLDER if path.is_dir() and not is_link else self._new(content)
        self.safe_names = dict(self.names)
        self.unsafe_names: list[tuple[Change, ...]] = []
        self.handles: dict[int, str | int] = {}
        "Open files by number, open folders by name."
        self.written: dict[int, int] = {}
        "Bytes written in order since a file was opened."

    def apply(self, call: Call) -> bool:
        """Let `call` happen; False when it was none on this disk."""
        ours = call.handle in self.handles or any(path.startswith(self.folder) for path in call.paths)
        if not ours:
            return False
        getattr(self, f"_{call.name}")(call)
        return True

    def image(self, target: Path, rng: random.Random, kept: float, sector: int = 1 << 30) -> None:
        """Write to `target` what is found after a cut now; each unsafe thing is there with chance `kept`."""
        names = dict(self.safe_names)
        for changes in self.unsafe_names:
            if rng.random() < kept:
                rename(names, changes)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name, number in sorted(names.items()):
            path = target / PurePosixPath(name).relative_to(self.folder)
            if not path.parent.is_dir():
                continue
            if number == FOLDER:
                path.mkdir()
            else:
                path.write_bytes(self.files[number].after_cut(rng, kept, sector))

    def _new(self, content: bytes = b"") -> int:
        self.files.append(File(bytearray(content)))
        return len(self.files) - 1

    def _change(self, *changes: Change) -> None:
        rename(self.names, changes)
        self.unsafe_names.append(changes)

    def _open(self, call: Call) -> None:
        (path,) = call.paths
        if "O_DIRECTORY" in call.flags or path == self.folder or self.names.get(path) == FOLDER:
            self.handles[call.handle] = path
            return
        if path not in self.names:
            assert "O_CREAT" in call.flags, path
            self._change((path, self._new()))
        number = self.names[path]
        self.handles[call.handle] = number
        self.written[call.handle] = 0
        if "O_TRUNC" in call.flags:
            self.files[number].unsafe.append((0, None))

    def _close(self, call: Call) -> None:
        del self.handles[call.handle]

    def _pwrite64(self, call: Call) -> None:
        self._file(call).unsafe.append((call.offset, call.data))

    def _write(self, call: Call) -> None:
        self._file(call).unsafe.append((self.written[call.handle], call.data))
        self.written[call.handle] += len(call.data)

    def _ftruncate(self, call: Call) -> None:
        self._file(call).unsafe.append((call.offset, None))

    def _fsync(self, call: Call) -> None:
        name = self.handles[call.handle]
        if isinstance(name, int):
            self.files[name].sync()
            return
        of_folder = [
            changes for changes in self.unsafe_names if str(PurePosixPath(changes[0][0]).parent) == name
        ]
        for changes in of_folder:
            rename(self.safe_names, changes)
        self.unsafe_names = [changes for changes in self.unsafe_names if changes not in of_folder]

    def _unlink(self, call: Call) -> None:
        self._change((call.paths[0], None))

    def _rename(self, call: Call) -> None:
        old, new = call.paths
        self._change((old, None), (new, self.names[old]))

    def _mkdir(self, call: Call) -> None:
        self._change((call.paths[0], FOLDER))

    def _symlink(self, call: Call) -> None:
        """A link is there or not, and what it leads to with it; an image shows that as a file's content."""
        target, name = call.paths
        self._change((name, self._new(target.encode())))

    def _file(self, call: Call) -> File:
        number = self.handles[call.handle]
        assert isinstance(number, int), "a folder is written to"
        return self.files[number]


def put(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write or, without data, truncate; holes are zeros."""
    content.extend(bytes(max(0, offset - len(content))))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def pieces(offset: int, data: bytes | None, sector: int) -> list[tuple[int, bytes | None]]:
    """A write cut where sectors of the disk end."""
    if data is None:
        return [(offset, None)]
    starts = [offset, *range((offset // sector + 1) * sector, offset + len(data), sector)]
    ends = [*starts[1:], offset + len(data)]
    return [(start, data[start - offset : end - offset]) for start, end in zip(starts, ends, strict=True)]


def rename(names: dict[str, int], changes: tuple[Change, ...]) -> None:
    for name, number in changes:
        if number is None:
            names.pop(name, None)
        else:
            names[name] = number
