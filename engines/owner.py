"""Whose cache it is: its folder goes in, and root works on with that user's rights, and no more.

`sudo booth engines build` works in a folder in which booth-vision writes too. Whatever links that user lays there lead
where he may write anyway, and what is made is his.
"""

from __future__ import annotations

import logging
import os
import pwd
from pathlib import Path

log = logging.getLogger(__name__)


def become_owner(folder: Path) -> None:
    """Be the owner of `folder` from now on, for good; nothing happens for others than root, and where it is root's."""
    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat()
    if owner.st_uid == 0:
        return
    try:
        person = pwd.getpwuid(owner.st_uid)
        os.initgroups(person.pw_name, person.pw_gid)
        os.setgid(person.pw_gid)
        os.environ["HOME"] = person.pw_dir
    except KeyError:
        os.setgroups([])
        os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    log.info("working as user %d, whose %s is", owner.st_uid, folder)
