"""`make screenshots` of the staff board: a folder goes in; every state, language and size of a screen comes out."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from appliance.display.words import LANGUAGES
from tests.display.board_states import STATES, enter, show
from tests.display.colleague import SPOT, WIDE, Colleague, booth
from tests.display.field.browser import PHONE, TABLET, chromium, device, why_no_browser
from tests.display.running import display

SIZES: dict[str, dict[str, Any]] = {
    "phone": {**PHONE, "device_scale_factor": 1},
    "tablet": TABLET,
    "wide": WIDE,
}
SUNNY = ("one", "quiet", "pressed")


def main(folder: Path) -> int:
    """Write the pictures; 1 where there is no browser."""
    if why_no_browser():
        print(f"screenshots: {why_no_browser()}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for state, size in product(STATES, SIZES):
            with tempfile.TemporaryDirectory() as runtime:
                take_state(browser, Path(runtime), state, size, folder)
        with tempfile.TemporaryDirectory() as runtime:
            take_code(browser, Path(runtime), folder)
    print(f"{len(list(folder.glob('board-*.png')))} pictures of the staff board in {folder}")
    return 0


def take_state(browser: Browser, runtime: Path, state: str, size: str, folder: Path) -> None:
    """One state on one size, in each language."""
    with booth(runtime, browser, SPOT, card_s=2 if state == "earlier" else 20) as here:
        one = here.staff(**SIZES[size], reduced_motion="reduce")
        enter(here, state)
        show(one, state)
        for language in LANGUAGES:
            one.page.evaluate(f"document.querySelector('#languages [lang={language}]').click()")
            take(one, folder / f"board-{state}-{size}-{language}.png")
        if state in SUNNY:
            one.page.evaluate("document.documentElement.classList.add('sun')")
            take(one, folder / f"board-{state}-{size}-sun.png")


def take_code(browser: Browser, runtime: Path, folder: Path) -> None:
    """The page with the code for phones."""
    with ExitStack() as stack:
        running = stack.enter_context(display(runtime, lan="192.168.77.1"))
        screen = stack.enter_context(device(browser, **WIDE)).new_page()
        screen.goto(running.url + "phone")
        screen.wait_for_selector("#shown")
        # Whoever scans it from the picture gets nowhere: the token died with the process.
        screen.screenshot(path=folder / "board-code.png")


def take(one: Colleague, file: Path) -> None:
    """A picture of what the window shows."""
    one.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    time.sleep(0.05)
    one.page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
