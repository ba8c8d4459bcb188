"""Networks for a release: whole files with their sidecars, and an installed booth believes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.cache import Cache, default_cache, sha256_of
from engines.entries import Manifest, Sample
from engines.layouts import PACKED, PLANAR, Layout
from engines.manifest import is_ready
from engines.shipping import ship_networks
from tests.engines.builders import FakeConverter, converted_bytes, model


@pytest.fixture
def manifest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Manifest:
    net = model()
    made = Manifest({net.name: net}, Sample("street.avi", "", ()))
    monkeypatch.setattr("engines.manifest.read_manifest", lambda: made)
    monkeypatch.setattr("engines.setup.fetch_weights", lambda cache, net: False)
    monkeypatch.setattr("engines.convert.convert_model.__defaults__", (FakeConverter(b"!"), "packed", None))
    return made


LAYOUTS: tuple[Layout, ...] = (PACKED, PLANAR)


def test_every_size_and_layout_goes_along_and_is_believed_there(manifest: Manifest, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shipped = ship_networks(Cache(tmp_path / "cache"), manifest, LAYOUTS, folder)
    assert len(shipped) == 4
    assert (folder / "net-64x32.onnx").read_bytes() == converted_bytes((64, 32)) + b"!"
    installed, net = Cache(tmp_path / "booth", folder), manifest.model("net")
    # Not the known bytes, so that the sidecars must have come along too.
    assert all(is_ready(installed, net, size, layout) for size in net.sizes for layout in LAYOUTS)
    assert len({sha256_of(path) for path in shipped}) == 4


def test_an_installed_booth_names_its_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOTH_NETWORKS", "/usr/lib/booth/models")
    assert default_cache().shipped == Path("/usr/lib/booth/models")
    monkeypatch.delenv("BOOTH_NETWORKS")
    assert default_cache().shipped is None
