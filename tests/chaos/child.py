"""A child of a test: a command goes in; a process that dies with its starter, and the lines it says, come out."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from appliance.demo import leash

ROOT = Path(__file__).parents[2]
STOP_S = 10.0


class Child:
    """A Python module as a process of its own. What it says on stderr goes to the end of `log`."""

    def __init__(
        self,
        module: str,
        *words: object,
        log: Path,
        hear: Callable[[str], None] = lambda line: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        command = [sys.executable, "-m", module, *map(str, words)]
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-I", leash.__file__, str(os.getpid()), *command],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                # Not the terminal's: Ctrl-C is for the tests, which end their children themselves.
                start_new_session=True,
            )
        self._ear = threading.Thread(target=self._listen, args=(hear,), daemon=True)
        self._ear.start()

    def tell(self, line: object) -> None:
        """One line to its stdin; nothing when it is dead."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def alive(self) -> bool:
        """True while it runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL; returns when it is gone and all that it said was heard."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        """SIGTERM, SIGKILL if that does not help; its exit status."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._end()

    def _end(self) -> int:
        code = self._process.wait()
        self._ear.join()
        with contextlib.suppress(BrokenPipeError):
            assert self._process.stdin
            self._process.stdin.close()
        return code

    def _listen(self, hear: Callable[[str], None]) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                hear(line.rstrip("\n"))
