"""Who wrote a file of the shared folders: its owner's number in, whether it may be display's or vision's own out.

The folders are shared by a group that the uplink is of; whom it owns says who made it, chown(2) being root's.
"""

from __future__ import annotations

import os
import pwd
from functools import lru_cache
from pathlib import Path

NOBODY = 65_534
"Whoever is not of this process's users, by /proc/sys/kernel/overflowuid, which nobody changes."
DISPLAY_USER, VISION_USER = "booth-display", "booth-vision"
"Who runs these processes where each has a user of its own."


def is_from_display(owner: int) -> bool:
    """Whether a file of this user may be display's: its own user's where there is one, root's, or our own."""
    return owner in trusted(DISPLAY_USER)


def is_from_vision(owner: int) -> bool:
    """The same of vision."""
    return owner in trusted(VISION_USER)


@lru_cache(maxsize=2)
def trusted(user: str) -> frozenset[int]:
    """The users of whom this process takes what is the named one's."""
    try:
        theirs = pwd.getpwnam(user).pw_uid
    except KeyError:
        theirs = os.getuid()
    try:
        maps = Path("/proc/self/uid_map").read_text(encoding="ascii")
    except OSError:
        maps = ""
    return owners(os.getuid(), theirs, maps)


def owners(own: int, theirs: int, maps: str) -> frozenset[int]:
    """The same of our own and their user, and the user ids that this process can tell apart (user_namespaces(7)).

    With PrivateUsers= a process sees all users but its own and root as one, NOBODY: it cannot tell one from others.
    None of the three may live so: see their units.
    """
    ranges = [[int(number) for number in line.split()] for line in maps.splitlines()]
    told_apart = not ranges or any(first <= theirs < first + count for first, _, count in ranges)
    return frozenset({0, own, theirs if told_apart else NOBODY})
