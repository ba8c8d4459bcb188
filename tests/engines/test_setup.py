"""`python -m engines`: silent when all is there, alternatives only on request, no way round a lack of sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache
from engines.entries import Manifest, Model, Package, Sample, WeightFile, read_manifest
from engines.manifest import model_path
from engines.setup import fetch_model, list_models, set_up
from tests.engines.builders import WEIGHTS, model, sha256

OTHER = b"another network"
FOREIGN = replace(model(converter="none"), name="foreign", sources=(), how="bring it on a stick")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Return a cache with the sample street and one network in it."""
    cache = Cache(tmp_path / "booth")
    for path in (cache.samples / "street.avi", model_path(cache, model(converter="none"))):
        path.parent.mkdir(parents=True)
        path.write_bytes(WEIGHTS)
    return cache


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """One network of the booth, one that waits on a stick until somebody asks, one that nobody carries."""
    stick = tmp_path / "stick.onnx"
    stick.write_bytes(OTHER)
    source = Package(stick.as_uri(), "", len(OTHER), (WeightFile("net.onnx", "", sha256(OTHER)),))
    spare = replace(model(source, converter="none"), name="spare", on_request=True)
    models = {"net": model(converter="none"), "spare": spare, "foreign": FOREIGN}
    return Manifest(models, Sample("street.avi", sha256(WEIGHTS), ()))


def test_nothing_is_said_when_all_is_there(
    cache: Cache, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(cache, manifest)
    assert capsys.readouterr().out == ""


def test_the_list_tells_what_is_ready_and_how_the_rest_is_brought(
    cache: Cache, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    list_models(cache, manifest)
    said = capsys.readouterr().out
    assert f"ready  {model_path(cache, manifest.model('net'))}" in said
    assert "not brought by the set-up; bring it on a stick" in said
    assert f"missing (run: booth engines fetch spare)  {model_path(cache, manifest.model('spare'))}" in said


def test_an_alternative_comes_when_it_is_asked_for_and_not_before(
    cache: Cache, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model_path(cache, manifest.model("spare"))
    set_up(cache, manifest)
    assert not path.exists()
    fetch_model(cache, manifest, "spare")
    assert path.read_bytes() == OTHER
    assert "spare is ready" in capsys.readouterr().out


def test_asking_for_what_nobody_carries_says_how_it_is_brought(cache: Cache, manifest: Manifest) -> None:
    with pytest.raises(BoothError, match="foreign has no source: bring it on a stick"):
        fetch_model(cache, manifest, "foreign")
    with pytest.raises(BoothError, match="no network is called 'yolo'"):
        fetch_model(cache, manifest, "yolo")


def test_an_empty_cache_is_filled_with_the_networks_of_the_booth_and_the_sample_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(cache: Cache, wanted: Model | Sample) -> bool:
        fetched.append(wanted.name)
        return True

    for name in ("fetch_weights", "fetch_sample"):
        monkeypatch.setattr(f"engines.setup.{name}", fetch)
    monkeypatch.setattr("engines.setup.convert_model", lambda cache, made, layout, sizes: True)
    set_up(Cache(tmp_path / "empty"), read_manifest())
    assert fetched == ["picodet-s", "blazepose", "mobilenet-v2", "vtest.avi"]


def test_a_machine_that_runs_plans_gets_planar_files_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, str]] = []

    def convert(cache: Cache, net: Model, layout: str, sizes: object) -> bool:
        made.append((net.name, layout))
        return True

    for name in ("fetch_weights", "fetch_sample"):
        monkeypatch.setattr(f"engines.setup.{name}", lambda *_: False)
    monkeypatch.setattr("engines.setup.convert_model", convert)
    set_up(Cache(tmp_path / "pc"), read_manifest())
    assert {layout for _, layout in made} == {"packed"}
    made.clear()
    set_up(Cache(tmp_path / "jetson"), read_manifest(), ("packed", "planar"))
    names = ["picodet-s", "blazepose", "mobilenet-v2"]
    assert made == [(name, layout) for name in names for layout in ("packed", "planar")]
