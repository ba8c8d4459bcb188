"""Locks of an update: a file in, one process at a time out; who comes second waits a little and then says so.

Root's own lock is held for each change of journal and link. Nobody holds it while a trial is watched, so that a
technician is heard then. The courier has another, in its own folder: it could keep one of root's for ever.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import BoothError
from appliance.update.places import Places

WAIT_S = 30.0
"A change takes less than that, a bundle that is unpacked takes longer; the boot check has a minute in all."
LOOK_S = 0.1
OPENING = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
log = logging.getLogger(__name__)


@contextlib.contextmanager
def locked(places: Places, wait_s: float = WAIT_S) -> Iterator[None]:
    """Journal and link are this process' alone. Raises BoothError where another has them for longer."""
    places.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    with held(places.lock, wait_s):
        yield


@contextlib.contextmanager
def fetching(places: Places, wait_s: float = WAIT_S) -> Iterator[None]:
    """The courier's folder is this courier's alone. Raises BoothError where another is at work, or the switcher."""
    places.courier.mkdir(mode=0o755, parents=True, exist_ok=True)
    with held(places.courier_lock, wait_s):
        yield


@contextlib.contextmanager
def courier_at_rest(places: Places) -> Iterator[bool]:
    """Whether the courier's folder keeps still for the block; without a lock there, nobody has ever fetched.

    Root does not make that file, and does not wait for its owner.
    """
    try:
        descriptor = os.open(places.courier_lock, os.O_RDONLY | OPENING)
    except OSError:
        yield True
        return
    try:
        yield is_taken(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held(file: Path, wait_s: float) -> Iterator[None]:
    """Hold `file`, which nobody but its owner can open. Raises BoothError."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | OPENING, 0o600)
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; say: sudo booth update ...") from None
    try:
        os.fchmod(descriptor, 0o600)
        wait_for(descriptor, file, wait_s)
        yield
    finally:
        os.close(descriptor)


def wait_for(descriptor: int, file: Path, wait_s: float) -> None:
    """Take the lock. Raises BoothError after `wait_s`."""
    until_s = time.monotonic() + wait_s
    if is_taken(descriptor):
        return
    log.warning("another booth update is under way here; waiting for it, at most %.0f s", wait_s)
    while time.monotonic() < until_s:
        time.sleep(LOOK_S)
        if is_taken(descriptor):
            return
    raise BoothError(f"an update is under way already ({file}); see booth update status, and try again later")


def is_taken(descriptor: int) -> bool:
    """Take the lock if it is free, see flock(2); the kernel frees it with the process."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
