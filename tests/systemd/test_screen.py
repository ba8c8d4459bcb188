"""The units of the booth's own screen: started only where a screen and the programs are, and walled in as a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.machine.dropins import drop_ins
from appliance.machine.nodes import Machine
from appliance.machine.units import write
from appliance.screen.address import BOARD
from appliance.screen.webkit import PACKAGES
from tests.systemd.analysis import MOST_EXPOSURE, SYSTEMD, exposure, lay_out, verify, why_not

REASON = why_not()
judged = pytest.mark.skipif(bool(REASON), reason=REASON or "it is there")
ROOT = SYSTEMD.parent
SCREEN, SEAT = "booth-screen.service", "booth-seat.service"
LIST = ROOT / "deploy/package/screen-packages.txt"


def values(unit: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", (SYSTEMD / unit).read_text(), re.MULTILINE)


def listed() -> list[str]:
    return re.findall(r"^([a-z0-9][^ #]*)", LIST.read_text(), re.MULTILINE)


@judged
@pytest.mark.parametrize("display", [{}, {"port": 9000}])
def test_systemd_has_nothing_to_say_of_them(tmp_path: Path, display: dict[str, Any]) -> None:
    root = lay_out(tmp_path)
    settings = Settings.model_validate({"camera": {"source": "street.mp4"}, "display": display})
    write(drop_ins(settings, Machine(root)), root)
    assert verify(root, SCREEN, SEAT) == ""


@judged
@pytest.mark.parametrize("unit", [SCREEN, SEAT])
def test_they_are_exposed_by_two_at_the_most(tmp_path: Path, unit: str) -> None:
    assert exposure(lay_out(tmp_path), unit) <= MOST_EXPOSURE


def test_they_start_under_the_same_conditions_so_that_no_seat_is_kept_for_nobody() -> None:
    for key in ("ConditionPathExists", "ConditionPathExistsGlob"):
        assert values(SCREEN, key) == values(SEAT, key) != []
    assert values(SCREEN, "ConditionPathExists")[:2] == ["/usr/bin/cage", "/usr/sbin/seatd"]
    assert values(SEAT, "StopWhenUnneeded") == ["yes"]
    assert not values(SEAT, "WantedBy")


def test_a_desktop_or_a_machine_without_a_socket_for_a_screen_keeps_it_from_starting() -> None:
    conditions = [*values(SCREEN, "ConditionPathExists"), *values(SCREEN, "ConditionPathExistsGlob")]
    assert "/sys/class/drm/card*-*" in conditions
    for desktop in ("gdm*", "lightdm", "sddm"):
        assert f"!/run/systemd/units/invocation:{desktop}.service" in conditions
    for unit in (SCREEN, SEAT):
        assert "display-manager.service" in values(unit, "After")[0].split()
        # systemd 249 takes one that does not hold for an end, which Restart=always makes good for ever.
        assert not values(unit, "ExecCondition")


def test_a_screen_whose_driver_comes_late_is_noticed() -> None:
    rules = (ROOT / "deploy/package/udev/60-booth.rules").read_text()
    (rule,) = re.findall(r'^.*SUBSYSTEM=="drm".*$', rules, re.MULTILINE)
    assert 'ACTION=="add"' in rule
    assert 'TAG+="systemd", ENV{SYSTEMD_WANTS}+="booth-screen.service"' in rule


def test_it_comes_and_goes_with_the_booth_and_is_no_condition_of_it() -> None:
    assert values(SCREEN, "WantedBy") == ["booth.target"]
    assert values(SCREEN, "PartOf") == ["booth.target"]
    assert not values(SCREEN, "Requires")
    for unit in SYSTEMD.iterdir():
        if unit.name != SCREEN:
            assert "booth-screen.service" not in " ".join(
                re.findall(r"^(?:Requires|Requisite|BindsTo|After)=(.*)$", unit.read_text(), re.MULTILINE)
            )


def test_nobody_has_to_start_it_again() -> None:
    for unit in (SCREEN, SEAT):
        assert values(unit, "Restart") == ["always"]
        assert values(unit, "StartLimitIntervalSec") == ["0"]
    assert values(SCREEN, "WatchdogSec")


def test_the_browser_is_a_guest_of_one_page() -> None:
    assert values(SCREEN, "User") == values(SCREEN, "Group") == ["booth-screen"]
    assert values(SCREEN, "IPAddressDeny") == ["any"]
    assert values(SCREEN, "IPAddressAllow") == ["localhost"]
    assert values(SCREEN, "PrivateDevices") == ["yes"]
    assert values(SCREEN, "DeviceAllow") == ["char-drm rw"]
    assert values(SCREEN, "StateDirectory") == values(SCREEN, "CacheDirectory") == []
    hidden = values(SCREEN, "InaccessiblePaths")[0].replace("-", "").split()
    assert {"/etc/booth", "/var/lib/booth", "/var/cache/booth", "/run/booth"} <= {*hidden}
    people = (ROOT / "deploy/package/sysusers.d/booth.conf").read_text()
    assert re.findall(r"^.*booth-screen.*$", people, re.MULTILINE) == ['u booth-screen - "Booth screen"']


def test_the_seat_serves_the_screen_and_no_group() -> None:
    (command,) = values(SEAT, "ExecStart")
    assert command == "/usr/sbin/seatd -u booth-screen -g booth-screen"
    assert "SEATD_SOCK=/run/booth-seat/seatd.sock" in " ".join(values(SCREEN, "Environment"))
    assert values(SEAT, "BindPaths") == ["/run/booth-seat:/run"]


def test_its_address_is_the_boards() -> None:
    assert f"BOOTH_BOARD={BOARD}" in values(SCREEN, "Environment")
    assert values(SCREEN, "ExecStart") == ["/usr/bin/cage -d -- /usr/bin/booth screen ${BOOTH_BOARD}"]


def test_one_list_of_packages_is_everywhere_what_to_type() -> None:
    assert PACKAGES.split() == listed()
    for readme in ("README.md", "deploy/units/README.md"):
        assert f"apt-get install {PACKAGES}" in (ROOT / readme).read_text(), readme
