"""Goes before a child's command: in go the parent's pid and the command, which then dies with the parent.

Run as a file by an isolated interpreter, not in the fork of a program with threads, where Python code may
hang. Linux, prctl(2): the signal comes when the THREAD that started the child ends, so children are started
by the main thread; the setting survives execve(2).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: str, *command: str) -> None:
    """Tie this process to `parent` and become `command`; exits with 127 when that cannot be started."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the line above; then nobody would ever send the signal.
    if os.getppid() != int(parent):
        sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
