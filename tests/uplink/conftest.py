"""A real Mosquitto for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.uplink.broker import LocalBroker, find_mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    # Unlimited: what the broker keeps back for a slow consumer would die with it unsaved.
    with LocalBroker(tmp_path / "broker", extra="max_inflight_messages 0\nmax_queued_messages 0") as running:
        yield running
