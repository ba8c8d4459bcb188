"""Staff with a tablet: a page of a real browser goes in; what the board shows them, and what they press, comes out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from appliance.display.cards import CardSender
from appliance.outfit import Outfit
from tests.display.field.browser import TABLET, device
from tests.display.field.fake_vision import FakeVision
from tests.display.running import Running, display, until

WIDE: dict[str, Any] = {"viewport": {"width": 1180, "height": 820}}
SPOT = {"zones": [{"name": "spot", "kind": "spot", "polygon": [[0.4, 0.6], [0.6, 0.6], [0.6, 0.9]]}]}
WATCHING: dict[str, Any] = {
    "state": "running", "reason": "", "camera": "ok", "calibrated": "ok", "learned": 320, "needed": 66,
}  # fmt: skip
RED = Outfit("red", "blue", ("red", "red", "blue", "black"), "striped")
PURPLE = Outfit("purple", "purple", ("purple", "purple", "purple", "white"), "plain")
OVERFLOWS = """() => [document.documentElement, ...document.querySelectorAll('body *')]
  .filter((element) => !(element instanceof SVGElement) && !element.closest('.unseen'))
  .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline')
  .filter((element) => element.scrollWidth > element.clientWidth + 1 || (element.matches('.telling')
    && element.scrollHeight > element.clientHeight + 1))
  .map((element) => element.outerHTML.slice(0, 120))"""
HARMLESS = ("Failed to load resource", "Cross-Origin-Opener-Policy header has been ignored")
"A booth that does not answer; and plain HTTP, for which no browser isolates a page."
SMALL = """() => [...document.querySelectorAll('button, a')].filter((element) => element.checkVisibility())
  .filter((element) => { const box = element.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
  .map((element) => element.outerHTML.slice(0, 80))"""


class Colleague:
    """One device on the board."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        "What the browser's console complained about, but for a booth that does not answer."
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(url)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not any(known in message.text for known in HARMLESS):
            self.faults.append(message.text)

    def says(self, chosen: str, start: str) -> None:
        """Waits until the element says something that begins so."""
        until(lambda: self.text(chosen).startswith(start))

    def text(self, chosen: str) -> str:
        """What an element says now."""
        return self.page.locator(chosen).first.inner_text().strip()

    def wait(self, expression: str) -> None:
        """Until this JavaScript is true; asked again and again, for the page's own rules allow no eval() in it."""
        until(lambda: self.page.evaluate(expression))

    def cards(self) -> list[str]:
        """The words of the live cards, in their order."""
        lines = self.page.locator(".card .words").all_inner_texts()
        return [" ".join(line.split()).lower() for line in lines]

    def is_on(self) -> None:
        """Waits until the page has heard of the booth."""
        self.wait("!['...', ''].includes(document.getElementById('headline').textContent)")


@dataclass(frozen=True)
class Booth:
    """Display and vision of one booth, a browser, and the way of cards between."""

    running: Running
    vision: FakeVision
    browser: Browser
    sender: CardSender
    stack: ExitStack

    def staff(self, query: str = "", url: str = "", **kind: Any) -> Colleague:
        """A fresh device that has heard of the booth."""
        context = self.stack.enter_context(device(self.browser, **(kind or TABLET)))
        colleague = Colleague(context, (url or self.running.url) + query)
        colleague.is_on()
        return colleague

    def tell(self, *words: str, outfit: Outfit = RED, heading: str = "left", **more: Any) -> None:
        """A card from vision, seen just now."""
        values = {"rarity": 0.9874, "zone": "street", "asked": False, **more}
        rarity, zone, asked = values["rarity"], values["zone"], values["asked"]
        assert self.sender.send(rarity, words, zone, time.monotonic(), outfit, heading, asked=asked)


@contextmanager
def booth(folder: Path, browser: Browser, capture: Any = None, **keys: Any) -> Iterator[Booth]:
    """A booth whose vision watches the street."""
    with ExitStack() as stack:
        running = stack.enter_context(display(folder, capture, folder / "state", **keys))
        vision = FakeVision(folder)
        vision.vitals = dict(WATCHING)
        stack.enter_context(vision)
        sender = CardSender(folder)
        stack.callback(sender.close)
        yield Booth(running, vision, browser, sender, stack)
