"""GStreamer's self-test: packages are named, and slowness is told once it is worth telling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.errors import BoothError
from appliance.runtime import plugins
from appliance.runtime.checks import Advice
from appliance.runtime.plugins import SLOW_S, check_gstreamer


def spending(seconds: float) -> Callable[[], float]:
    """A clock that is read twice."""
    return iter((100.0, 100.0 + seconds)).__next__


def test_a_quick_start_passes_with_its_seconds() -> None:
    assert check_gstreamer(spending(0.5)).endswith(", 0.5 s to start")
    assert check_gstreamer(spending(SLOW_S))


def test_a_slow_start_is_told_with_what_to_do() -> None:
    with pytest.raises(Advice, match=r"took 12 s to look through its plugins; run booth doctor again"):
        check_gstreamer(spending(12.0))


def test_packages_of_missing_elements_are_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        plugins, "NEEDED_ELEMENTS", {"one": "package-b", "two": "package-a", "three": "package-b"}
    )
    with pytest.raises(BoothError, match=r"^apt-get install package-a package-b$"):
        check_gstreamer(spending(12.0))
