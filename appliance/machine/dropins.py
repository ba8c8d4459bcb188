"""What the units need to know of this booth and its machine: settings and files in, the text of drop-ins out."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.machine.nodes import Machine, Use, nodes_of
from appliance.screen.address import BOARD, board_at

DEVICE = re.compile(r"/dev/[A-Za-z0-9][\w./:+@-]*", re.ASCII)
KEYS = "/etc/booth/keys"
UPLINK_KEYS = ("ca.crt", "booth.crt", "booth.key")
"Credentials of the uplink, see uplink/key_files.py."
LOGIN = "camera.login"
"USER:PASSWORD of a network camera, which vision alone may read."
ROOMS = {
    "vision": ("/var/lib/booth", "/run/booth", "/var/cache/booth"),
    "uplink": ("/var/lib/booth", "/run/booth"),
    "display": ("/var/lib/booth/display", "/run/booth"),
}
"What the units may write as they come."
STATE = "/var/lib/booth"
"The state folder of a booth that the package has made."
OUTBOX = "outbox.sqlite"
OTHERS = {"vision": ("display", "uplink"), "uplink": ("display", "vision"), "display": ("uplink", "vision")}
"Whose folders within state and runtime folder a process may at most read."
LEARNED = Path("/var/lib/booth/vision")
"Vision's own, which the others do not see as their units come."
OWN_GROUPS = ("root", "booth-display")
"A chip of root's alone is opened by no group; of the other, display is already (deploy/package/udev)."
OUTBOX_ROOM_MB = 2048
"LimitFSIZE= of the units as they come."


def drop_ins(settings: Settings, machine: Machine) -> dict[str, str]:
    """Process, or 'screen', -> text of its drop-in, '' where the unit is right as it comes. Raises BoothError."""
    own = {
        "vision": [*_devices(settings, machine), *_camera_network(settings, machine), *_room(settings)],
        "uplink": [*_keys(machine), *_room(settings)],
        "display": [*_lan(settings), *_button(settings, machine)],
    }
    texts = {process: _text([*lines, *_folders(process, settings)]) for process, lines in own.items()}
    return {**texts, "screen": _text(_board(settings))}


def _board(settings: Settings) -> list[str]:
    """Where the booth's own screen finds the board."""
    board = board_at(settings.display.host, settings.display.port)
    return [f"Environment=BOOTH_BOARD={board}"] if board != BOARD else []


def uses_of(settings: Settings) -> frozenset[Use]:
    """What vision uses of a Jetson by these settings."""
    gpu: set[Use] = set() if settings.wing == "cpu" else {"gpu"}
    return frozenset(gpu | ({"csi"} if settings.camera.source.startswith("csi:") else set()))


def _devices(settings: Settings, machine: Machine) -> list[str]:
    """The nodes that vision may open, by name; a Jetson's libraries also want what other machines do without."""
    nodes = nodes_of(machine, uses_of(settings))
    kind, _, device = settings.camera.source.partition(":")
    if kind == "v4l2":
        if not DEVICE.fullmatch(device) or ".." in device:
            raise BoothError(f"camera.source: {device} is no node in /dev; write v4l2:/dev/video0")
        nodes.append(device)
    lines = [f"DeviceAllow={node} rw" for node in dict.fromkeys(nodes)]
    if machine.release is not None and "gpu" in uses_of(settings):
        # CUDA may translate kernels while they are loaded: unconfirmed, so it is let.
        lines.append("MemoryDenyWriteExecute=no")
    if kind == "csi":
        # Argus is met at /tmp/argus_socket, which is made anew whenever its daemon starts.
        lines += ["PrivateTmp=no", "ReadWritePaths=/tmp"]
    return lines


def _camera_network(settings: Settings, machine: Machine) -> list[str]:
    """For a network camera its one address, and nothing else of any network."""
    if not is_network_camera(settings):
        return []
    address = camera_address(settings)
    family = "AF_INET6" if address.version == 6 else "AF_INET"
    lines = ["PrivateNetwork=no", f"RestrictAddressFamilies={family}", f"IPAddressAllow={address}"]
    if machine.has(f"{KEYS}/{LOGIN}"):
        lines.append(f"LoadCredential={LOGIN}:{KEYS}/{LOGIN}")
    return lines


