"""The units: systemd has nothing to say of them, and they are as tight as promised, on every machine and setting."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.health.vitals import LAST_WORDS_S
from appliance.machine.dropins import LOGIN, ROOMS, UPLINK_KEYS, drop_ins
from appliance.machine.nodes import Machine
from appliance.machine.units import write
from tests.machine.builders import R36, R39, orin
from tests.systemd.analysis import (
    MOST_EXPOSURE,
    PROCESSES,
    SYSTEMD,
    UNITS,
    exposure,
    lay_out,
    verify,
    why_not,
)

PACKAGE = SYSTEMD.parent / "deploy/package"
REASON = why_not()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON or "it is there")
OTHERS = ("booth.target", "booth-rescue@vision.service", "booth-rescue@vision.timer")
CAMERAS: dict[str, dict[str, Any]] = {
    "csi": {"source": "csi:0"},
    "usb": {"source": "v4l2:/dev/video0"},
    "network": {"source": "rtsp://10.0.0.5/main"},
    "recording": {"source": "/srv/street.mp4", "repeat": True},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def fit(root: Path, **sections: dict[str, Any]) -> None:
    keys = root / "etc/booth/keys"
    keys.mkdir(parents=True)
    for name in (*UPLINK_KEYS, LOGIN):
        (keys / name).touch()
    write(drop_ins(Settings.model_validate(sections), Machine(root)), root)


def text_of(unit: str) -> str:
    return (SYSTEMD / unit).read_text()


def values(unit: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text_of(unit), re.MULTILINE)


@pytest.mark.parametrize("process", PROCESSES)
def test_who_asks_shows_by_his_user(process: str) -> None:
    # A namespace of users would make strangers of all others: of the page's socket, and of who asks for a code.
    assert values(f"booth-{process}.service", "PrivateUsers") == ["no"]


def test_systemd_has_nothing_to_say_of_any_unit(root: Path) -> None:
    assert verify(root, *UNITS, *OTHERS) == ""


def test_systemd_would_have_said_something_of_a_wrong_key(root: Path) -> None:
    unit = root / "etc/systemd/system/booth-vision.service"
    unit.write_text(unit.read_text() + "WatchdogSek=3\n")
    assert "WatchdogSek" in verify(root, unit.name)


@pytest.mark.parametrize("unit", [*UNITS, "booth-rescue@vision.service"])
def test_a_unit_as_it_comes_is_exposed_by_two_at_the_most(root: Path, unit: str) -> None:
    assert exposure(root, unit) <= MOST_EXPOSURE


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("release", [R36, R39])
def test_with_the_drop_ins_of_a_jetson_the_units_are_still_tight_and_good(
    root: Path, release: str, camera: str
) -> None:
    orin(root, release)
    fit(root, camera=CAMERAS[camera])
    assert verify(root, *UNITS) == ""
    assert max(exposure(root, unit) for unit in UNITS) <= MOST_EXPOSURE


@pytest.mark.parametrize("camera", ["usb", "network", "recording"])
def test_with_the_drop_ins_of_a_desk_the_units_are_still_tight_and_good(root: Path, camera: str) -> None:
    fit(root, camera=CAMERAS[camera], folders={"state": "/data/the booth", "vision": "/data/100%"})
    assert verify(root, *UNITS) == ""
    assert max(exposure(root, unit) for unit in UNITS) <= MOST_EXPOSURE


def test_with_a_button_the_display_opens_one_chip_and_is_still_tight_and_good(root: Path) -> None:
    (root / "dev").mkdir()
    (root / "dev/gpiochip0").touch()
    before = exposure(root, "booth-display.service")
    fit(
        root,
        camera=CAMERAS["usb"],
        display={"pause_gpio": {"chip": "/dev/gpiochip0", "line": 7}, "lan": "192.168.77.1"},
    )
    assert verify(root, *UNITS) == ""
    assert before < exposure(root, "booth-display.service") <= MOST_EXPOSURE


@pytest.mark.parametrize("process", PROCESSES)
def test_readiness_and_life_are_told_by_the_process_itself(process: str) -> None:
    unit = f"booth-{process}.service"
    assert values(unit, "Type") == ["notify"]
    assert values(unit, "NotifyAccess") == ["main"]
    assert values(unit, "WatchdogSec")
    assert values(unit, "OnFailure") == [f"booth-rescue@{process}.service"]


@pytest.mark.parametrize("process", PROCESSES)
def test_a_pause_before_a_restart_is_shorter_than_last_words_count(process: str) -> None:
    (pause,) = values(f"booth-{process}.service", "RestartSec")
    assert float(pause.removesuffix("s")) < LAST_WORDS_S


@pytest.mark.parametrize("process", PROCESSES)
def test_the_limit_of_starts_is_reached_even_when_each_takes_as_long_as_it_may(process: str) -> None:
    """Otherwise a camera that is away would be waited for without anybody being told."""
    unit = f"booth-{process}.service"
    start_s, pause_s = (
        float(values(unit, key)[0].removesuffix("s")) for key in ("TimeoutStartSec", "RestartSec")
    )
    window_s = 60 * float(values(unit, "StartLimitIntervalSec")[0].removesuffix("min"))
    burst = int(values(unit, "StartLimitBurst")[0])
    if process == "vision":
        assert burst * (start_s + pause_s) < window_s
    assert burst * pause_s < window_s


def test_vision_has_no_network_and_the_uplink_no_device() -> None:
    assert values("booth-vision.service", "PrivateNetwork") == ["yes"]
    assert values("booth-vision.service", "RestrictAddressFamilies") == ["AF_UNIX"]
    assert values("booth-uplink.service", "PrivateDevices") == ["yes"]
    assert not values("booth-uplink.service", "SupplementaryGroups")
    assert not [unit for unit in UNITS if values(unit, "DeviceAllow")]


@pytest.mark.parametrize("process", PROCESSES)
def test_the_folders_that_a_unit_may_write_are_those_that_the_drop_ins_know(process: str) -> None:
    assert values(f"booth-{process}.service", "ReadWritePaths")[0] == " ".join(ROOMS[process])


def test_of_what_is_shared_the_display_writes_the_logbook_alone() -> None:
    shared = "-/var/lib/booth/logbook.jsonl"
    assert values("booth-display.service", "ReadWritePaths") == [" ".join(ROOMS["display"]), shared]
    assert f"f {shared[1:]} 0660 root booth" in (PACKAGE / "tmpfiles.d/booth.conf").read_text().splitlines()
    assert values("booth-display.service", "ProtectSystem") == ["strict"]


@pytest.mark.parametrize("process", ["vision", "display"])
def test_no_socket_of_the_system_s_reaches_beyond_the_walls(process: str) -> None:
    unit = f"booth-{process}.service"
    assert values(unit, "TemporaryFileSystem")[0].split()[0] == "/run:ro"
    assert values(unit, "BindPaths") == ["/run/booth"]
    assert values(unit, "BindReadOnlyPaths") == ["/run/systemd/notify"]


@pytest.mark.parametrize("process", PROCESSES)
def test_no_memory_is_shared_between_the_three(process: str) -> None:
    assert "/dev/shm" in values(f"booth-{process}.service", "TemporaryFileSystem")[0]
