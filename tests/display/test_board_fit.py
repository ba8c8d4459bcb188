"""Cards and buttons on every size of screen, in every language: nothing is cut, covered or too small to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from appliance.display.words import LANGUAGES
from tests.display.board_states import enter, show
from tests.display.colleague import OVERFLOWS, PURPLE, SMALL, SPOT, Booth, Colleague, booth
from tests.display.field.browser import why_no_browser
from tests.display.running import until

SIZES = ((360, 640), (390, 844), (768, 1024), (1280, 800), (800, 480))
STATES = ("quiet", "earlier", "asking", "asked", "one", "two", "long")
LONG = (("patterned", "purple", "whole"), ("colour", "pattern", "cut"))
TOUCHED: dict[str, Any] = {"has_touch": True, "reduced_motion": "reduce"}
LEAST_PX = 12
TINY = """(least) => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const [text, holder] = [words.currentNode.data.trim(), words.currentNode.parentElement];
    if (!text || holder.closest('.unseen, noscript') || !holder.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(holder).fontSize);
    if (size < least) found.push(`${text}: ${size.toFixed(1)} px`);
  }
  return found;
}"""
CROWDED = """() => [...document.querySelectorAll('button')].filter((button) => {
  if (!button.checkVisibility()) return false;
  const [box, style, words] = [button.getBoundingClientRect(), getComputedStyle(button), document.createRange()];
  const edge = (side) => parseFloat(style[`padding${side}`]) + parseFloat(style[`border${side}Width`]);
  words.selectNodeContents(button);
  // Lines of letters are a little higher than their line height.
  return [...words.getClientRects()].some((line) => line.left < box.left + edge('Left') - 0.5
    || line.right > box.right - edge('Right') + 0.5 || line.top < box.top + edge('Top') - 2
    || line.bottom > box.bottom - edge('Bottom') + 2);
}).map((button) => button.textContent)"""
"Buttons whose words come nearer to their edge than their padding."
COVERED = """() => {
  const bar = document.getElementById('acts').getBoundingClientRect();
  const parts = [...document.querySelectorAll('.card, .card *, #middle > *, #earlier, #answer')];
  return parts.filter((element) => element.checkVisibility())
    .map((element) => [element.getAttribute('class') || element.id, element.getBoundingClientRect().bottom])
    .filter(([, bottom]) => bottom > Math.min(bar.top, innerHeight) + 0.5).map(([name]) => name);
}"""
"What of a card, or of what stands in its place, lies under the bar of buttons, or below the window."
SETTLED = """() => new Promise((done) => {
  scrollTo(0, 0);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
"The letters take their size with the next frame."
FAULTS = (("too wide", OVERFLOWS), ("no room for a thumb", SMALL), ("crowded", CROWDED), ("covered", COVERED))
FREE = """() => document.activeElement.getBoundingClientRect().bottom
  <= document.getElementById('acts').getBoundingClientRect().top"""
pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("name", STATES)
def test_on_every_screen_and_in_every_language_all_is_to_be_seen(
    name: str, stack: ExitStack, tmp_path: Path, browser: Browser
) -> None:
    here = stack.enter_context(booth(tmp_path, browser, SPOT, card_s=1.5 if name == "earlier" else 20))
    staff = here.staff(**TOUCHED)
    count = bring(here, staff, name)
    for width, height in SIZES:
        staff.page.set_viewport_size({"width": width, "height": height})
        if count > 1:
            bring(here, staff, name)  # in place of those that are there: a card lives for 20 s
        for language in LANGUAGES:
            staff.page.evaluate(f"document.querySelector('#languages [lang={language}]').click()")
            staff.page.evaluate(SETTLED)
            assert faults_of(staff) == [], (width, height, language)
        assert len(staff.cards()) == count, "they were there to the end"


def test_what_has_the_focus_is_not_under_the_bar_of_buttons(
    stack: ExitStack, tmp_path: Path, browser: Browser
) -> None:
    here = stack.enter_context(booth(tmp_path, browser, SPOT))
    staff = here.staff(**TOUCHED, viewport={"width": 360, "height": 560})
    bring(here, staff, "two")
    staff.page.focus(".card:last-child .greeted")
    assert staff.page.evaluate("scrollY") > 0
    assert staff.page.evaluate(FREE)


def bring(here: Booth, staff: Colleague, name: str) -> int:
    """Let the page show this; how many cards those are."""
    enter(here, name)
    if name == "long":
        for words in LONG:
            here.tell(*words, outfit=PURPLE, heading="towards", zone="z" * 16 + "-" + "y" * 15, rarity=0.9999)
        until(lambda: len(staff.cards()) == len(LONG))
    elif name == "asking":
        staff.page.tap("#ask")
        staff.page.wait_for_selector("#answer")
    else:
        show(staff, name)
    return len(staff.cards())


def faults_of(staff: Colleague) -> list[str]:
    """What is wrong with the page as it stands."""
    found = [f"{fault}: {one}" for fault, script in FAULTS for one in staff.page.evaluate(script)]
    return [*found, *(f"tiny: {one}" for one in staff.page.evaluate(TINY, LEAST_PX))]