def is_network_camera(settings: Settings) -> bool:
    """Whether frames come over a network."""
    return settings.camera.source.startswith(("rtsp:", "rtsps:"))


def require_address(settings: Settings) -> None:
    """Raises BoothError for a network camera that vision could not be let through to."""
    if is_network_camera(settings):
        camera_address(settings)


def camera_address(settings: Settings) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Of a network camera. Raises BoothError for a name: to look it up vision would need a name server too."""
    host = ""
    try:
        host = urlsplit(settings.camera.label).hostname or ""
        return ipaddress.ip_address(host)
    except ValueError:
        cure = "write its address as numbers (and keep them by a fixed lease)"
        raise BoothError(f"camera.source: {host or settings.camera.label} is no address; {cure}") from None


def _keys(machine: Machine) -> list[str]:
    """Credentials that there are; systemd does not start a unit whose credential is missing."""
    present = [name for name in UPLINK_KEYS if machine.has(f"{KEYS}/{name}")]
    return [f"LoadCredential={name}:{KEYS}/{name}" for name in present]


def _lan(settings: Settings) -> list[str]:
    """The booth's own network, for the board and the field page on a phone."""
    lan = getattr(settings.display, "lan", None)
    return [f"IPAddressAllow={lan_of(str(lan))}"] if lan else []


def _button(settings: Settings, machine: Machine) -> list[str]:
    """The one chip of the passers-by's button, and whatever group the system has given it to."""
    button = settings.display.pause_gpio
    if button is None:
        return []
    # All nodes show in /dev then; DevicePolicy=closed of the unit still opens none but this one.
    lines = ["PrivateDevices=no", f"DeviceAllow={button.chip} rw"]
    group = machine.group_of(button.chip)
    return [*lines, f"SupplementaryGroups={group}"] if group not in (None, *OWN_GROUPS) else lines


def lan_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The network of an address of this machine: no booth's own LAN is larger than a /24, or one link of IPv6."""
    address = text.partition("%")[0]
    try:
        length = 64 if ipaddress.ip_address(address).version == 6 else 24
        return ipaddress.ip_network(f"{address}/{length}", strict=False)
    except ValueError:
        raise BoothError(f"display.lan: {text} is no address; write one like 192.168.77.1") from None


def _room(settings: Settings) -> list[str]:
    """A larger outbox than usual may have a larger file."""
    most_mb = round(3 * settings.uplink.outbox_mb)
    return [f"LimitFSIZE={most_mb}M"] if most_mb > OUTBOX_ROOM_MB else []


def _folders(process: str, settings: Settings) -> list[str]:
    """Folders that the settings put elsewhere."""
    folders = [settings.folders.state, settings.folders.runtime]
    if process == "vision":
        bank = settings.novelty.bank
        folders += [settings.folders.learned, *([bank.parent] if bank and settings.novelty.learning else [])]
    rooms = [Path(room) for room in (*ROOMS[process], STATE)]
    beyond = [folder for folder in folders if not any(folder.is_relative_to(room) for room in rooms)]
    lines = [f"ReadWritePaths=-{quoted(folder)}" for folder in dict.fromkeys(beyond)]
    own = [folder / other for folder in folders[:2] if folder in beyond for other in OTHERS[process]]
    lines += [f"ReadOnlyPaths=-{quoted(folder)}" for folder in own]
    if process == "display" and settings.folders.state in beyond:
        lines.append(f"InaccessiblePaths=-{quoted(settings.folders.state / OUTBOX)}")
    learned = settings.folders.vision
    if process != "vision" and learned is not None and learned != LEARNED:
        lines.append(f"InaccessiblePaths=-{quoted(learned)}")
    return lines


def quoted(path: Path) -> str:
    """A path as one word of a unit file. Raises BoothError for one that cannot be."""
    text = str(path)
    if not path.is_absolute() or any(not letter.isprintable() or letter in "\"'\\" for letter in text):
        raise BoothError(f"{text}: no path for a unit; set folders.* to an absolute one without quotes")
    return f'"{text.replace("%", "%%")}"' if set(text) & set(" %") else text


def _text(lines: list[str]) -> str:
    opening = (
        "# Written by `booth units` from booth.yaml and this machine; edit neither here, but run it again.\n"
    )
    return f"{opening}[Service]\n" + "\n".join(lines) + "\n" if lines else ""
