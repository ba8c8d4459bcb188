"""`python -m engines setup`: silent when all is there, and no way round a network that has no source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.__main__ import list_models, set_up
from engines.cache import Cache
from engines.entries import Manifest, Sample
from engines.manifest import model_path
from tests.engines.builders import WEIGHTS, model, sha256

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
def manifest() -> Manifest:
    models = {"net": model(converter="none"), "foreign": FOREIGN}
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
