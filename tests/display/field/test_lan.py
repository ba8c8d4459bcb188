"""The field page on the booth's own LAN, seen from another network of the kernel; the device's own stays away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.namespaces import BOOTH, CITY, Cable, why_no_namespaces
from tests.display.running import Running, display, until

OTHER = "10.99.0.1"
"Another address of the booth, such as the one of its modem."

pytestmark = pytest.mark.skipif(bool(why_no_namespaces()), reason=why_no_namespaces())


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    made = Cable()
    with made.booth():
        subprocess.run(["ip", "addr", "add", f"{OTHER}/32", "dev", "booth"], check=True)
    with made.city():
        subprocess.run(["ip", "route", "add", OTHER, "dev", "city"], check=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(cable: Cable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with cable.booth(), display(tmp_path_factory.mktemp("run"), lan=BOOTH) as process, cable.city():
        yield process


def port_of(running: Running) -> str:
    return running.url.rstrip("/").rpartition(":")[2]


@pytest.mark.parametrize("path", ["/field", "/field/field.css", "/field/field.js", "/field/zones.js"])
def test_the_page_answers_on_the_lan(running: Running, path: str) -> None:
    answer = httpx.get(f"http://{BOOTH}:{port_of(running)}{path}")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/code", "/code/state", "/code/code.js", "/phone", "/board/phone.js", "/act/arm", "/x"],
)
def test_what_is_the_devices_own_does_not_answer_on_the_lan(running: Running, path: str) -> None:
    assert httpx.get(f"http://{BOOTH}:{port_of(running)}{path}").status_code == 404


def test_nobody_on_the_lan_is_given_a_code(running: Running) -> None:
    there = f"http://{BOOTH}:{port_of(running)}"
    assert httpx.post(f"{there}/code", json={}, headers={"origin": there}).status_code == 404
    assert httpx.get(f"{there}/field/api/state").status_code == 401


@pytest.mark.parametrize("address", [OTHER, "127.0.0.1"])
def test_no_other_address_of_the_booth_answers(running: Running, address: str) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{address}:{port_of(running)}/field", timeout=2)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", OTHER, CITY, "", f"{BOOTH}.evil.example"]
)
def test_a_foreign_host_name_is_turned_away_on_the_lan(running: Running, host: str) -> None:
    answer = httpx.get(f"http://{BOOTH}:{port_of(running)}/field", headers={"host": host})
    assert answer.status_code == 421


def test_the_lans_name_is_turned_away_on_loopback(running: Running, cable: Cable) -> None:
    with cable.booth():
        there = f"http://127.0.0.1:{port_of(running)}/field"
        assert httpx.get(there).status_code == 200
        assert httpx.get(there, headers={"host": BOOTH}).status_code == 421


def test_without_a_lan_nothing_answers_there(cable: Cable, tmp_path: Path) -> None:
    with cable.booth(), display(tmp_path) as process, cable.city(), pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{BOOTH}:{port_of(process)}/field", timeout=2)


def test_a_cable_may_be_plugged_in_later(cable: Cable, tmp_path: Path) -> None:
    cable.take_address()
    try:
        with cable.booth(), display(tmp_path, lan=BOOTH) as process:
            cable.give_address()
            with cable.city():
                assert until(lambda: answers(f"http://{BOOTH}:{port_of(process)}/field"))
    finally:
        cable.give_address()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
