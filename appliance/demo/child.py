"""One life of a child process, never longer than the demo's: a command goes in, its last words come out."""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

MOST_LINES = 40
MOST_LINE = 400
"Characters of one line that are kept."
LEASH = Path(__file__).parent / "leash.py"


def leash() -> tuple[str, ...]:
    """Words to put before a command so that it dies with this process, even by SIGKILL."""
    return (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()))


class Child:
    """A running command in a session of its own, with nothing to read. Start it from the main thread."""

    def __init__(self, command: Sequence[str], quiet: bool = True) -> None:
        """`quiet`: what it prints is kept, the last lines of it; else it goes where our own words go."""
        self.said = Ring()
        self._process = subprocess.Popen(
            [*leash(), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            start_new_session=True,
            # Without it a child's complaint comes before the lines it printed earlier, and is not its last word.
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self.said.fill, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Also the id of its session and process group."""
        return self._process.pid

    def code(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def ask(self) -> None:
        """Ask it to end: SIGTERM to the child alone, which knows how to end its own helpers."""
        if self.code() is None:
            self._process.terminate()

    def wipe(self) -> None:
        """Wait for nothing: end it and whatever it left in its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(1)

    def lines(self) -> list[str]:
        """The last lines it printed, oldest first."""
        self._reader.join(0.5)
        return self.said.lines()


class Ring:
    """The last lines of a stream; bounded in lines and in their length."""

    def __init__(self) -> None:
        self._lines: collections.deque[str] = collections.deque(maxlen=MOST_LINES)

    def fill(self, pipe: IO[bytes] | None) -> None:
        """Read `pipe` to its end and close it."""
        if pipe is None:
            return
        rest = b""
        with pipe:
            while block := os.read(pipe.fileno(), 4096):
                *whole, rest = (rest + block).split(b"\n")
                self._lines.extend(text_of(line) for line in whole if line.strip())
                rest = rest[:MOST_LINE]
        if rest.strip():
            self._lines.append(text_of(rest))

    def last(self) -> str:
        """The newest line, '' when there is none."""
        return self._lines[-1] if self._lines else ""

    def lines(self) -> list[str]:
        """All lines kept, oldest first."""
        return list(self._lines)


def text_of(line: bytes) -> str:
    """`line` as printable text: no control character may reach somebody's terminal."""
    text = line[:MOST_LINE].decode(errors="replace").replace("\t", " ")
    return "".join(letter for letter in text if letter.isprintable()).strip()
