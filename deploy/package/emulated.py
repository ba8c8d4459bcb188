"""Runs a command in an arm64 root on this amd64 machine, through qemu: a root and words in, the words' exit status out.

Linux 6.7 gives every user namespace a binfmt_misc of its own: what is registered here is seen in there alone, and this
machine runs no foreign program otherwise.

usage: emulated.py ROOT COMMAND...      as root; qemu-user-static
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

NEW_USERS = 0x10000000
"CLONE_NEWUSER of sched.h."
DIE_WITH_PARENT, TERMINATE = 1, 15
"PR_SET_PDEATHSIG of sys/prctl.h, SIGTERM."
IDS = "0 0 65536\n"
REGISTER = Path("/usr/lib/binfmt.d/qemu-aarch64.conf")
INSIDE = """
set -e
root=$1
shift
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
tr -d '\\n' </usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \\
    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""


def main() -> None:
    """Fork a child into a namespace where it is root, and end as it ends."""
    if not REGISTER.exists():
        sys.exit(f"booth: {REGISTER} is missing; apt-get install qemu-user-static")
    asks, answers = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        run_inside(asks[1], answers[0])
    os.close(asks[1])
    if os.read(asks[0], 1) != b"x":
        sys.exit("booth: this kernel or container gives no user namespaces")
    for kind in ("uid_map", "gid_map"):
        Path(f"/proc/{child}/{kind}").write_text(IDS)
    os.write(answers[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def run_inside(asks: int, answers: int) -> None:
    """Enter a namespace of users, wait until the parent has said who is who, and become the command."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_USERS):
        os._exit(1)
    os.write(asks, b"x")
    os.read(answers, 1)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, TERMINATE, 0, 0, 0)
    words = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "bash",
        "-c",
        INSIDE,
        "inside",
        *sys.argv[1:],
    ]
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
