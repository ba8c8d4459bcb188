"""The table of device nodes: by release, by what is used, and with what is missing told."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.machine.nodes import TABLE, Machine, Use, missing, nodes_of
from tests.machine.builders import R36, R39, UNKNOWN_TO_VISION, machine, orin

GPU: frozenset[Use] = frozenset({"gpu"})
CSI: frozenset[Use] = frozenset({"gpu", "csi"})


@pytest.mark.parametrize("release", [R36, R39])
def test_an_orin_gives_vision_its_gpu_by_name_and_no_other_device(tmp_path: Path, release: str) -> None:
    nodes = nodes_of(Machine(orin(tmp_path, release)), GPU)
    assert {"/dev/nvmap", "/dev/dri/renderD128", "/dev/host1x-fence", "/dev/nvgpu/igpu0/ctrl"} <= set(nodes)
    assert not set(UNKNOWN_TO_VISION) & set(nodes)
    assert not [node for node in nodes if "*" in node or "video" in node or "capture" in node]


def test_capture_channels_are_for_a_csi_camera_only(tmp_path: Path) -> None:
    found = Machine(orin(tmp_path))
    assert "/dev/capture-vi-channel1" in nodes_of(found, CSI)
    assert "/dev/capture-vi-channel1" not in nodes_of(found, GPU)


def test_a_needed_node_whose_driver_loads_later_is_allowed_already(tmp_path: Path) -> None:
    assert "/dev/nvmap" in nodes_of(Machine(machine(tmp_path, R36)), GPU)


def test_needed_nodes_that_are_missing_are_told_and_only_on_a_jetson(tmp_path: Path) -> None:
    assert missing(Machine(machine(tmp_path / "bare", R36)), GPU) == ["/dev/nvmap", "/dev/dri/renderD*"]
    assert missing(Machine(orin(tmp_path / "whole")), GPU) == []
    assert missing(Machine(machine(tmp_path / "desk", None)), GPU) == []


@pytest.mark.parametrize(
    ("text", "release"), [(R36, 36), (R39, 39), ("# R38 (release), REVISION: 2.1", 38), ("?", None)]
)
def test_the_release_is_read_from_the_boards_own_file(tmp_path: Path, text: str, release: int | None) -> None:
    assert Machine(machine(tmp_path, text)).release == release


def test_a_release_between_two_of_the_table_is_taken_for_the_older_one(tmp_path: Path) -> None:
    thor = machine(tmp_path / "thor", "# R38 (release), REVISION: 2.1", ("nvidia0", "nvmap"))
    assert "/dev/nvidia0" not in nodes_of(Machine(thor), GPU)
    newer = machine(tmp_path / "newer", "# R41 (release), REVISION: 1.0", ("nvidia0", "nvmap"))
    assert "/dev/nvidia0" in nodes_of(Machine(newer), GPU)


def test_every_row_says_who_knows_it() -> None:
    assert all(row.source and row.pattern.startswith("/dev/") for row in TABLE)
