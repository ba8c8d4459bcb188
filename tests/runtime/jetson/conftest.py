"""The device of the tests: the booth's own kernels behind the shim, or a skip where no compiler is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appliance.runtime.jetson.gpu import Gpu
from tests.runtime.jetson.shim.build import compiler
from tests.runtime.jetson.shim.driver import ShimDriver


@pytest.fixture(scope="session")
def driver() -> ShimDriver:
    """The kernels on this CPU."""
    if compiler() is None:
        pytest.skip("g++ is not installed: the kernels cannot run behind the shim")
    return ShimDriver()


@pytest.fixture
def gpu(driver: ShimDriver) -> Iterator[Gpu]:
    """A device with nothing on it yet."""
    device = Gpu(driver)
    yield device
    device.close()
