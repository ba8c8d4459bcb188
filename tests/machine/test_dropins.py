"""Drop-ins: what a unit may besides follows from settings and machine, and nothing else gets in."""

from __future__ import annotations

import grp
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.machine.dropins import drop_ins, lan_of, quoted
from appliance.machine.nodes import Machine
from tests.machine.builders import machine, orin
from tests.systemd.analysis import SYSTEMD

LINE = re.compile(r"[A-Z][A-Za-z]+=[^\n]+")


def made(root: Path, **sections: Any) -> dict[str, str]:
    return drop_ins(Settings.model_validate(sections), Machine(root))


def keys(root: Path, *names: str) -> Path:
    folder = root / "etc/booth/keys"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    return root


def test_a_desk_with_a_recording_and_no_keys_needs_nothing(tmp_path: Path) -> None:
    assert made(tmp_path, camera={"source": "street.mp4"}) == {
        "vision": "", "uplink": "", "display": "", "screen": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("display", "board"),
    [
        ({"port": 8480}, ""),
        ({"port": 0}, ""),
        ({"port": 9000}, "http://127.0.0.1:9000/"),
        ({"host": "::1"}, "http://[::1]:8480/"),
    ],
)
def test_the_screen_is_told_of_another_port_and_of_nothing_else(
    tmp_path: Path, display: dict[str, Any], board: str
) -> None:
    text = made(tmp_path, camera={"source": "street.mp4"}, display=display)["screen"]
    assert re.findall(r"^Environment=BOOTH_BOARD=(.*)$", text, re.MULTILINE) == ([board] if board else [])
    assert len(text.splitlines()) == (3 if board else 0)


def test_a_usb_camera_is_the_one_device_of_a_desk(tmp_path: Path) -> None:
    text = made(tmp_path, camera={"source": "v4l2:/dev/video2"})["vision"]
    assert re.findall(r"DeviceAllow=(.*)", text) == ["/dev/video2 rw"]
    assert "PrivateNetwork" not in text
    assert "MemoryDenyWriteExecute" not in text


def test_a_button_opens_its_one_chip_to_display_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    for name in ("gpiochip0", "gpiochip1"):
        (tmp_path / "dev" / name).touch()
    texts = made(
        tmp_path,
        camera={"source": "street.mp4"},
        display={"pause_gpio": {"chip": "/dev/gpiochip1", "line": "PQ.05"}},
    )
    lines = texts["display"].splitlines()
    assert [line for line in lines if line.startswith("DeviceAllow=")] == ["DeviceAllow=/dev/gpiochip1 rw"]
    assert "PrivateDevices=no" in lines
    assert "DevicePolicy=closed" in (SYSTEMD / "booth-display.service").read_text().splitlines()
    assert texts["vision"] == texts["uplink"] == ""


@pytest.mark.parametrize(
    ("group", "wanted"), [("gpio", ["gpio"]), ("booth-display", []), ("root", []), (None, [])]
)
def test_display_joins_the_group_that_the_system_gives_such_chips_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str | None, wanted: list[str]
) -> None:
    monkeypatch.setattr(Machine, "group_of", lambda *_: group)
    text = made(tmp_path, display={"pause_gpio": {"chip": "/dev/gpiochip1", "line": 7}})["display"]
    assert re.findall(r"SupplementaryGroups=(.*)", text) == wanted


def test_the_group_of_a_node_is_the_system_s(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/gpiochip0").touch()
    assert Machine(tmp_path).group_of("/dev/gpiochip0") == grp.getgrgid(os.getegid()).gr_name
    assert Machine(tmp_path).group_of("/dev/gpiochip9") is None


def test_a_csi_camera_brings_its_devices_and_the_socket_of_argus(tmp_path: Path) -> None:
    text = made(orin(tmp_path), camera={"source": "csi:0"})["vision"]
    assert "DeviceAllow=/dev/capture-vi-channel0 rw" in text
    assert "PrivateTmp=no" in text
    assert "MemoryDenyWriteExecute=no" in text
    assert "PrivateNetwork" not in text


def test_a_jetson_that_shall_use_its_cpu_gets_no_gpu(tmp_path: Path) -> None:
    text = made(orin(tmp_path), wing="cpu", camera={"source": "v4l2:/dev/video0"})["vision"]
    assert re.findall(r"DeviceAllow=(.*)", text) == ["/dev/video0 rw"]
    assert "MemoryDenyWriteExecute" not in text


@pytest.mark.parametrize(
    ("source", "family", "address"),
    [
        ("rtsp://10.0.0.5:554/main", "AF_INET", "10.0.0.5"),
        ("rtsp://somebody:a/b@c@10.0.0.5/main", "AF_INET", "10.0.0.5"),
        ("rtsps://[fd00::5]/main", "AF_INET6", "fd00::5"),
    ],
)
def test_a_network_camera_opens_its_one_address(
    tmp_path: Path, source: str, family: str, address: str
) -> None:
    lines = made(tmp_path, camera={"source": source})["vision"].splitlines()
    assert f"IPAddressAllow={address}" in lines
    assert f"RestrictAddressFamilies={family}" in lines
    assert "PrivateNetwork=no" in lines


def test_a_network_camera_by_name_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(
        BoothError, match=r"camera\.source: camera\.lan is no address; write its address as numbers"
    ):
        made(tmp_path, camera={"source": "rtsp://admin:secret@camera.lan/main"})


def test_a_camera_login_is_a_credential_of_vision_alone(tmp_path: Path) -> None:
    texts = made(keys(tmp_path, "camera.login"), camera={"source": "rtsp://10.0.0.5/main"})
    assert "LoadCredential=camera.login:/etc/booth/keys/camera.login" in texts["vision"]
    assert "camera.login" not in texts["uplink"] + texts["display"]


def test_keys_are_credentials_of_the_uplink_as_far_as_there_are_any(tmp_path: Path) -> None:
    texts = made(keys(tmp_path, "ca.crt", "booth.key"), camera={"source": "street.mp4"})
    assert re.findall(r"LoadCredential=([^:]*)", texts["uplink"]) == ["ca.crt", "booth.key"]
    assert "booth.key" not in texts["vision"] + texts["display"]


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.168.77.1", "192.168.77.0/24"), ("fd00:7::1", "fd00:7::/64"), ("fe80::1%eth0", "fe80::/64")],
)
def test_the_display_reaches_the_network_of_its_address_on_the_lan(address: str, network: str) -> None:
    assert str(lan_of(address)) == network


