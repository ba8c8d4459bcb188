"""The self-test of GStreamer, for either wing: its plugins in, what is missing or slow out."""

from __future__ import annotations

import time
from collections.abc import Callable

from appliance.errors import BoothError
from appliance.runtime.checks import Advice
from appliance.runtime.gstreamer import load_gstreamer

NEEDED_ELEMENTS = {
    "decodebin": "gstreamer1.0-plugins-base",
    "avdec_h264": "gstreamer1.0-libav",
    "v4l2src": "gstreamer1.0-plugins-good",
    "rtspsrc": "gstreamer1.0-plugins-good",
    "h264parse": "gstreamer1.0-plugins-bad",
}
SLOW_S = 5.0
"It looks through all plugins once after each installation; a start is well below a second otherwise."


def check_gstreamer(clock: Callable[[], float] = time.monotonic) -> str:
    """GStreamer with the elements that cameras and files need, and its zero-copy Python overrides."""
    begin_s = clock()
    gst = load_gstreamer()
    missing = sorted(
        {package for name, package in NEEDED_ELEMENTS.items() if gst.ElementFactory.find(name) is None}
    )
    spent_s = clock() - begin_s
    if not hasattr(gst.Buffer.new(), "map_range") or "overrides" not in type(gst.Buffer.new()).__module__:
        missing.append("python3-gst-1.0")
    if missing:
        raise BoothError(f"apt-get install {' '.join(missing)}")
    if spent_s > SLOW_S:
        told = f"{gst.version_string()} took {spent_s:.0f} s to look through its plugins"
        raise Advice(f"{told}; run booth doctor again: only the first time may be slow, else free ~/.cache")
    return f"{gst.version_string()}, {spent_s:.1f} s to start"
