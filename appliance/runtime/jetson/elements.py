"""The GStreamer elements of this machine: names and wanted properties in, only what is installed out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from appliance.errors import SourceError

log = logging.getLogger(__name__)
CURE = "apt-get install nvidia-l4t-gstreamer (JetPack), then delete ~/.cache/gstreamer-1.0"
"GStreamer remembers what it once failed to load; the cache is made anew."


class Elements:
    """What can stand in a launch line here. Properties come and go with JetPack's releases, so each is looked for."""

    def __init__(self, gst: Any) -> None:
        self._gst = gst
        self._made: dict[str, Any] = {}

    def has(self, name: str) -> bool:
        """Whether an element can be made."""
        return self._element(name) is not None

    def need(self, label: str, *names: str) -> None:
        """Raise SourceError naming the first of `names` that is missing, and the cure."""
        for name in names:
            if not self.has(name):
                raise SourceError(f"{label}: GStreamer has no {name} here; on a Jetson: {CURE}")

    def has_property(self, name: str, key: str) -> bool:
        """Whether an element is there and has a property."""
        element = self._element(name)
        return element is not None and element.find_property(key) is not None

    def line(self, name: str, wanted: Mapping[str, str], helpful: Mapping[str, str] | None = None) -> str:
        """`name key=value ...` of those properties that the element has; a wanted one that it lacks is logged."""
        known = {key: value for key, value in (helpful or {}).items() if self.has_property(name, key)}
        for key, value in wanted.items():
            if self.has_property(name, key):
                known[key] = value
            else:
                log.warning("%s has no property %s in this release; %s is left out", name, key, value)
        return " ".join([name, *(f"{key}={value}" for key, value in known.items())])

    def formats(self, head: str) -> set[str]:
        """Media types that a source, given as the head of a launch line, offers; empty when it cannot be opened."""
        source = self._gst.parse_launch(head)
        try:
            # Opening the device is what tells its own formats from all that V4L2 knows.
            if source.set_state(self._gst.State.READY) == self._gst.StateChangeReturn.FAILURE:
                return set()
            caps = source.get_static_pad("src").query_caps(None)
            return {caps.get_structure(row).get_name() for row in range(caps.get_size())}
        finally:
            source.set_state(self._gst.State.NULL)

    def _element(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._gst.ElementFactory.make(name, None)
        return self._made[name]
