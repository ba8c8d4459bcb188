"""The staff board on the booth's own LAN, from another network of the kernel: with the code's secret, not without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from appliance.display.ticket import FILE
from tests.chaos.namespaces import BOOTH, Cable, why_no_namespaces
from tests.display.colleague import WATCHING, Colleague
from tests.display.field.axe import find_axe, grave_findings
from tests.display.field.browser import PHONE, chromium, device, why_no_browser
from tests.display.field.fake_vision import FakeVision
from tests.display.running import Running, display, until

pytestmark = pytest.mark.skipif(bool(why_no_namespaces()), reason=why_no_namespaces())
ACTS = ("/act/pause", "/act/ask", "/act/verdict")


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    made = Cable()
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(cable: Cable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("run")
    with (
        cable.booth(),
        display(folder, None, folder / "state", lan=BOOTH) as process,
        FakeVision(folder) as vision,
    ):
        vision.vitals = dict(WATCHING)
        with cable.city():
            yield process


def there(running: Running) -> str:
    return f"http://{BOOTH}:{running.url.rstrip('/').rpartition(':')[2]}"


def secret(running: Running) -> dict[str, str]:
    return {"authorization": f"Bearer {(running.runtime / FILE).read_text()}"}


@pytest.mark.parametrize("path", ["/", "/board/board.js", "/board/tables.js"])
def test_the_pages_files_hold_no_secret_and_are_for_all(running: Running, path: str) -> None:
    answer = httpx.get(there(running) + path)
    assert answer.status_code == 200
    assert (running.runtime / FILE).read_text() not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/state", "/events"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {'0' * 32}"},
        {"cookie": "x"},
    ],
    ids=["none", "empty", "bare", "wrong", "cookie"],
)
def test_nothing_is_told_without_the_secret(running: Running, path: str, headers: dict[str, str]) -> None:
    answer = httpx.get(there(running) + path, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "outside"})


def test_the_secret_in_the_address_is_of_no_use(running: Running) -> None:
    token = (running.runtime / FILE).read_text()
    assert httpx.get(f"{there(running)}/state?token={token}").status_code == 401


@pytest.mark.parametrize("path", ACTS)
def test_nothing_is_done_without_the_secret_or_for_another_site(running: Running, path: str) -> None:
    url, origin = there(running) + path, {"origin": there(running)}
    assert httpx.post(url, json={}, headers=origin).status_code == 401
    assert httpx.post(url, json={}, headers=secret(running)).status_code == 403
    foreign = {**secret(running), "origin": "http://evil.example"}
    assert httpx.post(url, json={}, headers=foreign).status_code == 403
    assert not (running.state / "display/pause.json").exists()


def test_with_the_secret_all_is_told(running: Running) -> None:
    answer = httpx.get(f"{there(running)}/state", headers=secret(running))
    assert answer.status_code == 200
    assert answer.json()["schema"] == "board/3"


def test_the_code_is_for_the_devices_own_screen(running: Running, cable: Cable) -> None:
    with cable.booth():
        host = running.url.rstrip("/")
        answer = httpx.post(f"{host}/phone", json={"renew": False}, headers={"origin": host})
        assert answer.status_code == 200
        assert answer.json()["url"] == f"{there(running)}/"
        assert (running.runtime / FILE).read_text() not in answer.text
        assert httpx.post(f"{host}/phone", json={"renew": False}).status_code == 403
        assert httpx.post(f"{host}/phone", json={}, headers={"origin": host}).status_code == 400


def test_a_new_code_puts_out_whoever_was_in(cable: Cable, stack: ExitStack, tmp_path: Path) -> None:
    with cable.booth(), display(tmp_path, lan=BOOTH) as process:
        host, before = process.url.rstrip("/"), secret(process)
        with cable.city():
            assert httpx.get(f"{there(process)}/state", headers=before).status_code == 200
            listening = stack.enter_context(httpx.stream("GET", f"{there(process)}/events", headers=before))
            told = listening.iter_lines()
            assert next(told).startswith("data: ")
        assert httpx.post(f"{host}/phone", json={"renew": True}, headers={"origin": host}).status_code == 200
        with cable.city():
            assert httpx.get(f"{there(process)}/state", headers=before).status_code == 401
            assert httpx.get(f"{there(process)}/state", headers=secret(process)).status_code == 200
        assert len(list(told)) < 20  # it ends


@pytest.fixture(scope="module")
def far_browser(cable: Cable) -> Iterator[Browser]:
    if why_no_browser():
        pytest.skip(why_no_browser())
    with cable.city(), chromium() as launched:
        yield launched


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def phone(stack: ExitStack, browser: Browser, url: str, **more: Any) -> Colleague:
    return Colleague(stack.enter_context(device(browser, **PHONE, **more)), url)


def test_a_phone_without_the_code_is_told_what_to_do(
    running: Running, far_browser: Browser, stack: ExitStack
) -> None:
    for fragment in ("", "#" + "0" * 32):
        one = phone(stack, far_browser, there(running) + "/" + fragment)
        one.says("#headline", "This device is not let in")
        one.says("#advice", "Scan the code on the booth's own screen.")
        assert one.text("#capture-text") == "Camera state not known"
        one.page.tap("#pause")
        one.says("#told", "This device is not let in")
        script = find_axe()
        assert script is None or grave_findings(one.page, script) == []


def test_a_phone_that_scanned_the_code_sees_the_board_and_its_address_keeps_no_secret(
    running: Running, far_browser: Browser, stack: ExitStack
) -> None:
    token = (running.runtime / FILE).read_text()
    one = phone(stack, far_browser, f"{there(running)}/#{token}")
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.says("#headline", "Nobody stands out right now")
    one.says("#capture-text", "Camera open")
    assert one.page.url == f"{there(running)}/"
    assert one.page.evaluate("document.cookie + localStorage.length") == "0"
    one.page.reload()
    one.says("#capture-text", "Camera open")
    assert not [url for url in asked if token in url]
    assert token not in one.page.content()
    assert one.page.locator("#links").is_hidden()  # the device's own pages are not offered here
    one.page.keyboard.press("q")
    one.page.tap("#pause")
    until((running.state / "display/pause.json").exists)
    one.says("#pause", "Another 15 min")
    assert one.page.locator("#countdown").is_hidden(), "not before vision says that nobody else has closed it"
    assert one.page.url == f"{there(running)}/"
    assert one.faults == []


def test_a_phone_is_put_out_by_a_reboot_and_let_in_by_a_new_code(
    cable: Cable, far_browser: Browser, stack: ExitStack, tmp_path: Path
) -> None:
    with cable.booth(), display(tmp_path, lan=BOOTH) as process:
        port, token = there(process), (tmp_path / FILE).read_text()
        one = phone(stack, far_browser, f"{port}/#{token}")
        one.says("#headline", "Vision is not running")
    (tmp_path / FILE).unlink()  # as memory is after a reboot
    number = int(port.rpartition(":")[2])
    with cable.booth(), display(tmp_path, port=number, lan=BOOTH):
        one.says("#headline", "This device is not let in")
        one.page.evaluate(f"location.hash = '#{(tmp_path / FILE).read_text()}'")
        one.says("#headline", "Vision is not running")
