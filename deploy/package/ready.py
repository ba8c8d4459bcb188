"""Starts a service and waits until it says that it is ready, as systemd would: a socket and words in, seconds out.

usage: ready.py SOCKET SECONDS COMMAND...      the command finds the socket by itself (NOTIFY_SOCKET)
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Print how long it took; 1 and the command's last words when READY=1 never came."""
    path, patience_s, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        path.chmod(0o666)
        begun_s = time.monotonic()
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            is_ready = hears_ready(ear, child, begun_s + patience_s)
            took_s = time.monotonic() - begun_s
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            said = child.communicate()[0]
    if not is_ready:
        sys.stdout.write(said.decode("utf-8", "replace")[-2000:])
        sys.exit(f"no READY=1 within {patience_s:.0f} s")
    print(f"{took_s:.1f}")


def hears_ready(ear: socket.socket, child: subprocess.Popen[bytes], deadline_s: float) -> bool:
    """Whether READY=1 came while the child lived."""
    ear.settimeout(1)
    while time.monotonic() < deadline_s and child.poll() is None:
        with suppress(TimeoutError):
            if b"READY=1" in ear.recv(4096).split(b"\n"):
                return True
    return False


if __name__ == "__main__":
    main()
