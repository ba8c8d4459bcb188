"""Words to systemd: ready, alive, status; silent where no systemd listens."""

from __future__ import annotations

import importlib
import os


def notify(message: str) -> bool:
    """Send `message` to the service manager; False when nobody listens (a desk, a test)."""
    if not os.environ.get("NOTIFY_SOCKET"):
        return False
    try:
        # A Debian package that desks may lack.
        daemon = importlib.import_module("systemd.daemon")
    except ImportError:
        return False
    return bool(daemon.notify(message))


def ready() -> bool:
    """The process does its work from now on."""
    return notify("READY=1")


def alive() -> bool:
    """Work was done: feed the watchdog. Call after a completed frame or send, never from a timer."""
    return notify("WATCHDOG=1")


def status(text: str) -> bool:
    """One line that `systemctl status` shows."""
    return notify("STATUS=" + " ".join(text.split()))


def extend_start(seconds: float) -> bool:
    """Ask for `seconds` more before the start counts as failed."""
    return notify(f"EXTEND_TIMEOUT_USEC={max(0, round(seconds * 1e6))}")


def stopping() -> bool:
    """The process is on its way out, on purpose."""
    return notify("STOPPING=1")
