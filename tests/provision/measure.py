"""From stick to first event, measured: one booth on this machine in, seconds of each step out; it prints a table.

python -m tests.provision.measure [BANK]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import yaml

from appliance.demo.lesson import learn
from appliance.demo.programs import learn_command
from appliance.demo.stage import WANTED_SHARE
from engines.manifest import sample_street
from tests.provision.street import Street, first, street

PATIENCE_S = 300.0


def settings_of_the_sample(bank: Path) -> str:
    """What a city team would give by --config: here the sample street and what it normally wears."""
    return yaml.safe_dump(
        {
            "camera": {"source": str(sample_street()), "repeat": True},
            "capture": {"mode": "open-street", "zones": []},
            "novelty": {"bank": str(bank), "learning": False},
            "decision": {"wanted_share": WANTED_SHARE},
        }
    )


def measured(city: Street, bank: Path) -> list[tuple[str, float]]:
    """What was reached, and how many seconds after the stick began to be made."""
    config = city.folder / "extra.yaml"
    config.write_text(settings_of_the_sample(bank))
    began_s, marks = time.monotonic(), []

    def mark(what: str) -> None:
        marks.append((what, time.monotonic() - began_s))

    with city.backend() as backend:
        backend.subscribe("booth/v1/#")
        city.make_stick("--authority", city.broker, "--config", config)
        mark("stick made")
        city.plug()
        mark("identity applied, stick wiped")
        with city.running("uplink"), city.running("vision"):
            first(backend, "status", lambda values: values["state"] == "online", PATIENCE_S)
            mark("online: status heard by a backend")
            first(backend, "status", lambda values: values["calibrated"] == "ok", PATIENCE_S)
            mark("camera open and calibrated")
            first(backend, "exception", patience_s=PATIENCE_S)
            mark("first event heard by a backend")
    return marks


def main() -> None:
    """Measure once."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    bank = given or learn(str(sample_street()), learn_command, lambda: False)
    if bank is None:
        sys.exit("no bank")
    with street() as city:
        for what, seconds in measured(city, bank):
            print(f"{seconds:7.1f} s  {what}")


if __name__ == "__main__":
    main()
