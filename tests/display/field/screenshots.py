"""`make screenshots`: a folder goes in; every step on phone and tablet, by night and sun, in four languages, out."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import ViewportSize

from appliance.config.duties import Language
from appliance.display.field.device import code_from_display
from appliance.display.field.words import LANGUAGES, words_in
from tests.display.field.browser import PHONE, TABLET, chromium, device, why_no_browser
from tests.display.field.fake_vision import FakeVision, person
from tests.display.field.technician import STEPS, Technician
from tests.display.running import Running, display

UPLINK = {
    "state": "online", "reason": "", "outbox_rows": 0, "refused": 0, "certificate": "expires in 12 days",
}  # fmt: skip
SETTLE_S = 1.5
SMALL: ViewportSize = {"width": 360, "height": 740}
LARGE: ViewportSize = {"width": 820, "height": 1180}
TALL: ViewportSize = {"width": 360, "height": 1400}
"The self-test in one picture."


def main(folder: Path) -> int:
    """Write the pictures; 1 where there is no browser."""
    if why_no_browser():
        print(f"screenshots: {why_no_browser()}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as runtime, ExitStack() as stack:
        running = stack.enter_context(display(Path(runtime)))
        vision = stack.enter_context(FakeVision(Path(runtime)))
        vision.uplink = UPLINK
        browser = stack.enter_context(chromium())
        phone = Technician(stack.enter_context(device(browser, **PHONE)), running.url + "field")
        screen = Technician(stack.enter_context(device(browser, **TABLET)), running.url + "code")
        take(phone, folder / "phone-0-door.png")
        screen.page.click("#show")
        take(screen, folder / "device-code.png")
        commission(phone, vision, running, folder)
        for language in LANGUAGES:
            speak(phone, language, folder)
    for file in sorted(folder.glob("*.png")):
        print(file)
    return 0


def commission(phone: Technician, vision: FakeVision, running: Running, folder: Path) -> None:
    """Walk through the steps as a technician does, and take a picture of each in both lights."""
    phone.enter(str(code_from_display(running.runtime)["digits"]))
    phone.is_in()
    vision.hidden = 0.12
    for number, step in enumerate(STEPS, start=1):
        phone.to(step)
        prepare(phone, vision, step)
        for light in ("night", "sun"):
            take(phone, folder / f"phone-{number}-{step}-{light}.png")
            phone.tap("Sunlight")
        phone.page.set_viewport_size(LARGE)
        take(phone, folder / f"tablet-{number}-{step}.png")
        phone.page.set_viewport_size(SMALL)
        if step in ("aim", "focus"):
            phone.next()
    phone.page.set_viewport_size(TALL)
    for step in ("checks", "sign"):
        phone.to(step)
        take(phone, folder / f"phone-whole-{step}.png")


def speak(phone: Technician, language: Language, folder: Path) -> None:
    """Every step again in one language, whole, as it stands after the work."""
    phone.page.set_viewport_size(TALL)
    phone.page.get_by_role("link", name=words_in(language)["name"]).tap()
    for number, step in enumerate(STEPS, start=1):
        phone.to(step)
        take(phone, folder / f"{language}-{number}-{step}.png")


def prepare(phone: Technician, vision: FakeVision, step: str) -> None:
    """What makes a step worth looking at."""
    if step == "aim":
        vision.people = None
    if step == "focus":
        phone.page.wait_for_selector(".number")
        for vision.focus in (0.55, 0.9, 1.0, 0.83):
            time.sleep(0.6)
    if step == "zones":
        phone.page.wait_for_selector(".plan:visible")
        for kind, corners in (
            ("looked at", [(0.2, 0.55), (0.7, 0.5), (0.9, 0.95), (0.1, 0.95)]),
            ("left alone", [(0.01, 0.72), (0.12, 0.62), (0.09, 0.97), (0.01, 0.97)]),
            ("door", [(0.37, 0.24), (0.53, 0.24), (0.53, 0.5), (0.37, 0.52)]),
        ):
            phone.tap(f"+ {kind}")
            phone.draw(corners)
        phone.tap("Save")
        phone.page.locator(".chip").first.tap()
    if step == "ground":
        for spot, distance_m in (("near", 4.2), ("far", 10.0)):
            vision.people = [person(0.5, distance_m, 1.7)]
            time.sleep(2.2)
            phone.tap(f"Capture {spot}")
        vision.people = [person(0.6, 6.0, 1.82)]


def take(phone: Technician, file: Path) -> None:
    """A picture of what the window shows, once the page has settled."""
    time.sleep(SETTLE_S)
    phone.page.evaluate("scrollTo(0, 0)")
    phone.page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
