"""A technician with a phone: a page of a real browser goes in; the seven steps by touch and by keys come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.display.running import until

STEPS = ("aim", "focus", "zones", "ground", "learning", "checks", "sign")
Point = tuple[float, float]


class Technician:
    """One phone on the field page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        "What the browser's console complained about, other than a refusal that the page shows."
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self._touch = context.new_cdp_session(self.page)
        self.page.goto(url)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def enter(self, code: str) -> None:
        """Type the code and press the button; whether it opens is to be seen."""
        self.page.fill("#code", code)
        self.page.tap("#open")

    def is_in(self) -> None:
        """Waits until the first step is there."""
        self.page.wait_for_selector("#nav:not([hidden])")

    def wait(self, expression: str) -> None:
        """Until this JavaScript is true; asked again and again, for the page's own rules allow no eval() in it."""
        until(lambda: self.page.evaluate(expression))

    def says(self, chosen: str, start: str) -> None:
        """Waits until the element says something that begins so."""
        until(lambda: self.page.locator(chosen).first.inner_text().startswith(start))

    def told(self) -> str:
        """What the page says at last about what was done."""
        return self.page.locator(".told").first.inner_text()

    def to(self, step: str) -> None:
        """Go by the progress bar."""
        self.page.tap(f"#to-{step}")
        self.wait(f"location.hash === '#{step}'")

    def next(self) -> None:
        """The large button below."""
        self.page.tap("#next")

    def tap(self, text: str) -> None:
        """A button by its words."""
        self.page.get_by_role("button", name=text, exact=True).tap()

    def drag(self, start: Point, end: Point) -> None:
        """A finger from one place of the window to another, pixels."""
        for kind, place in (("touchStart", start), ("touchMove", between(start, end)), ("touchMove", end)):
            points = [{"x": place[0], "y": place[1]}]
            self._touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self._touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def draw(self, corners: Sequence[Point]) -> None:
        """Bring the corners of the chosen zone to these places, shares of the picture, by touch."""
        plan = self.page.locator(".plan:visible")
        plan.scroll_into_view_if_needed()
        frame = plan.bounding_box()
        assert frame
        for number, (x, y) in enumerate(corners):
            dot = self.page.locator(f'[data-corner="{number}"] .dot').bounding_box()
            assert dot
            start = (dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
            self.drag(start, (frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]))

    def checks(self) -> dict[str, str]:
        """Check -> ok, wait or failed, as the page shows them; run again first."""
        self.tap("Run again")
        self.page.wait_for_selector("[data-check]")
        lines = self.page.locator("[data-check]").all()
        return {str(line.get_attribute("data-check")): str(line.get_attribute("class")) for line in lines}


def between(start: Point, end: Point) -> Point:
    """Half the way."""
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
