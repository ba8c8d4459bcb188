"""`booth run`: one of the three processes until it is told to stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from appliance.config import Settings
from appliance.health.hardening import forbid_dumps, wipe_freed_memory


def run_process(process: str, settings: Settings) -> None:
    """Run vision, uplink or display until SIGTERM or SIGINT. Raises BoothError for what it cannot mend itself.

    `settings` are the files': each process lays what was set from afar over them itself, since that may be checked
    only against the files' own walls, and may change while it runs.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=f"{process}: %(message)s")
    forbid_dumps()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if process == "vision":
        wipe_freed_memory()
        from appliance.uplink.key_files import credentials_folder
        from appliance.verbs.login import with_login
        from appliance.verbs.vision import run_vision

        run_vision(with_login(settings, credentials_folder()), stop)
    elif process == "uplink":
        from appliance.uplink.process import run_uplink

        run_uplink(settings, stop)
    else:
        from appliance.display.process import run_display

        run_display(settings, stop)
