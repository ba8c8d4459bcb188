"""A stick for a booted machine: a FAT image that its unit mounts as a device, and whose raw bytes can be searched.

What this machine's kernel lacks is done otherwise: there is no udev in a container, so the unit that its rule names is
started by hand; the kernel knows no FAT, so `mount -t vfat` is answered by fusefat on the same device, which needs one
device more than the unit allows. Everything between is the booth's own.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.deb.booth import Booth

MOUNTED = "/srv/stick"
IMAGE_BYTES = 8 << 20
HELPER = """#!/bin/sh
# The kernel's part of a FAT stick: first a mount, read-only as asked for, later a change of its options.
set -e
case ,$4, in
*,remount,*) exec mount -i "$3" "$4" "$2" ;;
esac
fusefat -o rw+ "$1" "$2" >/dev/null
exec mount -i -o "remount,$4" "$2"
"""
FUSE = "[Service]\nDeviceAllow=/dev/fuse rw\n"


class Stick:
    """A FAT image behind a device of the machine; what is on it can be searched in its raw bytes."""

    def __init__(self, booth: Booth) -> None:
        self._machine = booth.machine
        self.image = booth.machine.folder / "stick.img"
        self.image.write_bytes(bytes(IMAGE_BYTES))
        make = [shutil.which("mkfs.vfat") or "/usr/sbin/mkfs.vfat", "-n", "BOOTH", str(self.image)]
        subprocess.run(make, check=True, capture_output=True)
        attach = ["losetup", "--find", "--show", str(self.image)]
        self.device = subprocess.run(attach, check=True, capture_output=True, text=True).stdout.strip()
        self.unit = f"booth-provision@{Path(self.device).name}.service"
        number = self.device.removeprefix("/dev/loop")
        make_node = f"[ -e {self.device} ] || mknod {self.device} b 7 {number}"
        self._machine.does("sh", "-c", f"[ -e /dev/fuse ] || mknod /dev/fuse c 10 229; {make_node}")
        for kind in ("vfat", "fuse.fusefat"):
            self._machine.put(f"/usr/sbin/mount.{kind}", HELPER, 0o755)
        booth.drop_in(self.unit, "90-fuse", FUSE)

    def plug(self) -> subprocess.CompletedProcess[str]:
        """What udev does."""
        return self._machine.run("systemctl", "start", self.unit, timeout_s=180)

    def at_a_laptop(self, *words: str) -> str:
        """A command while it is mounted at MOUNTED."""
        text = f"mkdir -p {MOUNTED}; fusefat -o rw+ {self.device} {MOUNTED} >/dev/null; "
        return self._machine.does(
            "sh", "-c", text + '"$@"; code=$?; umount ' + MOUNTED + "; exit $code", "sh", *words
        )

    def names(self) -> list[str]:
        """Files on it."""
        return self.at_a_laptop("ls", MOUNTED).split()

    def holds(self, secrets: list[str]) -> list[str]:
        """Those that are in any sector of it."""
        raw = self.image.read_bytes()
        return [secret for secret in secrets if secret.encode() in raw]

    def put_back(self, content: bytes) -> None:
        """Make it what it was: a copy of itself that somebody has made before."""
        subprocess.run(["losetup", "--detach", self.device], check=True)
        self.image.write_bytes(content)
        subprocess.run(["losetup", self.device, str(self.image)], check=True)

    def close(self) -> None:
        """Let go of the device."""
        subprocess.run(["losetup", "--detach", self.device], check=False)
        self.image.unlink(missing_ok=True)
