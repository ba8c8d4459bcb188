"""The manifest: complete, and clear about what is wrong with a broken one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from engines.entries import MANIFEST, WeightFile, read_manifest
from engines.layouts import size_of, size_text


def test_every_weight_file_is_pinned() -> None:
    manifest = read_manifest()
    for model in manifest.models.values():
        pins = [file.sha256 for source in model.sources for file in source.files] + list(model.known.values())
        pins += list(model.planar.known.values()) if model.planar else []
        assert all(re.fullmatch("[0-9a-f]{64}", pin) for pin in pins)
        assert all(source.version for source in model.sources)
        assert model.licence
        assert model.purpose
    assert re.fullmatch("[0-9a-f]{64}", manifest.sample.sha256)


def test_the_networks_of_the_booth_are_planar_at_every_size_and_never_the_packed_bytes() -> None:
    for name in ("picodet-s", "blazepose", "mobilenet-v2"):
        model = read_manifest().model(name)
        assert tuple(model.planes().known) == model.sizes
        assert not set(model.planes().known.values()) & set(model.known.values())


def test_a_network_made_at_a_size_names_both_hashes(tmp_path: Path) -> None:
    tree = yaml.safe_load(MANIFEST.read_text())
    del tree["models"]["blazepose"]["sizes"]["256x256"]["planar"]
    (tmp_path / "models.yaml").write_text(yaml.safe_dump(tree))
    with pytest.raises(BoothError, match=r"models\.yaml: not a manifest .*planar"):
        read_manifest(tmp_path / "models.yaml")


def test_every_source_of_a_network_carries_the_same_files() -> None:
    for model in read_manifest().models.values():
        pins = [{(file.name, file.sha256) for file in source.files} for source in model.sources]
        assert all(pin == pins[0] for pin in pins)


def test_every_network_has_a_role_and_plain_sentences_for_figures() -> None:
    for model in read_manifest().models.values():
        assert model.roles
        assert all(isinstance(figure, str) for figure in model.figures)
        assert bool(model.sources) != bool(model.how)


def test_a_role_lists_its_alternatives_and_those_that_set_up_does_not_bring() -> None:
    masks = read_manifest().choices("garment mask")
    assert [mask.name for mask in masks] == ["modnet", "blazepose", "selfie-multiclass"]
    assert not masks[-1].sources
    assert read_manifest().choices("flying") == ()


def test_the_set_up_brings_the_three_networks_of_the_booth_and_no_alternative() -> None:
    models = read_manifest().models.values()
    brought = [model.name for model in models if model.sources and not model.on_request]
    assert brought == ["picodet-s", "blazepose", "mobilenet-v2"]
    assert read_manifest().model("modnet").cure == "booth engines fetch modnet"
    assert read_manifest().model("blazepose").cure == "make setup"


def test_a_network_is_fetched_on_request_or_as_usual(tmp_path: Path) -> None:
    tree = yaml.safe_load(MANIFEST.read_text())
    tree["models"]["modnet"]["fetched"] = "sometimes"
    (tmp_path / "models.yaml").write_text(yaml.safe_dump(tree))
    with pytest.raises(BoothError, match="modnet is fetched 'sometimes'"):
        read_manifest(tmp_path / "models.yaml")


def test_a_technician_adds_a_file_by_its_address(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    entry = {
        "purpose": "p", "roles": ["garment mask"], "licence": "l", "converter": "none", "measured": [],
        "sources": [{"url": "file:///stick/net.onnx", "bytes": 3, "files": {"net.onnx": {"sha256": "ab"}}}],
    }  # fmt: skip
    tree = {"models": {"net": entry}, "sample": {"name": "s", "sha256": "", "sources": []}}
    path.write_text(yaml.safe_dump(tree))
    (source,) = read_manifest(path).model("net").sources
    assert (source.name, source.version) == ("file:///stick/net.onnx", "")
    assert source.files == (WeightFile("net.onnx", "", "ab"),)


def test_the_default_detector_takes_640_by_384() -> None:
    assert read_manifest().model("picodet-s").sizes[0] == (640, 384)


def test_an_unknown_network_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BoothError, match=r"'yolo'.*modnet, picodet-s"):
        read_manifest().model("yolo")


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_sizes_read_back_as_written(width: int, height: int) -> None:
    assert size_of(size_text((width, height))) == (width, height)


@pytest.mark.parametrize("text", ["", "640", "640x", "x", "axb"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"size|int"):
        size_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models: 3",
        "models: {}",
        "models: {a: {purpose: x}}",
        "{",
        "sample: {}",
        "- a",
        "\x00",
        "models: {a: 1}",
        "models: {a: {purpose: x, licence: y, converter: none, roles: [z], measured: [], sources: []}}",
    ],
)
def test_a_broken_manifest_is_named_with_the_cure(tmp_path: Path, text: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(text)
    with pytest.raises(BoothError, match=r"models\.yaml.*git"):
        read_manifest(path)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"absent\.yaml"):
        read_manifest(tmp_path / "absent.yaml")
