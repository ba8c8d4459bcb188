"""What all tests share: properties that meet the same examples each time, and the networks loaded once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from appliance.app import Eyes, load_eyes
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.cpu.model import CpuModel
from appliance.uplink.broker import LocalBroker, find_mosquitto
from engines.manifest import model_file, sample_street

# Loaded before GStreamer, as in the booth: GStreamer brings a libunwind that breaks exceptions of later libraries.
LOADED_FIRST = CpuModel

FLOAT = {"precision": "fp32"}
"Whatever 8-bit networks somebody has activated on this machine."

# A shell's background job starts with SIGINT ignored, and children inherit that: Ctrl-C could not be tested then.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no fault of the code, and a failure must be met by the next person too.
hypothesis.settings.register_profile(
    "booth",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
# Under a sanitizer, which slows kernels down a hundredfold.
hypothesis.settings.register_profile("few", parent=hypothesis.settings.get_profile("booth"), max_examples=3)
hypothesis.settings.load_profile("booth")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write what the replay gives as the new golden"
    )
    parser.addoption(
        "--driver",
        choices=("shim", "pycuda"),
        default="shim",
        help="what the CUDA kernels run on: this CPU behind the shim, or pycuda's device, real or emulated",
    )


@pytest.fixture(scope="session")
def eyes() -> Eyes:
    """The real networks, loaded once; skips where they were never fetched."""
    return eyes_or_skip(Settings.model_validate({"engines": FLOAT}))


@pytest.fixture(scope="session")
def small_eyes() -> Eyes:
    """The same with the smallest detector, which takes half the time."""
    return eyes_or_skip(
        Settings.model_validate({"detector": {"width": 416, "height": 416}, "engines": FLOAT})
    )


def eyes_or_skip(settings: Settings) -> Eyes:
    try:
        return load_eyes(settings)
    except BoothError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def detector_file() -> Path:
    try:
        return model_file("picodet-s", (640, 384))
    except BoothError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def street_video() -> Path:
    try:
        return sample_street()
    except BoothError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Clips and broken files that lie beside the checkout on some machines."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return folder


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    # Unlimited: what the broker keeps back for a slow consumer would die with it unsaved.
    with LocalBroker(tmp_path / "broker", extra="max_inflight_messages 0\nmax_queued_messages 0") as running:
        yield running
