"""The device of the tests: the booth's own kernels behind the shim or on pycuda's device, or a skip that says why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.runtime.jetson.driver import Driver
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.pycuda_driver import PycudaDriver
from tests.runtime.jetson.fakes.images import Images, images_of
from tests.runtime.jetson.shim.build import compiler
from tests.runtime.jetson.shim.driver import ShimDriver
from tests.runtime.jetson.streams import EMULATED


@pytest.fixture(scope="session")
def shim() -> ShimDriver:
    """The kernels on this CPU, for tests that look behind the driver."""
    if compiler() is None:
        pytest.skip("g++ is not installed: the kernels cannot run behind the shim")
    return ShimDriver()


@pytest.fixture(scope="session")
def any_driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """What --driver names; BOOTH_KERNELS names another image of the kernels than `make kernels` makes."""
    if request.config.getoption("--driver") == "shim":
        yield request.getfixturevalue("shim")
        return
    named = os.environ.get("BOOTH_KERNELS")
    device = PycudaDriver(Path(named) if named else None)
    yield device
    device.close()


@pytest.fixture(scope="session")
def host_driver(any_driver: Driver) -> Driver:
    """A driver whose device memory is this computer's, where a fake TensorRT can compute."""
    if not isinstance(any_driver, ShimDriver) and any_driver.name != EMULATED:
        pytest.skip("needs a TensorRT for this device; the fake one computes in the host's memory")
    return any_driver


@pytest.fixture
def driver(request: pytest.FixtureRequest, shim: ShimDriver) -> ShimDriver:
    """The driver that `gpu` runs on, where a test has to know that it is the shim."""
    if request.config.getoption("--driver") != "shim":
        pytest.skip("looks behind the shim, which does not run here")
    return shim


@pytest.fixture
def gpu(any_driver: Driver) -> Iterator[Gpu]:
    """A device with nothing on it yet."""
    device = Gpu(any_driver)
    yield device
    device.close()


@pytest.fixture
def images(any_driver: Driver) -> Images:
    """EGL images in this computer's memory, on the driver that `gpu` runs on."""
    return images_of(any_driver)
