"""The sandbox of a unit without its program: a unit's name and attempts in, how they ended inside it out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.deb.booth import Booth

PROBE = "/srv/probe.py"
INSTEAD = """[Unit]
OnFailure=
PartOf=
[Service]
Type=oneshot
Restart=no
WatchdogSec=0
ExecStart=
ExecStart=/usr/bin/python3 -I {probe} {attempts}
StandardOutput=truncate:/run/probe-{process}.json
"""


def try_inside(booth: Booth, process: str, *attempts: str) -> dict[str, str]:
    """Make attempts (probe.py names them) as the unit of `process` would, drop-ins and all, beside the running one."""
    machine, unit = booth.machine, f"booth-{process}.service"
    own = f"probe-{process}.service"
    put_probe(booth)
    copy = f"""
        set -e
        cp /lib/systemd/system/{unit} /run/systemd/system/{own}
        mkdir -p /run/systemd/system/{own}.d
        rm -f /run/systemd/system/{own}.d/50-machine.conf
        cp /etc/systemd/system/{unit}.d/*.conf /run/systemd/system/{own}.d/ 2>/dev/null || true
    """
    machine.does("sh", "-c", copy)
    text = INSTEAD.format(probe=PROBE, process=process, attempts=" ".join(attempts))
    booth.drop_in(own, "99-probe", text)
    machine.does("systemctl", "start", own, timeout_s=60)
    result: dict[str, str] = json.loads(machine.does("cat", f"/run/probe-{process}.json"))
    return result


def put_probe(booth: Booth) -> None:
    """Put the program of the attempts there, once."""
    target = booth.machine.path(PROBE)
    if not target.exists():
        target.write_text((Path(__file__).parent / "probe.py").read_text())
