"""What this machine is to an update: the interpreter and the processor in, the names that bundles carry out."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ARCHES = {"x86_64": "amd64", "aarch64": "arm64"}
"Debian's names."
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Machine:
    """Which bundles run here."""

    python: str
    "As 3.10."
    arch: str
    "As arm64."


def this_machine() -> Machine:
    """The one this runs on."""
    kind = platform.machine()
    return Machine(f"{sys.version_info.major}.{sys.version_info.minor}", ARCHES.get(kind, kind))


def boot_id(file: Path = BOOT_ID) -> str:
    """Names this boot; another after each. '' where the kernel does not say, which counts no boots."""
    try:
        return file.read_text(encoding="ascii").strip()[:64]
    except OSError:
        return ""
