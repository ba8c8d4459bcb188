"""Machines by their files: an Orin of either JetPack, and a desk."""

from __future__ import annotations

from pathlib import Path

R36 = "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic"
R39 = "# R39 (release), REVISION: 2.0, GCID: 40000000, BOARD: generic"
ORIN = (
    "nvmap", "dri/renderD128", "dri/card0", "host1x-fence", "nvgpu/igpu0/ctrl", "nvgpu/igpu0/as", "nvhost-ctrl-gpu",
    "nvhost-as-gpu", "v4l2-nvdec", "capture-vi-channel0", "capture-vi-channel1", "video0", "media0", "ttyS0", "sda",
)  # fmt: skip
UNKNOWN_TO_VISION = ("/dev/ttyS0", "/dev/sda", "/dev/dri/card0")


def machine(root: Path, release: str | None, nodes: tuple[str, ...] = ()) -> Path:
    """Lay out /dev and the file that tells the release; nodes are plain files here."""
    if release is not None:
        (root / "etc").mkdir(parents=True, exist_ok=True)
        (root / "etc/nv_tegra_release").write_text(release + "\n")
    for node in nodes:
        file = root / "dev" / node
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return root


def orin(root: Path, release: str = R36) -> Path:
    """An Orin with all its nodes."""
    return machine(root, release, ORIN)
