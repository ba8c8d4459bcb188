"""`booth doctor`: this machine and its settings in, one finding per part out; every failure names its cure."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from appliance.app import load_judge, network_files
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.runtime.choose import Wing, choose_wing
from appliance.uplink.broker import find_mosquitto
from appliance.vision.decision import Decider

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
LEAST_DISK_MB, LEAST_MEMORY_MB = 500, 500
COLOURS = {OK: "green", FAILED: "red", SKIPPED: "dim"}
NEEDED_ELEMENTS = {
    "decodebin": "gstreamer1.0-plugins-base",
    "avdec_h264": "gstreamer1.0-libav",
    "v4l2src": "gstreamer1.0-plugins-good",
    "rtspsrc": "gstreamer1.0-plugins-good",
    "h264parse": "gstreamer1.0-plugins-bad",
}


class Cure(BoothError):
    """A check failed; the text says what to do."""


class NotChecked(Exception):
    """A check does not apply; the text says why."""


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    part: str
    state: str
    detail: str


def examine(settings: Settings, *, as_json: bool, configured: bool) -> int:
    """Check everything and print the findings; 1 when a part failed, else 0."""
    findings = [find(part, check) for part, check in checks(settings, configured=configured)]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        table = Table("part", "state", "detail or cure")
        for finding in findings:
            table.add_row(finding.part, f"[{COLOURS[finding.state]}]{finding.state}[/]", finding.detail)
        Console().print(table)
    return int(any(finding.state == FAILED for finding in findings))


def find(part: str, check: Callable[[], str]) -> Finding:
    """Run one check."""
    try:
        return Finding(part, OK, check())
    except NotChecked as reason:
        return Finding(part, SKIPPED, str(reason))
    except BoothError as error:
        return Finding(part, FAILED, str(error))


def checks(settings: Settings, *, configured: bool) -> Iterator[tuple[str, Callable[[], str]]]:
    """Names and checks, from the ground up."""
    yield "python", check_python
    yield "wing", lambda: choose_wing(settings.wing).name
    yield "gstreamer", check_gstreamer
    yield "networks", lambda: check_networks(settings)
    yield "memory", lambda: check_memory(choose_wing(settings.wing))
    yield "clock", check_clock
    yield "local broker", check_mosquitto
    for part, check in (
        ("camera", check_camera),
        ("bank", check_bank),
        ("state folder", lambda given: check_folder(given.folders.state)),
        ("runtime folder", lambda given: check_folder(given.folders.runtime)),
        ("keys", check_keys),
    ):
        yield part, partial(check, settings) if configured else not_configured


def not_configured() -> str:
    """For checks that need a settings file."""
    raise NotChecked("name a settings file: booth doctor --config FILE")


def check_python() -> str:
    """Python 3.10 to 3.12."""
    version = sys.version.split()[0]
    if not (3, 10) <= sys.version_info[:2] <= (3, 12):
        raise Cure(f"Python {version}: the booth needs 3.10 to 3.12; use the system's python3")
    return version


def check_gstreamer() -> str:
    """GStreamer with the elements that cameras and files need, and its zero-copy Python overrides."""
    from appliance.runtime.gstreamer import load_gstreamer

    gst = load_gstreamer()
    missing = sorted(
        {package for name, package in NEEDED_ELEMENTS.items() if gst.ElementFactory.find(name) is None}
    )
    if not hasattr(gst.Buffer.new(), "map_range") or "overrides" not in type(gst.Buffer.new()).__module__:
        missing.append("python3-gst-1.0")
    if missing:
        raise Cure(f"apt-get install {' '.join(missing)}")
    return str(gst.version_string())


def check_networks(settings: Settings) -> str:
    """All networks present and whole."""
    return ", ".join(path.name for path in network_files(settings, choose_wing(settings.wing)))


def check_memory(wing: Wing) -> str:
    """Enough memory for vision."""
    free_mb = wing.sensors().read().get("memory_free_mb")
    if free_mb is None:
        raise NotChecked("this kernel does not tell")
    if free_mb < LEAST_MEMORY_MB:
        raise Cure(f"{free_mb:.0f} MB free, vision needs {LEAST_MEMORY_MB}; end other programs")
    return f"{free_mb:.0f} MB free"


def check_clock() -> str:
    """A clock that a network has confirmed; without one events say so, and TLS may fail."""
    clock = read_clock()
    if not clock.synced:
        raise Cure("not synchronised; events will say so. Cure: timedatectl set-ntp true, and a network")
    return clock.minute


def check_mosquitto() -> str:
    """The broker that `booth demo` starts."""
    path = find_mosquitto()
    if path is None:
        raise Cure("apt-get install mosquitto (only the demo needs it)")
    return str(path)


def check_camera(settings: Settings) -> str:
    """One frame from the configured source."""
    camera = choose_wing(settings.wing).camera(settings.camera, live=True)
    try:
        frame = camera.take(settings.camera.first_frame_s)
    finally:
        camera.close()
    if frame is None:
        raise Cure(
            f"{settings.camera.label}: no frame in {settings.camera.first_frame_s:.0f} s; check cable and power"
        )
    return f"{settings.camera.label}: {frame.width}x{frame.height}, {camera.path}"


def check_bank(settings: Settings) -> str:
    """A bank that fits this descriptor."""
    judge = load_judge(settings, choose_wing(settings.wing))
    if judge is None:
        raise Cure("novelty.bank is not set, so nobody is judged; booth learn SOURCE --bank FILE")
    ready = Decider(settings.decision, judge).readiness(0.0)
    waits = "" if ready == "ok" else f"; {ready}, so nobody is told yet"
    return f"{judge.bank.id}, learned from {judge.bank.passages} people{waits}"


def check_folder(folder: Path) -> str:
    """A folder that can be written and has space."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(folder).free / 1e6
    except OSError as error:
        raise Cure(
            f"{folder}: {error.strerror}; make it, or set folders.* to one that can be written"
        ) from None
    if not os.access(folder, os.W_OK):
        raise Cure(f"{folder}: cannot be written; chown it to the user that runs the booth")
    if free_mb < LEAST_DISK_MB:
        raise Cure(
            f"{folder}: {free_mb:.0f} MB free, {LEAST_DISK_MB} are needed; delete what is not the booth's"
        )
    return f"{folder}: {free_mb:.0f} MB free"


def check_keys(settings: Settings) -> str:
    """Certificate and key files of an encrypted broker."""
    if not settings.uplink.broker.startswith("mqtts"):
        raise NotChecked("the broker is not encrypted, no keys are used")
    named = {
        "ca_file": settings.uplink.ca_file,
        "cert_file": settings.uplink.cert_file,
        "key_file": settings.uplink.key_file,
    }
    for key, path in named.items():
        if path is None or not os.access(path, os.R_OK):
            raise Cure(f"uplink.{key}: {path or 'not set'} cannot be read; provision this booth's keys")
    return ", ".join(str(path) for path in named.values())
