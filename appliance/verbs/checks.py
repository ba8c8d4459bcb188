"""What `booth doctor` looks at: settings in, checks of the machine and of what the settings name out."""

from __future__ import annotations

import sys
from functools import partial

from appliance.app import network_files, networks_of
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.runtime.checks import Advice, Checks, NotChecked
from appliance.runtime.choose import Wing, choose_wing, fitting_wing, self_test
from appliance.site import at_site
from appliance.site_file import read_site
from appliance.uplink.broker import find_mosquitto
from appliance.verbs.apprentice import load_known
from appliance.verbs.belongings import check_folder, check_keys, check_lan, check_sign
from appliance.verbs.units import check_nodes, check_units
from appliance.vision.decision import Decider
from engines.active import Network, read_standing
from engines.cache import default_cache
from engines.layouts import PACKED, PLANAR

LEAST_MEMORY_MB = 500
LEAST_CACHE_MB = {"cpu": 500, "jetson": 2000}
"Networks, and on a Jetson their plans, with room to build the next ones beside them."
NO_PICTURE = {
    "csi": "sudo systemctl restart nvargus-daemon, else switch the board off and reseat the ribbon cable",
    "rtsp": "check that its address opens from this machine, and its power",
    "rtsps": "check that its address opens from this machine, and its power",
}
"By kind of source."


def checks(settings: Settings, *, configured: bool) -> Checks:
    """Names and checks, from the ground up."""
    machine, name = Machine(settings), fitting_wing(settings.wing)
    yield "python", check_python
    yield "wing", machine.check
    yield from self_test(name, settings.camera)
    yield "networks", lambda: check_networks(settings, machine.wing)
    yield "device nodes", lambda: check_nodes(settings)
    yield "engine cache", lambda: check_folder(default_cache().root, LEAST_CACHE_MB[name], "XDG_CACHE_HOME")
    yield "memory", lambda: check_memory(machine.wing)
    yield "clock", check_clock
    yield "local broker", check_mosquitto
    for part, check in (
        ("camera", lambda: check_camera(settings, machine.wing)),
        ("bank", lambda: check_bank(settings, machine.wing)),
        ("site", lambda: check_site(settings)),
        ("state folder", partial(check_folder, settings.folders.state)),
        ("runtime folder", partial(check_folder, settings.folders.runtime)),
        ("keys", lambda: check_keys(settings)),
        ("units", lambda: check_units(settings)),
        ("LAN", lambda: check_lan(settings.display.lan)),
        ("sign", partial(check_sign, settings)),
    ):
        yield part, check if configured else not_configured


class Machine:
    """Owner of the wing, chosen once; who needs it after that has failed is not checked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wing: Wing | None = None

    def check(self) -> str:
        """The wing that fits this machine and these settings."""
        self._wing = choose_wing(self._settings.wing)
        return self._wing.name

    @property
    def wing(self) -> Wing:
        """Raises NotChecked when none can run here."""
        if self._wing is None:
            raise NotChecked("no wing can run here, see wing")
        return self._wing


def not_configured() -> str:
    """For checks that need a settings file."""
    raise NotChecked("name a settings file: booth doctor --config FILE")


def check_python() -> str:
    """Python 3.10 to 3.12."""
    version = sys.version.split()[0]
    if not (3, 10) <= sys.version_info[:2] <= (3, 12):
        raise BoothError(f"Python {version}: the booth needs 3.10 to 3.12; use the system's python3")
    return version


def check_networks(settings: Settings, wing: Wing) -> str:
    """The files that run, whole and fit for this machine, and why what might be faster does not."""
    networks = networks_of(settings, PLANAR if wing.open_plan else PACKED)
    files = network_files(settings, wing)
    told = [f"{file.name}{refusals(network)}" for file, network in zip(files, networks, strict=True)]
    return ", ".join(told)


def refusals(network: Network) -> str:
    """In brackets, the precisions that were tried and do not run; empty when there are none."""
    refused = read_standing(default_cache(), network).refused
    told = "; ".join(f"{precision} does not run: {why}" for precision, why in refused.items())
    return f" ({told})" if told else ""


def check_memory(wing: Wing) -> str:
    """Enough memory for vision."""
    free_mb = wing.sensors().read().get("memory_free_mb")
    if free_mb is None:
        raise NotChecked("this kernel does not tell")
    if free_mb < LEAST_MEMORY_MB:
        raise BoothError(f"{free_mb:.0f} MB free, vision needs {LEAST_MEMORY_MB}; end other programs")
    return f"{free_mb:.0f} MB free"


def check_clock() -> str:
    """A clock that a network has confirmed; without one events say so, and TLS may fail."""
    clock = read_clock()
    if not clock.synced:
        raise BoothError(
            "not synchronised, and events will say so; sudo timedatectl set-ntp true, and give it a network"
        )
    return clock.minute


def check_mosquitto() -> str:
    """The broker that `booth demo` starts."""
    path = find_mosquitto()
    if path is None:
        raise Advice("apt-get install mosquitto (only the demo needs it)")
    return str(path)


def check_camera(settings: Settings, wing: Wing) -> str:
    """One frame from the configured source, and the way that it came."""
    camera = wing.camera(settings.camera, live=True)
    try:
        frame = camera.take(settings.camera.first_frame_s)
    finally:
        camera.close()
    label = settings.camera.label
    if frame is None:
        cure = NO_PICTURE.get(label.partition(":")[0], "check cable and power")
        raise BoothError(f"{label}: no frame in {settings.camera.first_frame_s:.0f} s; {cure}")
    return f"{label}: {frame.width}x{frame.height}, {camera.path}"


def check_bank(settings: Settings, wing: Wing) -> str:
    """The bank that vision judges by: the set one, else what this booth has learned itself."""
    judge = load_known(settings, wing)
    if judge is None and settings.novelty.learning:
        raise Advice("learning: no bank yet, so nobody is judged; one comes of itself as people pass")
    if judge is None:
        cure = "set novelty.learning: true, or name one that booth learn SOURCE --bank FILE made"
        raise BoothError(f"novelty.bank is not set and learning is off, so nobody is judged; {cure}")
    ready = Decider(settings.decision, judge).readiness(0.0)
    waits = "" if ready == "ok" else f"; {ready}, so nobody is told yet"
    return f"{judge.bank.id}, learned from {judge.bank.passages} people{waits}"


def check_site(settings: Settings) -> str:
    """Zones and ground that were drawn at the place, and whether somebody there has signed them off."""
    site = read_site(settings.folders.state)
    capture = at_site(settings, site).capture
    zones = ", ".join(f"{zone.name} ({zone.kind})" for zone in capture.zones) or "no zones"
    ground = f"camera {site.ground.camera_m:.1f} m high" if site.ground else "ground not measured"
    if site.signed_off is None:
        raise Advice(f"{capture.mode}, {zones}, {ground}; not signed off: open the field page at the booth")
    return f"{capture.mode}, {zones}, {ground}, signed off {site.signed_off.minute}"
