"""`booth units` and `booth rescue`: a settings file in; drop-ins for the units, or another try for one of them, out."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

from appliance.config import Folders, Settings
from appliance.config_file import load_settings
from appliance.errors import BoothError
from appliance.machine.dropins import KEYS, LOGIN, drop_ins
from appliance.machine.nodes import Machine
from appliance.machine.rescue import rescue, systemctl
from appliance.machine.units import stale, write

RUNNING = Path("/run/systemd/system")
"There where systemd is the service manager, sd_booted(3)."


def fit_units(config: Path, root: Path, *, check: bool) -> int:
    """Write the drop-ins, or with `check` say which are stale; 0 when all is well. Raises BoothError."""
    if not config.exists():
        print(f"{config}: not there yet, so there is nothing to fit; booth provision makes it")
        return 0
    settings = load_settings(config)
    texts = drop_ins(settings, Machine(root))
    warn_of_password(settings, config)
    if check:
        files = stale(texts, root)
        for file in files:
            print(f"{file}: stale; sudo booth units")
        return int(bool(files))
    changed = write(texts, root)
    for file in changed:
        print(f"{file}: {'written' if file.exists() else 'removed'}")
    if changed and root == Path("/") and RUNNING.exists():
        systemctl("daemon-reload")
    return 0


def warn_of_password(settings: Settings, config: Path) -> None:
    """booth.yaml is for all three processes, a camera's password for vision alone."""
    if settings.camera.label != settings.camera.source:
        cure = f"put USER:PASSWORD into {KEYS}/{LOGIN}, for root only, and take it out here"
        print(f"{config}: camera.source: the uplink can read this password; {cure}", file=sys.stderr)


def rescue_process(process: str, config: Path) -> None:
    """Try the next thing; settings that cannot be read are no reason to give up."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="rescue: %(message)s")
    try:
        folders = load_settings(config).folders
    except BoothError as error:
        logging.getLogger(__name__).error("%s", error)
        folders = Folders()
    print(rescue(process, folders, time.monotonic()), file=sys.stderr)
