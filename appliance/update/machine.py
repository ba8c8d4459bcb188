"""What this machine is to an update: the interpreter and the processor in, the names that bundles carry out."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

ARCHES = {"x86_64": "amd64", "aarch64": "arm64"}
"Debian's names."


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
