"""Releases of NVIDIA's software: those that the booth is made for pass, the others are named with the cure."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.errors import BoothError
from appliance.runtime.checks import Advice
from appliance.runtime.jetson.board import Board
from appliance.runtime.jetson.jetpack import check_jetpack, check_tensorrt
from tests.fakes_tensorrt.versions import FULL_VERSIONS, fake_tensorrt
from tests.runtime.jetson.boards import grow, orin_nano, thor

PYTHONS = {35: (3, 8), 36: (3, 10), 37: (3, 10), 38: (3, 12), 39: (3, 12), 40: (3, 12)}


def orin(root: Path, major: int = 36, rest: str = "4.3") -> Board:
    """An Orin Nano with this release and the Python that came with it."""
    grow(orin_nano(root), {"etc/nv_tegra_release": f"# R{major} (release), REVISION: {rest}, GCID: 1\n"})
    return Board(root, {}, PYTHONS[major])


@pytest.mark.parametrize(("major", "rest"), [(36, "4.0"), (36, "4.3"), (36, "5.0"), (39, "2.0"), (39, "2.1")])
def test_releases_that_the_booth_is_made_for_pass(tmp_path: Path, major: int, rest: str) -> None:
    told = check_jetpack(orin(tmp_path, major, rest))
    assert f"L4T {major}.{rest}" in told
    assert "Orin Nano" in told


@pytest.mark.parametrize(("major", "rest"), [(35, "4.1"), (36, "3.0")])
def test_older_releases_are_to_be_flashed_anew(tmp_path: Path, major: int, rest: str) -> None:
    with pytest.raises(BoothError, match=rf"L4T {major}\.{rest}.*: flash JetPack 6\.2"):
        check_jetpack(orin(tmp_path, major, rest))


@pytest.mark.parametrize(("major", "rest"), [(36, "6.0"), (38, "4.0"), (39, "0.0"), (39, "3.0"), (40, "1.0")])
def test_releases_between_and_beyond_are_used_at_ones_own_risk(tmp_path: Path, major: int, rest: str) -> None:
    with pytest.raises(Advice, match=r"nobody has tried.*flash JetPack"):
        check_jetpack(orin(tmp_path, major, rest))


def test_the_release_of_a_thor_is_found(tmp_path: Path) -> None:
    with pytest.raises(Advice, match=r"AGX Thor.*L4T 38\.2\.2, JetPack 7\.0 or 7\.1"):
        check_jetpack(Board(thor(tmp_path), {}, (3, 12)))


def test_a_python_that_cannot_load_the_modules_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"Python 3\.12 cannot load.*made for Python 3\.10"):
        check_jetpack(replace(orin(tmp_path), python=(3, 12)))


def test_a_board_without_a_release_is_to_be_flashed(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"/etc/nv_tegra_release: names no release.*flash"):
        check_jetpack(Board(tmp_path, {}, (3, 10)))


@pytest.mark.parametrize("version", FULL_VERSIONS)
def test_each_tensorrt_from_8_6_to_11_passes(tmp_path: Path, version: str) -> None:
    assert check_tensorrt(orin(tmp_path), lambda: fake_tensorrt(version)).startswith(version)


@pytest.mark.parametrize("version", ["8.5.2", "12.0.0", "no number"])
def test_other_versions_of_tensorrt_are_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(BoothError, match=rf"TensorRT {version}: .*apt-get install"):
        check_tensorrt(orin(tmp_path), lambda: SimpleNamespace(__version__=version))


def test_tensorrt_10_13_is_refused_on_orin_alone(tmp_path: Path) -> None:
    trap = SimpleNamespace(__version__="10.13.3.9")
    with pytest.raises(BoothError, match=r"10\.13\.3\.9 has no code for Orin.*SM 87.*10\.3"):
        check_tensorrt(orin(tmp_path / "orin"), lambda: trap)
    assert check_tensorrt(Board(thor(tmp_path / "thor"), {}, (3, 12)), lambda: trap) == "10.13.3.9"


def test_a_tensorrt_that_does_not_load_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(BoothError, match="apt install python3-libnvinfer"):
        check_tensorrt(orin(tmp_path))
