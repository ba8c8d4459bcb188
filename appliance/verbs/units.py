"""`booth units` and `booth rescue`: a settings file in; drop-ins for the units, or another try for one of them, out."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from appliance.config import Folders, Settings
from appliance.config_file import load_settings
from appliance.errors import BoothError
from appliance.machine.dropins import KEYS, LOGIN, drop_ins, uses_of
from appliance.machine.nodes import Machine, missing, nodes_of
from appliance.machine.rescue import rescue, systemctl
from appliance.machine.units import stale, write
from appliance.runtime.checks import NotChecked

HERE = Machine()
INSTALLED = ("lib/systemd/system", "usr/lib/systemd/system")
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


def check_nodes(settings: Settings, machine: Machine = HERE) -> str:
    """For `booth doctor`: a Jetson's device nodes by the table, most of which nobody has seen on a board yet."""
    if machine.release is None:
        raise NotChecked("no Jetson, no table of nodes")
    uses = uses_of(settings)
    if lacking := missing(machine, uses):
        cure = "load their driver, or tell the booth's makers what this release calls them: ls -lR /dev"
        raise BoothError(f"{', '.join(lacking)}: not on R{machine.release}; {cure}")
    return f"R{machine.release}: {len(nodes_of(machine, uses))} for vision"


def check_units(settings: Settings, root: Path = Path("/")) -> str:
    """For `booth doctor`: what the units may do is what settings and machine want of them."""
    if not any((root / folder / "booth-vision.service").exists() for folder in INSTALLED):
        raise NotChecked("the booth's units are not installed here")
    keys = root / KEYS.lstrip("/")
    if keys.exists() and not os.access(keys, os.X_OK):
        raise NotChecked("only root sees which keys there are; sudo booth doctor --config FILE")
    if files := stale(drop_ins(settings, Machine(root)), root):
        raise BoothError(f"{files[0]}: stale; sudo booth units, then sudo systemctl restart booth.target")
    return "as this machine wants them"


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
