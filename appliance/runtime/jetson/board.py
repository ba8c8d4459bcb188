"""The board under test: where its files are, what its shell says and which Python runs, all changeable by tests."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from appliance.runtime.jetson.sensors import MODE, JetsonSensors
from appliance.runtime.readings import read_text

RELEASE = re.compile(r"L4T (\d+)\.(\d+)")


@dataclass(frozen=True)
class Board:
    """What the self-test reads of the machine besides its GPU."""

    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    python: tuple[int, int] = field(default_factory=lambda: sys.version_info[:2])

    @property
    def sensors(self) -> JetsonSensors:
        """Its figures and words."""
        return JetsonSensors(self.root)

    @property
    def model(self) -> str:
        """Name of the board; empty when it does not tell."""
        return self.sensors.describe().get("machine", "")

    @property
    def release(self) -> tuple[int, int] | None:
        """Of Jetson Linux, like (36, 4); None where no file tells."""
        found = RELEASE.match(self.sensors.describe().get("system", ""))
        return (int(found[1]), int(found[2])) if found else None

    @property
    def power_modes(self) -> dict[str, int]:
        """Numbers that nvpmodel gives the modes of this board, by name."""
        table = read_text(self.root / "etc/nvpmodel.conf")
        return {name: int(number) for number, name in MODE.findall(table)}

    def may_use(self, path: Path) -> bool:
        """Whether this user may read and write a file."""
        return os.access(path, os.R_OK | os.W_OK)
