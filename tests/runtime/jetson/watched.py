"""The shim's driver under observation: who calls it, how often, and a fault after which every call fails."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from appliance.errors import BoothError
from tests.runtime.jetson.shim.driver import ShimDriver

FAULT = "shim: the device failed (an illegal memory access was encountered); restart the booth"
CALLS = (
    *("allocate", "free", "pinned", "copy_in", "copy_out", "copy_within", "launch", "wait", "begin_capture"),
    *("end_capture", "launch_graph", "free_graph", "egl_register", "egl_frame", "egl_unregister"),
)


class Watched(ShimDriver):
    """The driver of one test; `calls` counts, `threads` are those that ever called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.threads: set[int] = set()
        self.fails = ""
        "The call that meets a fault; from then on all do."
        self.lost = False
        for name in CALLS:
            setattr(self, name, self._watched(name, getattr(self, name)))

    def heal(self) -> None:
        """Be the device of a new process."""
        self.fails, self.lost = "", False
        self.registered.clear()

    @property
    def waits(self) -> int:
        """How often the host has stopped for the device."""
        return self.calls["wait"] + self.calls["copy_out"]

    @property
    def launches(self) -> int:
        """Kernels and graphs that were launched."""
        return self.calls["launch"] + self.calls["launch_graph"]

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            self.calls[name] += 1
            self.threads.add(threading.get_ident())
            self.lost = self.lost or name == self.fails
            if self.lost:
                raise BoothError(FAULT)
            return call(*arguments)

        return watched
