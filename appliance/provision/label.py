"""Whether a booth will look at a stick: the folder where it is mounted in; a hint, or one line of refusal, out.

The booth's udev rule goes by the file system's label, and says nothing about any other stick.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.errors import BoothError
from appliance.provision.stick import LABEL

PATIENCE_S = 10.0
Ask = Callable[[Sequence[str]], str | None]
"A command to its output; None where it is not installed, or fails."


def answer(words: Sequence[str]) -> str | None:
    """What a command of this system says."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.strip()


def mount_of(folder: Path, ask: Ask) -> dict[str, str]:
    """Of what is mounted at this very folder SOURCE, FSTYPE and LABEL; empty where nothing is."""
    columns = ("--pairs", "--output", "SOURCE,FSTYPE,LABEL")
    said = ask(("findmnt", *columns, "--mountpoint", str(folder.absolute()))) or ""
    # The last one hides those that were mounted there before.
    pairs = [word.partition("=") for line in said.splitlines()[-1:] for word in shlex.split(line)]
    return {name: value for name, _, value in pairs}


def hint_on_label(folder: Path, ask: Ask = answer) -> str | None:
    """What to see to before a booth sees this stick; None where it will. Raises BoothError where it surely will not."""
    if ask(("findmnt", "--version")) is None:
        return f"could not be looked at here; a booth sees a FAT stick labelled {LABEL} only"
    values = mount_of(folder, ask)
    device, kind = values.get("SOURCE", ""), values.get("FSTYPE", "")
    if not device.startswith("/dev/") or "[" in device or kind.startswith("fuse."):
        return f"{folder} is no stick itself: copy its files to the top of a FAT stick labelled {LABEL}"
    if kind != "vfat":
        cure = f"umount it and say --device {device} instead of the folder, which erases it"
        raise BoothError(f"{device}: {kind}, and a booth reads FAT only; {cure}")
    label = values.get("LABEL") or ask(("blkid", "-o", "value", "-s", "LABEL", device))
    if not label and not os.access(device, os.R_OK):
        return f"of {device} is not known to you; sudo blkid {device} has to say {LABEL}"
    if label != LABEL:
        cure = f"sudo umount {device}; sudo fatlabel {device} {LABEL}; then plug it in again"
        raise BoothError(
            f"{device}: labelled {ascii(label) if label else 'nothing'}, and a booth sees {LABEL} only; {cure}"
        )
    return None
