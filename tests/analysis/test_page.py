"""The report in a real Chromium: nothing is fetched, nothing stumbles, and paper holds all of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from appliance.analysis.report import report_releases
from tests.analysis.builders import history, plain_street, rising_street, write
from tests.display.field.axe import find_axe, grave_findings
from tests.display.field.browser import PHONE, chromium, why_no_browser

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser() or "-")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    messages = [*history("madrid", "b", 42, plain_street), *history("new-york", "a", 42, rising_street)]
    return report_releases([write(folder / "in", messages)], folder / "report.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, file: Path, asked: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.on("request", lambda request: asked.append(request.url))
    opened = context.new_page()
    opened.on("console", lambda message: asked.append(f"console: {message.text}"))
    opened.goto(file.as_uri())
    yield opened
    context.close()


def test_it_asks_for_nothing_but_itself(page: Page, asked: list[str], file: Path) -> None:
    page.wait_for_load_state("networkidle")
    assert asked == [file.as_uri()]


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    script = find_axe()
    if script is None:
        pytest.skip("axe-core is not in the cache; make setup-test brings it")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert grave_findings(page, script) == []


def test_tables_open_by_keyboard(page: Page) -> None:
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("table").first.is_visible()


def test_a_phone_scrolls_only_figures_and_tables_sideways(browser: Browser, file: Path) -> None:
    context = browser.new_context(**PHONE)
    phone = context.new_page()
    phone.goto(file.as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    context.close()


OUTSIDE = """() => [...document.querySelectorAll('.drawing svg')].flatMap(svg => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
        const own = text.getBoundingClientRect();
        return own.left < box.left - 1 || own.right > box.right + 1
            || own.top < box.top - 1 || own.bottom > box.bottom + 1;
    }).map(text => text.textContent);
})"""
OVER_EACH_OTHER = """() => [...document.querySelectorAll('.drawing svg')].flatMap(svg => {
    const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
    return texts.flatMap(([words, own], place) => texts.slice(place + 1).filter(([_, other]) =>
        Math.min(own.right, other.right) - Math.max(own.left, other.left) > 1
        && Math.min(own.bottom, other.bottom) - Math.max(own.top, other.top) > 0.35 * own.height
    ).map(([other]) => words + " / " + other));
})"""


def test_no_words_of_a_figure_lie_outside_it_or_on_others(page: Page) -> None:
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(OVER_EACH_OTHER) == []


def test_paper_holds_the_figures_and_the_tables_behind_them(page: Page, tmp_path: Path) -> None:
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    for expected in (
        "Colours above the waist",
        "green on top",
        "first against last 21 days",
        "epsilon 1 over all",
    ):
        assert expected in " ".join(words.split())
