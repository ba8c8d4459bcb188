"""The field page in a real browser, on a phone and a tablet, before a vision that behaves."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from appliance.display.field.device import code_from_display
from appliance.health.clock import Clock
from appliance.site_file import FILE
from tests.display.field.browser import PHONE, TABLET, device, why_no_browser
from tests.display.field.fake_vision import FakeVision, person
from tests.display.field.technician import STEPS, Technician
from tests.display.running import Running, display, until

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())

MAT = [(0.3, 0.6), (0.7, 0.6), (0.8, 0.9), (0.2, 0.9)]
PATH = [(0.02, 0.5), (0.25, 0.5), (0.2, 0.75), (0.02, 0.75)]
DOOR = [(0.75, 0.35), (0.95, 0.35), (0.95, 0.55), (0.75, 0.55)]
SPOT = [(0.35, 0.6), (0.6, 0.6), (0.6, 0.85), (0.35, 0.85)]
ONLINE = {"state": "online", "reason": "", "outbox_rows": 0, "refused": 0, "certificate": "ok"}
SMALL = """() => [...document.querySelectorAll('button, input, select, a')]
  .filter((element) => element.offsetParent !== null)
  .filter((element) => { const box = element.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
  .map((element) => element.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Booth:
    """Display and vision of one booth, and a browser."""

    running: Running
    vision: FakeVision
    browser: Browser
    stack: ExitStack

    def phone(self, **kind: Any) -> Technician:
        """A fresh phone on the page, not yet in."""
        context = self.stack.enter_context(device(self.browser, **(kind or PHONE)))
        return Technician(context, self.running.url + "field")

    def code(self) -> str:
        """What `booth field code` shows."""
        return str(code_from_display(self.running.runtime)["digits"])

    def inside(self, **kind: Any) -> Technician:
        """A fresh phone that is in."""
        technician = self.phone(**kind)
        technician.enter(self.code())
        technician.is_in()
        return technician

    @property
    def site(self) -> dict[str, Any]:
        """The site file."""
        values: dict[str, Any] = json.loads((self.running.runtime / FILE).read_text())
        return values


@pytest.fixture
def booth(tmp_path: Path, browser: Browser) -> Iterator[Booth]:
    with display(tmp_path) as running, FakeVision(tmp_path) as vision, ExitStack() as stack:
        yield Booth(running, vision, browser, stack)


def test_a_technician_commissions_a_booth_with_a_phone(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = booth.stack.enter_context(device(booth.browser, **TABLET)).new_page()
    screen.goto(booth.running.url)
    screen.keyboard.press("f")
    screen.wait_for_url("**/code?lang=en")
    screen.click("#show")
    screen.wait_for_selector("#shown:not([hidden])")
    phone = booth.phone()
    phone.enter(screen.inner_text("#digits"))
    phone.is_in()
    until(lambda: screen.inner_text("#told") == "A phone is connected.")
    assert screen.inner_text("#digits") == ""

    phone.page.wait_for_selector(".hints .good")
    phone.next()
    phone.says(".number", "60 %")
    booth.vision.focus = 0.97
    phone.page.wait_for_selector(".meter.good")
    phone.next()

    for kind, corners in (("looked at", MAT), ("left alone", PATH), ("door", DOOR), ("spot", SPOT)):
        phone.tap(f"+ {kind}")
        phone.draw(corners)
    phone.tap("Save")
    phone.page.wait_for_selector(".told.good")
    phone.next()

    phone.page.fill("#height", "175")
    for spot, distance_m in (("near", 4.2), ("far", 10.0)):
        booth.vision.people = [person(0.5, distance_m, 1.75)]
        time.sleep(2.2)  # what the page takes for a box is the last two seconds
        phone.tap(f"Capture {spot}")
        phone.page.wait_for_selector(f".hints li:nth-child({1 if spot == 'near' else 2}):has-text('px at')")
    phone.page.wait_for_selector(".result:not([hidden])")
    assert "Camera 2.6" in phone.page.inner_text(".result >> nth=0")
    booth.vision.people = [person(0.4, 5.0, 1.6)]
    phone.says(".result >> nth=1", "Check: whoever is tallest in view is 1.6")
    phone.next()

    phone.says(".number", "43 of 66 passages")
    phone.next()

    red = phone.checks()
    assert {name for name, state in red.items() if state == "failed"} >= {"broker", "outbox", "certificate"}
    assert red["learning"] == "wait"
    booth.vision.uplink = ONLINE
    monkeypatch.setattr("appliance.display.field.report.read_clock", lambda: Clock(1_795_000_000.0, True))
    booth.vision.vitals["calibrated"] = "ok"
    until(lambda: set(phone.checks().values()) == {"ok"})
    phone.next()

    phone.says(".summary dd:last-of-type", "All is well")
    phone.page.tap("#sign-off")
    phone.page.wait_for_selector(".signed:not([hidden])")
    assert "2026-11-18" in phone.page.inner_text(".signed")

    zones = booth.site["zones"]
    assert [(zone["name"], zone["kind"]) for zone in zones] == [
        ("mat", "scored"),
        ("path", "opt-out"),
        ("door", "door"),
        ("spot", "spot"),
    ]
    for zone, corners in zip(zones, (MAT, PATH, DOOR, SPOT), strict=True):
        for drawn, wanted in zip(zone["polygon"], corners, strict=True):
            assert drawn == pytest.approx(wanted, abs=0.006)
    assert booth.site["ground"]["camera_m"] == pytest.approx(2.6, rel=0.15)
    assert booth.site["signed_off"]["reason"] is None
    assert all(check["passed"] for check in booth.site["signed_off"]["checks"])
    assert phone.faults == []


def test_wrong_codes_lock_the_page(booth: Booth) -> None:
    phone = booth.phone()
    right = booth.code()
    for _ in range(4):
        phone.enter(f"{(int(right) + 1) % 10**8:08d}")
        phone.says("#told", "That is not the code")
    phone.enter(f"{(int(right) + 1) % 10**8:08d}")
    phone.says("#told", "Too many wrong codes")
    phone.enter(right)
    phone.wait("!document.getElementById('open').disabled")
    assert phone.told().startswith("Too many wrong codes")
    assert phone.page.locator("#nav").is_hidden()


def test_a_second_phone_is_refused_while_the_first_is_at_work(booth: Booth) -> None:
    first, second = booth.inside(), booth.phone()
    second.enter(booth.code())
    second.says("#told", "Another phone")
    first.tap("Leave")
    first.page.wait_for_selector("#code")
    second.enter(booth.code())
    second.is_in()


def test_the_token_is_nowhere_but_in_this_tab(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    phone = booth.phone()
    asked: list[Any] = []
    phone.page.on("request", lambda request: asked.extend([request]))
    code = booth.code()
    phone.enter(code)
    phone.is_in()
    phone.page.wait_for_selector(".hints li")
    token = phone.page.evaluate("sessionStorage.getItem('booth-field-token')")
    assert len(token) == 64
    assert phone.page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [1, 0, ""]
    assert phone.page.context.cookies() == []
    assert not [request.url for request in asked if token in request.url or code in request.url]
    assert token not in phone.page.content()
    assert token not in caplog.text
    assert code not in caplog.text
    other = phone.page.context.new_page()
    other.goto(phone.url)
    assert other.evaluate("sessionStorage.length") == 0


def test_the_page_says_when_vision_is_gone_and_goes_on_when_it_is_back(booth: Booth) -> None:
    phone = booth.inside()
    phone.page.wait_for_selector(".street:visible")
    booth.vision.die()
    phone.says("#standing-text", "Vision is not running")
    phone.page.wait_for_selector(".empty:visible")
    booth.vision.start()
    phone.page.wait_for_selector(".street:visible")
    phone.says("#standing-text", "Vision is looking")
    booth.vision.drops = 6
    time.sleep(1)
    booth.vision.drops = 0
    phone.page.wait_for_selector(".street:visible")
    assert phone.faults == []


def test_a_technician_leaves_in_the_middle_and_comes_back_to_what_was_done(booth: Booth) -> None:
    phone = booth.inside()
    phone.to("zones")
    phone.tap("Start from a template")
    phone.to("aim")
    phone.to("zones")
    phone.says(".told", "Not saved yet")
    phone.tap("Save")
    phone.page.wait_for_selector(".told.good")
    phone.page.reload()
    phone.is_in()
    assert phone.page.evaluate("location.hash") == "#zones"
    phone.wait("document.querySelectorAll('.chip').length === 2")
    phone.tap("Leave")
    phone.page.wait_for_selector("#code")
    later = booth.inside(**TABLET)
    later.to("zones")
    later.wait("document.querySelectorAll('.chip').length === 2")
    assert later.page.get_attribute("#to-zones", "aria-label") == "Step 3 of 7: Zones, done"


def test_the_booths_words_are_shown_where_it_refuses_a_drawing(booth: Booth) -> None:
    phone = booth.inside()
    phone.to("zones")
    phone.tap("+ looked at")
    phone.draw([MAT[0], MAT[2], MAT[1], MAT[3]])
    phone.tap("Save")
    until(lambda: "Not saved" not in phone.told())
    assert "crosses itself" in phone.told()
    assert not (booth.running.runtime / FILE).exists()


def test_everything_can_be_done_by_keys(booth: Booth) -> None:
    phone = booth.phone(**TABLET)
    page = phone.page
    page.keyboard.type(booth.code())
    page.keyboard.press("Enter")
    phone.is_in()

    def tab_to(chosen: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(chosen) => document.activeElement.matches(chosen)", chosen):
                return
        raise AssertionError(f"{chosen} cannot be reached by Tab")

    for step in STEPS[1:3]:
        tab_to("#next")
        page.keyboard.press("Enter")
        phone.wait(f"location.hash === '#{step}'")
    page.wait_for_selector(".plan:visible")
    tab_to(".row .scored")
    page.keyboard.press("Enter")
    page.evaluate("document.getElementById('main').focus()")
    tab_to('[data-corner="1"]')
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "+", "Delete"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
        "Corner 3 of 4, zone mat"
    )
    tab_to("#save")
    page.keyboard.press("Space")
    page.wait_for_selector(".told.good")
    (zone,) = booth.site["zones"]
    assert zone["polygon"][1] == pytest.approx([0.64, 0.5])
    assert len(zone["polygon"]) == 4


@pytest.mark.parametrize("kind", [PHONE, TABLET], ids=["phone", "tablet"])
def test_every_step_fits_a_thumb_and_the_screen(booth: Booth, kind: dict[str, Any]) -> None:
    phone = booth.inside(**kind)
    for step in STEPS:
        phone.to(step)
        if step == "zones":
            phone.tap("Start from a template")
            phone.page.wait_for_selector(".plan:visible")
            reach = phone.page.locator(".corner .reach").first.bounding_box()
            assert reach
            assert 44 - 0.5 <= min(reach["width"], reach["height"]) <= 50
        if step == "checks":
            phone.checks()
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
        assert phone.page.evaluate(SMALL) == [], step
    assert phone.faults == []


def test_a_display_that_was_started_again_asks_for_a_new_code(tmp_path: Path, browser: Browser) -> None:
    with ExitStack() as stack:
        with display(tmp_path) as running:
            port = int(running.url.rstrip("/").rpartition(":")[2])
            phone = Booth(running, FakeVision(tmp_path), browser, stack).inside()
        phone.says("#standing-text", "No connection")
        with display(tmp_path, port=port):
            phone.page.wait_for_selector("#code")
            assert phone.told().startswith("The session is over")
