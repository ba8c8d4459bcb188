"""The whole Jetson wing behind the shim: real networks in, eyes that run them as plans of a fake TensorRT out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.app import Eyes, load_eyes, networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.choose import wing_on
from appliance.runtime.jetson.gpu import Gpu
from engines.active import Network, onnx_file
from engines.cache import default_cache
from engines.entries import read_manifest
from engines.layouts import PLANAR
from engines.plan_workshop import shape_of
from engines.setup import make_layout
from tests.engines.plan_orders import built
from tests.fakes_tensorrt.versions import fake_tensorrt

VERSION = "10.3"


@contextmanager
def jetson_eyes(gpu: Gpu, settings: Settings, folder: Path) -> Iterator[Eyes]:
    """Eyes of the Jetson wing on a device of the tests; skips where the networks were never fetched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "tensorrt", fake_tensorrt(VERSION))
        plans = tuple(plan_of(network, folder) for network in networks_of(settings, PLANAR))
        patch.setattr("appliance.app.network_files", lambda *_: plans)
        yield load_eyes(settings, wing_on(gpu))


def plan_of(network: Network, folder: Path) -> Path:
    """A plan of a real network, made in `folder`."""
    cache = default_cache()
    try:
        make_layout(cache, read_manifest(), network.name, PLANAR, [network.size])
        onnx = onnx_file(cache, network)
    except BoothError as error:
        pytest.skip(str(error))
    shape = shape_of(network)
    profile = shape if isinstance(shape[0], tuple) else (shape, shape, shape)
    built(fake_tensorrt(VERSION), folder, onnx.read_bytes(), "fp32", {"image": profile})
    return (folder / "plan").rename(folder / f"{network.stem}.plan")
