"""Asking for a network: its path, or one line with the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache
from engines.manifest import model_file, normal_of, sample_street


def test_an_empty_cache_asks_for_setup(tmp_path: Path) -> None:
    for name in ("picodet-s", "blazepose", "mobilenet-v2"):
        with pytest.raises(BoothError, match=f"{name}.*is not there; run: make setup"):
            model_file(name, cache=Cache(tmp_path))
    with pytest.raises(BoothError, match=r"modnet.*is not there; run: booth engines fetch modnet"):
        model_file("modnet", cache=Cache(tmp_path))
    with pytest.raises(BoothError, match=r"vtest\.avi is not there; run: make setup"):
        sample_street(Cache(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_planar_network_that_was_never_made_says_how(tmp_path: Path) -> None:
    with pytest.raises(
        BoothError, match=r"planar\.onnx\) is not there; run: booth engines convert --layout planar"
    ):
        model_file("blazepose", cache=Cache(tmp_path), layout="planar")


def test_the_normalisation_of_planes_is_that_of_the_manifest() -> None:
    mean, scale = normal_of("picodet-s")
    assert mean == (123.675, 116.28, 103.53)
    assert [1 / value for value in scale] == pytest.approx([58.395, 57.12, 57.375])
    assert normal_of("blazepose") == ((0, 0, 0), (0.00392156863,) * 3)
    with pytest.raises(BoothError, match="modnet has no planar variant"):
        normal_of("modnet")


def test_a_damaged_file_asks_for_setup(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for path in (cache.models / "picodet-s-640x384.onnx", cache.samples / "vtest.avi"):
        path.parent.mkdir()
        path.write_bytes(b"half")
    with pytest.raises(BoothError, match="is damaged or out of date; run: make setup"):
        model_file("picodet-s", cache=cache)
    with pytest.raises(BoothError, match="is damaged; run: make setup"):
        sample_street(cache)


def test_a_size_that_is_not_made_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="not made at 320x320; choose one of 640x384, 416x416"):
        model_file("picodet-s", (320, 320), Cache(tmp_path))


def test_an_unknown_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match="no network is called 'yolo'"):
        model_file("yolo", cache=Cache(tmp_path))


def test_a_network_without_a_source_says_how_it_is_brought(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"does not bring the network selfie-multiclass: convert it"):
        model_file("selfie-multiclass", cache=Cache(tmp_path))
