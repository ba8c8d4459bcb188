"""A stick as a device: /dev/sdX1 in; a folder that can only be read, and be written once all is read, out."""

from __future__ import annotations

import contextlib
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.errors import BoothError
from appliance.provision.machine import Machine
from appliance.provision.stick import LABEL

OPTIONS = "nosuid,nodev,noexec,noatime,umask=077,errors=remount-ro"
"Nothing of a stick is ever run, and its files belong to root alone."


@contextlib.contextmanager
def mounted(device: Path, machine: Machine) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Where it is mounted, and what makes it writable. Raises BoothError for anything but a FAT stick."""
    node = block_device(device)
    with mount_point() as folder:
        if not machine.run(("mount", "-t", "vfat", "-o", f"ro,{OPTIONS}", str(node), folder)):
            raise BoothError(f"{node}: no FAT stick; format it with mkfs.vfat -n {LABEL}, then make it again")
        try:
            yield Path(folder), lambda: unlock(folder, machine)
        finally:
            # The pages are on the stick before it is let go: whoever pulls it out then loses nothing.
            # One that is busy is let go all the same: what removes the folder would remove the stick's files with it.
            if not machine.run(("umount", folder)):
                machine.run(("umount", "-l", folder))


@contextlib.contextmanager
def mount_point() -> Iterator[str]:
    """An empty folder, which goes when it is empty again: what is still mounted there is not to be erased."""
    folder = tempfile.mkdtemp(prefix="booth-stick-")
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def block_device(device: Path) -> Path:
    """The node itself. Raises BoothError for what is none below /dev."""
    try:
        node = device.resolve(strict=True)
        fits = stat.S_ISBLK(node.stat().st_mode) and node.is_relative_to("/dev")
    except (OSError, RuntimeError):
        fits = False
    if not fits:
        raise BoothError(f"{device}: no disk; name the stick's partition, as /dev/sda1 (lsblk -f shows it)")
    return node


def unlock(folder: str, machine: Machine) -> None:
    """Let it be written; a stick with its lock on stays as it is, which shows when it is written."""
    machine.run(("mount", "-o", f"remount,rw,{OPTIONS}", folder))
