"""What a process gave away: a command in; the bytes it wrote and where to, its files and its sockets out, by strace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
WRITES = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg")
OPENS = ("open", "openat", "creat", "memfd_create")
NAMES = (
    "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
    "symlinkat",
)  # fmt: skip
MAPS = ("mmap",)
RUNS = ("execve", "execveat")
SOCKETS = ("socket", "bind", "connect", "socketpair")
SEARCHED = {*WRITES, *OPENS, *NAMES, *MAPS, *RUNS, *SOCKETS}
"Calls that may let something out, and are taken apart here."
HARMLESS = Path(__file__).parent / "harmless_calls.txt"
"Those that carry no content away; whatever is neither here nor searched is found out."
LONGEST = 1 << 24
"Bytes of one write that are shown; a longer one would look harmless."
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
CALL = re.compile(r"^\d+ +([a-z_0-9]+)\(")
TARGET = re.compile(r"\((\d+)<((?:\\x[0-9a-f]{2})*|[^>]*)>")
OPENED = re.compile(r'(?:open|openat|creat)\((?:[^"]*)"((?:\\x[0-9a-f]{2})*)", ([A-Z_|0-9a-z]+)')
SHARED = re.compile(
    r"mmap\([^,]*, (\d+), PROT_[A-Z|_]*WRITE[^,]*, MAP_SHARED[^,]*, \d+<((?:\\x[0-9a-f]{2})*)>"
)
NOWHERE = re.compile(r"mmap\([^,]*, \d+, PROT_[A-Z|_]*WRITE[^,]*, MAP_SHARED[^,]*, -1,")
SOCKET = re.compile(r"socket\((AF_[A-Z0-9]+)")
CONNECTED = re.compile(r"(?:connect|bind|sendto)\([^)]*sa_family=(AF_[A-Z0-9]+)")
PATIENCE_S = 120


class Write(NamedTuple):
    """One buffer that was handed to the kernel."""

    target: str
    "Path of the file, or what the socket or pipe is; /memfd:NAME of a file in memory."
    content: bytes


@dataclass(frozen=True)
class Trace:
    """Everything one command and its children let out."""

    code: int
    errors: str
    writes: list[Write]
    opened: set[Path]
    "Files opened for writing, whether they are there still or not."
    named: set[Path]
    "Names that were given: of folders, links, and of what was renamed."
    shared: list[tuple[int, str]]
    "Bytes and file of memory that others can read, too; '' where it has none."
    families: set[str]
    "Address families of its sockets."
    ran: int
    "Programs that it started, itself among them."
    strange: set[str]
    "Calls that nobody has looked at."

    @property
    def written(self) -> list[bytes]:
        """Every buffer handed to the kernel, whatever it was written to."""
        return [write.content for write in self.writes]


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


def closely_traced(strace: str, log: Path) -> list[str]:
    """The same for all calls but the harmless ones, and with the name of each file behind its number."""
    lines = HARMLESS.read_text(encoding="ascii").splitlines()
    names = ",".join(f"?{name}" for line in lines if line[0] != "#" for name in line.split())
    return [*traced(strace, f"!{names}", LONGEST, log), "-yy", "-e", "signal=none"]


def surroundings() -> dict[str, str]:
    """The environment of a traced command: nobody keeps a cache meanwhile, which would be a write of no interest."""
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "GST_REGISTRY_UPDATE": "no"}
    return {**os.environ, **quiet, "PYTHONPATH": str(ROOT)}


def trace(strace: str, command: Sequence[str], log: Path, folder: Path) -> Trace:
    """Run `command` in `folder` to its end."""
    done = subprocess.run(
        [*closely_traced(strace, log), *command], cwd=folder, env=surroundings(), capture_output=True,
        text=True, errors="replace", timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    return trace_from(log, done.returncode, done.stderr, folder)


def trace_from(log: Path, code: int, errors: str, folder: Path) -> Trace:
    """What the `log` of a command tells that ran in `folder`."""
    lines = log.read_text(encoding="ascii").splitlines()
    calls = [(found[1], line) for line in lines if (found := CALL.match(line))]
    writes = [line for name, line in calls if name in WRITES]
    assert not any(text[1] for line in writes for text in STRING.findall(line)), (
        "a write was too long to be shown"
    )
    opens = [pair for name, line in calls if name in OPENS for pair in OPENED.findall(line)]
    names = [name for call, line in calls if call in NAMES for name in buffers_of(line)]
    maps = [line for name, line in calls if name in MAPS]
    shared = [(int(size), text_of(file)) for line in maps for size, file in SHARED.findall(line)]
    return Trace(
        code,
        errors,
        [Write(target_of(line), decoded(text)) for line in writes for text in buffers_of(line)],
        {folder / text_of(name) for name, flags in opens if for_writing(flags)}
        | {Path("/memfd:" + text_of(buffers_of(line)[0])) for name, line in calls if name == "memfd_create"},
        {folder / text_of(name) for name in names},
        shared + [(0, "") for line in maps if NOWHERE.search(line)],
        {family for _, line in calls for pattern in (SOCKET, CONNECTED) for family in pattern.findall(line)},
        sum(name in RUNS for name, _ in calls),
        {name for name, _ in calls} - SEARCHED,
    )


def target_of(line: str) -> str:
    """What a line's write went to."""
    found = TARGET.search(line)
    return text_of(found[2]) if found else "(unknown)"


def buffers_of(line: str) -> list[str]:
    """The strings of a call, in hex; not the address of whom it was sent to, and not what a number stands for."""
    return [text for text, _ in STRING.findall(re.sub(r'sun_path="[^"]*"|<[^>]*>', "", line))]


def text_of(text: str) -> str:
    """A name of the log, which has it in hex."""
    return decoded(text).decode() if text.startswith("\\x") else text


def decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def for_writing(flags: str) -> bool:
    return any(flag in flags for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE"))
