"""A real Chromium for the field page: found on this machine or a reason to skip; a phone and a tablet come out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
}  # fmt: skip
TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
"Nothing of these may reach another machine than the booth, which each test looks at."


def find_chromium() -> str | None:
    """The browser's program; Ubuntu's is a script that calls a snap, which is of no use without one."""
    found = shutil.which("chromium")
    if found is None or "/snap/" in str(Path(found).resolve()):
        return None
    head = Path(found).resolve().read_bytes()[:4096]
    return None if head.startswith(b"#!") and b"snap" in head and b"/usr/lib/chromium" not in head else found


def why_no_browser() -> str:
    """Reason to skip; '' where there is one."""
    return (
        ""
        if find_chromium()
        else "chromium is not installed (Debian: chromium; Ubuntu has it as a snap only)"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def device(browser: Browser, **kind: Any) -> Iterator[BrowserContext]:
    """A device with nothing stored; fails where a page asked another place than it came from."""
    context = browser.new_context(**kind)
    context.set_default_timeout(15_000)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    try:
        yield context
    finally:
        context.close()
    origins = {"/".join(url.split("/")[:3]) for url in asked}
    assert len(origins) <= 1, f"the page asked other places: {origins}"
