"""The system calls of a child on its files: a command goes in; opens, writes, syncs and names come out, by strace."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.walls.tracing import ROOT, STRING, decoded, traced

CALLS = (
    "openat,close,write,pwrite64,ftruncate,fsync,fdatasync,?unlink,unlinkat,?rename,renameat,renameat2,"
    "?mkdir,mkdirat,?symlink,symlinkat,fallocate,copy_file_range,pwritev"
)
LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
LONGEST = 1 << 20
PATIENCE_S = 60


@dataclass(frozen=True)
class Call:
    """One call that succeeded."""

    name: str
    handle: int
    "The file's, or the new one's."
    paths: tuple[str, ...] = ()
    data: bytes = b""
    offset: int = -1
    "Of a pwrite, or the new length."
    flags: str = ""


def calls_of(strace: str, command: Sequence[str], log: Path) -> list[Call]:
    """Run `command` to its end and give its calls in order."""
    subprocess.run(
        [*traced(strace, CALLS, LONGEST, log), *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        timeout=PATIENCE_S,
        stdout=subprocess.DEVNULL,
    )
    found = (LINE.fullmatch(line.strip()) for line in log.read_text(encoding="ascii").splitlines())
    return [_call(*match.groups()) for match in found if match and not match[3].startswith("-")]


def _call(name: str, words: str, result: str) -> Call:
    strings = [decoded(text) for text, cut in STRING.findall(words)]
    assert '"...' not in words, "a write was too long to be shown"
    rest = STRING.sub("", words).split(", ")
    first = int(rest[0]) if rest[0].isdecimal() else -1
    if name in ("write", "pwrite64"):
        assert int(result) == len(strings[0]), "a short write"
        return Call(name, first, data=strings[0], offset=int(rest[-1]) if name == "pwrite64" else -1)
    if name == "ftruncate":
        return Call(name, first, offset=int(rest[-1]))
    if name in ("close", "fsync", "fdatasync"):
        return Call(name.replace("fdata", "f"), first)
    paths = tuple(text.decode() for text in strings)
    plain = {
        "openat": "open",
        "unlinkat": "unlink",
        "mkdirat": "mkdir",
        "symlinkat": "symlink",
        "renameat": "rename",
        "renameat2": "rename",
    }
    assert name in plain or name in plain.values(), f"the disk does not know {name}"
    return Call(plain.get(name, name), int(result), paths, flags=rest[2] if name == "openat" else "")
