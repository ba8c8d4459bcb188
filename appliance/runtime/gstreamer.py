"""GStreamer for either wing: nothing in, its initialised bindings out."""

from __future__ import annotations

from typing import Any

from appliance.errors import BoothError


def load_gstreamer() -> Any:
    """Import and initialise GStreamer once. Raises BoothError naming the packages when it is absent."""
    try:
        import gi

        gi.require_version("Gst", "1.0")
        gi.require_version("GstApp", "1.0")
        # GstApp gives the sink its methods.
        from gi.repository import Gst, GstApp  # noqa: F401
    except (ImportError, ValueError) as error:
        raise BoothError(f"GStreamer is missing ({error}); run: make setup") from None
    if not Gst.is_initialized():
        Gst.init(None)
    return Gst
