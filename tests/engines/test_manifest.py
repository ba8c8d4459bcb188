"""Asking for a network: its path, or one line with the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.active import Network, activate, active_file
from engines.cache import Cache
from engines.manifest import model_file, normal_of, sample_street
from tests.engines.builders import active_of, put_network

BODY = Network("blazepose", (256, 256))


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


def shipping(tmp_path: Path) -> tuple[Cache, Cache]:
    """The cache of an installed booth, and one whose models folder is what came with the program."""
    packaged = Cache(tmp_path / "packaged")
    return Cache(tmp_path / "own", packaged.models), packaged


def test_a_network_that_came_with_the_program_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    cache, packaged = shipping(tmp_path)
    shipped = put_network(packaged, BODY)
    assert model_file("blazepose", cache=cache) == shipped
    assert not cache.root.exists()


def test_an_update_brings_its_network_past_the_one_made_here_before(tmp_path: Path) -> None:
    cache, packaged = shipping(tmp_path)
    made = put_network(Cache(cache.root), BODY, b"of the old program")
    assert model_file("blazepose", cache=cache) == made
    assert model_file("blazepose", cache=cache) != put_network(packaged, BODY, b"of the new one")
    assert model_file("blazepose", cache=cache).read_bytes() == b"of the new one"


def test_a_damaged_network_of_the_program_asks_for_the_program(tmp_path: Path) -> None:
    cache, packaged = shipping(tmp_path)
    put_network(packaged, BODY).write_bytes(b"half")
    with pytest.raises(BoothError, match=r"packaged/models/\S+ is damaged.*sudo dpkg -i PACKAGE"):
        model_file("blazepose", cache=cache)
    made = put_network(Cache(cache.root), BODY)
    assert model_file("blazepose", cache=cache) == made


def test_what_was_activated_here_is_taken_of_the_shipped_network(tmp_path: Path) -> None:
    cache, packaged = shipping(tmp_path)
    put_network(packaged, BODY)
    candidate = cache.models / "blazepose-256x256-int8-abc.onnx"
    candidate.parent.mkdir(parents=True)
    candidate.write_bytes(b"eight bits")
    activate(cache, BODY, active_of(cache, BODY, candidate))
    assert active_file(cache, BODY, "auto", "here") == candidate
    put_network(packaged, BODY, b"of an update")
    assert active_file(cache, BODY, "auto", "here").read_bytes() == b"of an update"
    assert [path.name for path in packaged.models.glob("*.json")] == ["blazepose-256x256.json"]
