"""A window of the booth's own screen at work: pages that tell what happens to them in, what the window did out."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0
PROGRAM = """import sys
from pathlib import Path
import appliance.screen.webkit as webkit, appliance.screen.window as window
window.PULSE_S = 1
webkit.HERE = Path(sys.argv[2])
window.show_window(sys.argv[1])
"""


def why_not() -> str:
    """Why no window can be opened here; '' where it can."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            return f"{program} is missing (make setup-test)"
    asked = "import gi; gi.require_version('WebKit2', '4.1'); import systemd.daemon"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False)
    return "" if done.returncode == 0 else "WebKit's bindings are missing (make setup-test)"


class Street:
    """A screen, a window on it, and what it tells the service manager."""

    def __init__(self, folder: Path, display: str, scripts: Path, home: str) -> None:
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(folder / "notify"))
        self._manager.setblocking(False)
        self._said = ""
        self.environment = {**os.environ, "DISPLAY": display, "NOTIFY_SOCKET": str(folder / "notify")}
        self.environment |= {
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
        }
        self.environment.pop("WAYLAND_DISPLAY", None)
        words = [sys.executable, "-c", PROGRAM, home, str(scripts)]
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )

    def said(self) -> str:
        """Everything that the service manager has heard."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._said += self._manager.recv(4096).decode() + "\n"
        return self._said

    def xdo(self, *words: str) -> str:
        """Somebody at the keyboard and the mouse."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def press(self, key: str) -> None:
        """A key, for whatever window there is."""
        self.xdo(
            "search", "--sync", "--onlyvisible", "--name", "^booth$", "windowfocus", "--sync", "key", key
        )

    def page_process(self) -> int:
        """The process that the page runs in; 0 where there is none."""
        found = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.splitlines()
        return next((int(line.split()[0]) for line in found if "WebKitWebProcess" in line), 0)

    def close(self) -> None:
        """End the window and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._manager.close()


def until(fact: Callable[[], bool], what: str = "") -> None:
    """Wait for a fact. Raises AssertionError where it does not come."""
    end_s = time.monotonic() + WAIT_S
    while not fact():
        assert time.monotonic() < end_s, f"never: {what or fact}"
        time.sleep(0.05)


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """A screen in memory; its name."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def street(home: str, *, pointer_ms: int = 4000, left_ms: int = 600_000) -> Iterator[Street]:
    """A window that shows `home` on a screen of its own."""
    with virtual_screen() as display, tempfile.TemporaryDirectory(prefix="booth-") as name:
        scripts = Path(name) / "scripts"
        shutil.copytree(ROOT / "appliance/screen", scripts)
        script = scripts / "stillness.js"
        text = script.read_text()
        assert "= 4000;" in text
        assert "= 600000;" in text
        script.write_text(text.replace("= 4000;", f"= {pointer_ms};").replace("= 600000;", f"= {left_ms};"))
        window = Street(Path(name), display, scripts, home)
        try:
            yield window
        finally:
            window.close()
