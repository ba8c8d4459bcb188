"""A booth in a booted machine: its settings, its city's broker with certificates, and what it says of itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from engines.manifest import sample_street
from tests.deb.machine import Machine
from tests.uplink.authority import LOOPBACK, Authority

CITY, ID = "new-york", "nspawn-1"
PORT = 8883
KIT = Path(__file__).parents[2] / "deploy/broker"
PROCESSES = ("vision", "uplink", "display")
UNITS = tuple(f"booth-{process}.service" for process in PROCESSES)
STREET, HEARD = "/srv/street.avi", "/srv/heard"
BROKER = """[Unit]
Description=Broker of the city
[Service]
ExecStart=/usr/sbin/mosquitto -c /srv/broker/mosquitto.conf
User=mosquitto
Restart=always
"""
BACKEND = f"""[Unit]
Description=Backend of the city: keeps what it hears
After=city-broker.service
[Service]
ExecStart=/usr/bin/mosquitto_sub -h {LOOPBACK} -p {PORT} --cafile /srv/broker/pki/ca.crt --cert /srv/backend.crt \
    --key /srv/backend.key -q 1 -c -i backend -V 5 -x 3600 -t booth/v1/+/+/exception -F %%p
StandardOutput=append:{HEARD}
Restart=always
RestartSec=1
"""


class Booth:
    """What the facts are about."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.settings: dict[str, Any] = {
            "booth": {"city": CITY, "id": ID},
            "camera": {"source": STREET, "repeat": True, "stall_s": 2, "first_frame_s": 5},
            "uplink": {"broker": f"mqtts://{LOOPBACK}:{PORT}"},
            "folders": {"vision": "/var/lib/booth/vision"},
            "decision": {"wanted_share": 0.3},
            "sign": {
                "controller": "Left",
                "contact": "privacy@left.example",
                "url": "https://left.example/sign",
            },
        }

    def lay_out(self, folder: Path) -> None:
        """Put street, keys and broker on the disk, before the machine is switched on."""
        pki = self.machine.path("/srv/broker/pki")
        authority = Authority(folder / "pki", "city")
        for pair, name in ((authority.sign("broker", host=LOOPBACK), "broker"),):
            put(pair.cert, pki / f"{name}.crt")
            put(pair.key, pki / f"{name}.key")
        put(authority.ca, pki / "ca.crt")
        put(authority.revocations(), pki / "ca.crl")
        own, backend = authority.sign("booth", f"{CITY}/{ID}"), authority.sign("backend")
        keys = self.machine.path("/etc/booth/keys")
        for file, name in ((authority.ca, "ca.crt"), (own.cert, "booth.crt"), (own.key, "booth.key")):
            put(file, keys / name, 0o600)
        keys.chmod(0o700)
        put(backend.cert, self.machine.path("/srv/backend.crt"))
        put(backend.key, self.machine.path("/srv/backend.key"))
        put(sample_street(), self.machine.path(STREET))
        self._lay_out_broker()
        self.write_settings()

    def _lay_out_broker(self) -> None:
        folder = self.machine.path("/srv/broker")
        words = {"PORT": str(PORT), "ADDRESS": LOOPBACK, "FOLDER": "/srv/broker", "USER": "mosquitto"}
        text = (KIT / "mosquitto.conf").read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        (folder / "mosquitto.conf").write_text(text)
        rights = (KIT / "mosquitto.acl").read_text()
        (folder / "mosquitto.acl").write_text(f"{rights}\nuser backend\ntopic read booth/v1/#\n")
        units = self.machine.path("/etc/systemd/system")
        (units / "city-broker.service").write_text(BROKER)
        (units / "city-backend.service").write_text(BACKEND)

    def write_settings(self, **sections: dict[str, Any]) -> None:
        """booth.yaml, with some sections' keys otherwise."""
        values = {**self.settings}
        for name, keys in sections.items():
            values[name] = {**values.get(name, {}), **keys}
        file = self.machine.path("/etc/booth/booth.yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(values))

    def start_city(self) -> None:
        """The broker and who listens there."""
        self.machine.does("sh", "-c", "mkdir -p /srv/broker/data && chown -R mosquitto /srv/broker")
        self.machine.does("systemctl", "start", "city-broker.service", "city-backend.service")

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.machine.says("systemctl", "show", "--value", f"--property={name}", unit)

    def active(self, *units: str) -> bool:
        """Whether units are ready and run."""
        states = self.machine.says("systemctl", "is-active", *(units or UNITS)).split()
        return bool(states) and set(states) == {"active"}

    def vitals(self, process: str) -> dict[str, Any]:
        """Figures of a process; {} where there are none."""
        text = self.machine.says("cat", f"/run/booth/{process}.json")
        values: dict[str, Any] = json.loads(text) if text else {}
        return values

    def notice(self) -> str:
        """What is said of the machine."""
        text = self.machine.says("cat", "/var/lib/booth/notice-machine.json")
        return str(json.loads(text)["text"]) if text else "ok"

    def sees(self) -> bool:
        """Whether vision runs and has frames."""
        return self.active("booth-vision.service") and self.vitals("vision").get("camera") == "ok"

    def pid(self, process: str) -> str:
        """Of the process, inside."""
        return self.show(f"booth-{process}.service", "MainPID")

    def log(self, unit: str) -> str:
        """What the journal has of a unit."""
        return self.machine.says("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def drop_in(self, unit: str, name: str, text: str) -> None:
        """Change a unit until the next boot."""
        self.machine.put(f"/run/systemd/system/{unit}.d/{name}.conf", text)
        self.machine.does("systemctl", "daemon-reload")

    def restart(self, unit: str) -> None:
        """Start a unit anew. (systemd 249 at times loses a race for its cgroup, 219, and its Restart= heals that.)"""
        self.machine.run("systemctl", "restart", unit, timeout_s=120)
        self.machine.wait(lambda: self.active(unit), 60)

    def undo(self, unit: str, name: str) -> None:
        """Take such a change back."""
        self.machine.does("rm", "-f", f"/run/systemd/system/{unit}.d/{name}.conf")
        self.machine.does("systemctl", "daemon-reload")

    def heard(self) -> list[str]:
        """Ids of the events that the backend has, in its order."""
        file = self.machine.path(HEARD)
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line)["id"] for line in lines if line.startswith("{") and line.endswith("}")]


def put(source: Path, target: Path, mode: int = 0o644) -> None:
    """Copy a file, its folder made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
