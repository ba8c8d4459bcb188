"""The units of an update: understood by systemd without a word, walled in, and never in the booth's way."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[2] / "systemd"
SERVICES = ("booth-update.service", "booth-update-switch.service", "booth-update-boot.service")
analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@analyze
@pytest.mark.parametrize("unit", SERVICES)
def test_an_update_is_exposed_to_little(unit: str) -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(SYSTEMD / unit)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze is older than 250")
    assert done.returncode == 0, done.stdout[-200:]


@pytest.mark.parametrize("unit", SERVICES)
def test_the_updater_is_always_the_packaged_program(unit: str) -> None:
    lines = (SYSTEMD / unit).read_text().splitlines()
    commands = [line for line in lines if line.startswith("ExecStart=")]
    assert all(
        line.startswith("ExecStart=/usr/bin/python3 -I /usr/lib/booth/launch.py update ") for line in commands
    )
    assert len(commands) == 1


@pytest.mark.parametrize("unit", SERVICES)
def test_who_asks_whether_the_clock_is_set_may_ask(unit: str) -> None:
    text = (SYSTEMD / unit).read_text()
    assert "\nProtectClock=" not in text
    assert ("adjtimex clock_adjtime" in text) == (unit != SERVICES[2])


def test_only_the_courier_has_a_network_and_only_the_switcher_a_say() -> None:
    courier, switcher, boot = ((SYSTEMD / unit).read_text() for unit in SERVICES)
    assert "User=booth-update\n" in courier
    assert "PrivateNetwork" not in courier
    assert "\nCapabilityBoundingSet=\n" in courier
    assert "PrivateNetwork=yes" in switcher
    assert "PrivateNetwork=yes" in boot


def test_the_boot_check_comes_before_the_booth_and_cannot_keep_it_from_starting() -> None:
    text = (SYSTEMD / "booth-update-boot.service").read_text()
    assert "booth-vision.service booth-uplink.service booth-display.service" in text
    assert "TimeoutStartSec=1min" in text
    for unit in SYSTEMD.glob("booth-*.service"):
        assert "Requires=booth-update" not in unit.read_text()