def test_an_address_on_the_lan_that_is_none_is_refused_with_the_cure() -> None:
    with pytest.raises(BoothError, match=r"display\.lan: 192\.168\.8 is no address"):
        lan_of("192.168.8")


def test_a_large_outbox_may_have_a_large_file(tmp_path: Path) -> None:
    texts = made(tmp_path, uplink={"outbox_mb": 4000}, camera={"source": "street.mp4"})
    assert "LimitFSIZE=12000M" in texts["uplink"]
    assert "LimitFSIZE=12000M" in texts["vision"]
    assert "LimitFSIZE" not in texts["display"]


def test_folders_elsewhere_may_be_written_by_those_who_use_them(tmp_path: Path) -> None:
    texts = made(
        tmp_path, folders={"state": "/data/booth", "vision": "/data/seen"}, camera={"source": "a.mp4"}
    )
    assert "ReadWritePaths=-/data/seen" in texts["vision"]
    assert all("\nInaccessiblePaths=-/data/seen\n" in texts[other] for other in ("uplink", "display"))
    assert "ReadWritePaths=-/data/seen" not in texts["uplink"] + texts["display"]
    assert all("ReadWritePaths=-/data/booth" in texts[process] for process in ("vision", "uplink", "display"))
    assert texts["screen"] == ""
    assert "ReadOnlyPaths=-/data/booth/display" in texts["uplink"]
    assert "ReadOnlyPaths=-/data/booth/uplink" in texts["display"]
    assert "InaccessiblePaths=-/data/booth/outbox.sqlite" in texts["display"]
    assert "ReadOnlyPaths=-/data/booth/vision" in texts["uplink"]
    assert texts["vision"].count("ReadOnlyPaths=-/data/booth/") == len(("display", "uplink"))


def test_the_folders_of_the_package_need_no_line(tmp_path: Path) -> None:
    folders = {"state": "/var/lib/booth", "vision": "/var/lib/booth/vision", "runtime": "/run/booth"}
    assert not any(made(tmp_path, folders=folders, camera={"source": "a.mp4"}).values())


@given(st.text(max_size=40))
def test_no_path_smuggles_a_second_line_or_word_into_a_unit(text: str) -> None:
    try:
        word = quoted(Path(f"/data/{text}"))
    except BoothError:
        return
    inner = word[1:-1] if word.startswith('"') else word
    assert not set(inner) & set("\n\r\t\"'\\")
    assert word.startswith('"') or not set(word) & set(" %")
    assert "%" not in inner.replace("%%", "")


@given(st.text(max_size=60))
def test_whatever_the_camera_is_called_the_drop_in_has_whole_lines_or_there_is_none(text: str) -> None:
    for source in (f"v4l2:{text}", f"rtsp://{text}", f"csi:{text}", text):
        try:
            texts = drop_ins(
                Settings.model_validate({"camera": {"source": source}}), Machine(Path("/nowhere"))
            )
        except BoothError:
            continue
        lines = [line for line in texts["vision"].split("\n") if line and not line.startswith(("#", "["))]
        assert all(LINE.fullmatch(line) for line in lines), texts["vision"]
        assert len([line for line in lines if line.startswith("DeviceAllow")]) <= 1


def test_a_machine_without_a_network_camera_gets_no_network(tmp_path: Path) -> None:
    for source in ("csi:0", "v4l2:/dev/video0", "street.mp4", "test:"):
        text = made(machine(tmp_path, None), camera={"source": source})["vision"]
        assert "PrivateNetwork" not in text
        assert "IPAddressAllow" not in text
