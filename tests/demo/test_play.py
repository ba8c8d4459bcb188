"""The whole demo with a vision that needs no camera: real broker, uplink, display, signals and deaths."""

from __future__ import annotations

import contextlib
import os
import pty
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.uplink.broker import find_mosquitto

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")
PATIENCE_S = 40.0
DEMO = """
import sys
from appliance.demo import run_demo
from appliance.errors import BoothError
from tests.demo.rehearsal import programs
try:
    sys.exit(run_demo(sys.argv[1], "--once" in sys.argv, "--headless" in sys.argv, None, programs()))
except BoothError as error:
    sys.exit(f"booth: {error}")
"""
MARK = "BOOTH_TEST_MARK"
SHOW_CURSOR = "\x1b[?25h"


class Demo:
    """A demo in a process of its own, with a cache and temporary folder of its own."""

    def __init__(self, folder: Path, manner: str, *words: str, stdout: int | None = None) -> None:
        self.mark = secrets.token_hex(8)
        self.tmp = Path("/tmp") / f"t-{self.mark}"
        self.tmp.mkdir()
        self.clip = folder / "clip"
        self.clip.write_text(manner)
        self.log = folder / "log"
        env = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
        env |= {MARK: self.mark, "XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(self.tmp)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DEMO, str(self.clip), *words],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def until_said(self, words: str, times: int = 1) -> None:
        assert until(lambda: self.said().count(words) >= times), self.said()

    def ends(self) -> int:
        code = self.process.wait(PATIENCE_S)
        assert self.children() == {}, self.said()
        return code

    def children(self) -> dict[int, str]:
        """Every living process that was started by this demo: pid and command."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                marked = f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if marked and command and int(entry.name) != self.process.pid:
                found[int(entry.name)] = command
        return found

    def kill(self, word: str) -> None:
        os.kill(next(pid for pid, command in self.children().items() if word in command), signal.SIGKILL)

    def clear(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        subprocess.run(["rm", "-rf", str(self.tmp)], check=True)


class Screen:
    """What a terminal received so far; always read, so that nobody waits to write."""

    def __init__(self, terminal: int) -> None:
        self._received = b""
        self._reader = threading.Thread(target=self._read, args=(terminal,), daemon=True)
        self._reader.start()

    def _read(self, terminal: int) -> None:
        # Linux answers EIO when nobody holds the other end any more.
        with contextlib.suppress(OSError):
            while block := os.read(terminal, 4096):
                self._received += block
        os.close(terminal)

    def text(self) -> str:
        return self._received.decode(errors="replace")


Start = Callable[..., Demo]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    demos: list[Demo] = []

    def begin(manner: str, *words: str, stdout: int | None = None) -> Demo:
        demos.append(Demo(tmp_path, manner, *words, stdout=stdout))
        return demos[-1]

    yield begin
    for demo in demos:
        demo.clear()


def until(what: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return what()


def test_once_plays_to_the_end_though_broker_and_uplink_are_killed(start: Start) -> None:
    demo = start("played 100", "--once", "--headless")
    demo.until_said("exception 1 in 20", times=2)
    demo.kill("mosquitto -c")
    demo.until_said("exception 1 in 20", times=5)
    demo.kill(" uplink ")
    assert demo.ends() == 0, demo.said()
    assert "100 frames, 33 passages, 10 exceptions, 10 delivered, 0 lost" in demo.said()
    assert "broker was restarted 1x" in demo.said()
    assert "uplink was restarted 1x" in demo.said()
    assert list(demo.tmp.iterdir()) == []


def test_ctrl_c_at_a_terminal_ends_the_table_with_a_summary(start: Start) -> None:
    ours, theirs = pty.openpty()
    demo = start("played 0", stdout=theirs)
    os.close(theirs)
    screen = Screen(ours)
    assert until(lambda: "1 in 20" in screen.text()), screen.text()
    demo.process.send_signal(signal.SIGINT)
    assert demo.ends() == 0, screen.text()
    last = screen.text().split(SHOW_CURSOR)[-1]
    assert " 0 lost" in last
    assert list(demo.tmp.iterdir()) == []


def test_a_reader_that_goes_away_ends_it(start: Start) -> None:
    ours, theirs = os.pipe()
    demo = start("played 0", "--headless", stdout=theirs)
    os.close(theirs)
    assert os.read(ours, 100)
    os.close(ours)
    assert demo.ends() == 0
    assert list(demo.tmp.iterdir()) == []


def test_a_killed_demo_leaves_no_process(start: Start) -> None:
    demo = start("stubborn 0", "--headless")
    demo.until_said("exception 1 in 20")
    assert len(demo.children()) == 4
    demo.process.kill()
    demo.process.wait()
    assert until(lambda: demo.children() == {}), demo.children()


def test_a_source_that_cannot_be_played_is_one_clear_line(start: Start) -> None:
    demo = start("mistake", "--headless")
    assert demo.ends() == 1
    assert demo.said().splitlines()[-1] == "booth: vision: clip: no video in it; name a video"
    assert "Traceback" not in demo.said()
