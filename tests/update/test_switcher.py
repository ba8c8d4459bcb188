"""An update from the publisher's keys to the verdict: what is fetched, installed, started, kept, and said."""

from __future__ import annotations

from appliance.health.notices import told
from tests.update.world import NEW, Booth


def test_a_booth_goes_to_the_new_version_and_keeps_it(booth: Booth) -> None:
    assert booth.fetch().phase == "downloaded"
    state = booth.switch()
    assert (state.phase, state.version, booth.runs) == ("kept", NEW, NEW)
    assert booth.systemd.restarts == 1
    assert told(booth.orders.folders.state, "update") == f"kept {NEW}"
