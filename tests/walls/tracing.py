"""What a process gave away: a command in; the bytes it wrote, the files it opened and its sockets out, by strace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = (
    "?open,openat,?creat,memfd_create,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,"
    "socket,bind,connect,copy_file_range,sendfile"
)
LONGEST = 1 << 24
"Bytes of one write that are shown; a longer one would look harmless."
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
OPENED = re.compile(r'(?:open|openat|creat)\((?:[^"]*)"((?:\\x[0-9a-f]{2})*)", ([A-Z_|0-9a-z]+)')
SOCKET = re.compile(r"socket\((AF_[A-Z0-9]+)")
CONNECTED = re.compile(r"(?:connect|bind|sendto)\([^)]*sa_family=(AF_[A-Z0-9]+)")
PATIENCE_S = 120


@dataclass(frozen=True)
class Trace:
    """Everything one command and its children let out."""

    code: int
    errors: str
    written: list[bytes]
    "Every buffer handed to the kernel, whatever it was written to."
    opened: set[Path]
    "Files opened for writing."
    families: set[str]
    "Address families of its sockets."


def require_strace() -> str:
    """Path of strace; skips where it is missing or not allowed to trace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run(
        [strace, "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.strip()[:80]}")
    return strace


def traced(strace: str, calls: str, longest: int, log: Path) -> list[str]:
    """What stands before a command so that `log` has its `calls`, each write in hex up to `longest` bytes."""
    shown = ["-xx", "-s", str(longest), "-e", f"trace={calls}"]
    return [strace, "-f", "--seccomp-bpf", "-qq", *shown, "-o", str(log)]


def trace(strace: str, command: Sequence[str], log: Path, folder: Path) -> Trace:
    """Run `command` in `folder` to its end."""
    done = subprocess.run(
        [*traced(strace, CALLS, LONGEST, log), *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    lines = log.read_text(encoding="ascii").splitlines()
    writes = [line for line in lines if re.search(r" (p?writev?(64|2)?|sendto|sendmsg|sendmmsg)\(", line)]
    assert not any(text[1] for line in writes for text in STRING.findall(line)), (
        "a write was too long to be shown"
    )
    return Trace(
        done.returncode,
        done.stderr,
        [decoded(text) for line in writes for text, _ in STRING.findall(line)],
        {
            Path(decoded(name).decode())
            for line in lines
            for name, flags in OPENED.findall(line)
            if for_writing(flags)
        },
        {family for line in lines for pattern in (SOCKET, CONNECTED) for family in pattern.findall(line)},
    )


def decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def for_writing(flags: str) -> bool:
    return any(flag in flags for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE"))
