"""A start that takes long, as a Jetson's first does: seconds in; it tells of progress by the booth's own means, or not.

Runs on the booth's own code in a unit of type notify. usage: builder.py SECONDS tell|hush RUNTIME
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from appliance.health import notify
from appliance.verbs.figures import Figures
from appliance.verbs.preparation import Waiting


def main(seconds: str, manner: str, runtime: str) -> None:
    """Build nothing for a while, be ready, and go."""
    waiting = Waiting(Figures(Path(runtime)), threading.Event())
    until_s = time.monotonic() + float(seconds)
    while time.monotonic() < until_s:
        if manner == "tell":
            waiting.pulse()
        time.sleep(0.2)
    notify.ready()
    time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:4])
