"""Device nodes of a Jetson: what vision has to open there, by release, and what a machine at hand has of it."""

from __future__ import annotations

import grp
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appliance.errors import BoothError

Use = Literal["gpu", "csi"]
R36, R39 = 36, 39
RELEASE = re.compile(r"R(\d+) \(release\), REVISION: (\d+)")


@dataclass(frozen=True)
class Nodes:
    """One name or pattern of nodes in /dev."""

    pattern: str
    use: Use
    releases: frozenset[int]
    "Of Jetson Linux; those that have no row of their own are taken for the nearest one below."
    needed: bool
    "CUDA fails without, with a bare 801."
    source: str
    "Who says so; unconfirmed: nobody has seen it on a board, `booth doctor` tells there what is missing."


BOTH = frozenset({R36, R39})
TRACE = "calls of a CUDA program on Orin with R36.4.4, published with tinygrad's Tegra driver"
LISTED = "nodes that a container gets for CUDA on Orin with R36, in the Ghaf platform's description"
TABLE = (
    Nodes("/dev/nvmap", "gpu", BOTH, True, f"{TRACE}; R39 unconfirmed"),
    Nodes("/dev/dri/renderD*", "gpu", BOTH, True, f"{TRACE}; R39: reports of 801 without"),
    Nodes("/dev/host1x-fence", "gpu", BOTH, False, f"{TRACE}; R39: the kernel's own module of that name"),
    Nodes("/dev/nvgpu/igpu0/*", "gpu", BOTH, False, f"{LISTED}; R39 unconfirmed"),
    Nodes("/dev/nvhost-*", "gpu", BOTH, False, f"{LISTED}; R39 unconfirmed"),
    Nodes("/dev/nvsciipc", "gpu", BOTH, False, "unconfirmed"),
    Nodes("/dev/nvidia*", "gpu", frozenset({R39}), False, "unconfirmed: the open GPU driver of Thor"),
    Nodes("/dev/v4l2-nv*", "gpu", BOTH, False, "by these the decoder's library is found, R36 and R39.2"),
    Nodes("/dev/capture-vi-channel*", "csi", BOTH, False, "Jetson Linux's capture driver, vi_channel_drv_register"),
    Nodes("/dev/capture-isp-channel*", "csi", BOTH, False, "unconfirmed that Argus' clients want it"),
    Nodes("/dev/media*", "csi", BOTH, False, "reports of CSI sensors in containers on R36"),
    Nodes("/dev/video*", "csi", BOTH, False, "reports of CSI sensors in containers on R36"),
)  # fmt: skip
"Nodes that the drivers of Jetson Linux make."


@dataclass(frozen=True)
class Machine:
    """A computer by its files, under `root` as tests have it."""

    root: Path = Path("/")

    @property
    def release(self) -> int | None:
        """Major number of Jetson Linux; None on any other machine."""
        try:
            text = (self.root / "etc/nv_tegra_release").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        found = RELEASE.search(text)
        return int(found[1]) if found else None

    def has(self, path: str) -> bool:
        """Whether there is something under this absolute path. Raises BoothError where only root may know."""
        try:
            return (self.root / path.lstrip("/")).exists()
        except PermissionError:
            raise BoothError(f"{path}: only root can see that; run it with sudo") from None

    def group_of(self, path: str) -> str | None:
        """Name of the group that a node belongs to; None where there is none of either."""
        try:
            return grp.getgrgid((self.root / path.lstrip("/")).stat().st_gid).gr_name
        except (OSError, KeyError):
            return None

    def matching(self, pattern: str) -> list[str]:
        """Absolute paths of what fits a pattern, sorted."""
        found = self.root.glob(pattern.lstrip("/"))
        return sorted(f"/{path.relative_to(self.root)}" for path in found if not path.is_dir())


def rows(release: int, uses: frozenset[Use]) -> list[Nodes]:
    """Rows of the table for a release and what shall be used of it."""
    known = max((number for number in BOTH if number <= release), default=R36)
    return [row for row in TABLE if known in row.releases and row.use in uses]


def nodes_of(machine: Machine, uses: frozenset[Use]) -> list[str]:
    """Paths to be allowed: what is there, and what is needed by one name even if its driver loads later."""
    if machine.release is None:
        return []
    paths: list[str] = []
    for row in rows(machine.release, uses):
        paths += machine.matching(row.pattern)
        if row.needed and "*" not in row.pattern:
            paths.append(row.pattern)
    return sorted(set(paths))


def missing(machine: Machine, uses: frozenset[Use]) -> list[str]:
    """Patterns of needed nodes that the machine lacks."""
    if machine.release is None:
        return []
    return [
        row.pattern for row in rows(machine.release, uses) if row.needed and not machine.matching(row.pattern)
    ]
