"""The field page in each of its languages, in a real browser: whole, as wide as a phone, and by the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from appliance.config.duties import Language
from appliance.display.field.device import code_from_display
from appliance.display.field.words import LANGUAGES, words_in
from appliance.health.notices import tell
from appliance.site_file import read_site
from tests.display.field.browser import PHONE, TABLET, device, why_no_browser
from tests.display.field.fake_vision import FakeVision, person
from tests.display.field.technician import STEPS, Technician
from tests.display.running import display, until

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())

OVERFLOWS = """() => [document.documentElement, ...document.querySelectorAll('body *')]
  .filter((element) => !(element instanceof SVGElement) && !element.matches('.unseen, canvas, option'))
  .filter((element) => element.offsetParent !== null || element === document.documentElement)
  .filter((element) => getComputedStyle(element).display !== 'inline')
  .filter((element) => element.scrollWidth > element.clientWidth)
  .map((element) => element.outerHTML.slice(0, 120))"""
SEEN = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest('noscript, body [lang]')) texts.push(walker.currentNode.data);
  }
  const spoken = ['aria-label', 'aria-valuetext', 'title', 'alt', 'placeholder'];
  for (const element of document.querySelectorAll('*')) {
    texts.push(...spoken.map((name) => element.getAttribute(name) || ''));
  }
  return texts;
}"""
KNOWN = re.compile(
    r"desk|booth|city|none|new-york|mat|path|door|\d{4}-\d\d-\d\dT[\d:]+Z?|v?\d[\d.a-z+]*|[^\w]+"
)
"What has no language: names of booth and zones, minutes, versions, figures, signs."


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def phone_in(
    stack: ExitStack, browser: Browser, folder: Path, query: str, **keys: Any
) -> tuple[Technician, FakeVision]:
    """A phone that is in, before a vision that learns and an uplink that is offline."""
    running = stack.enter_context(display(folder, **keys))
    vision = stack.enter_context(FakeVision(folder))
    vision.uplink = {"state": "offline", "reason": "", "outbox_rows": 3, "refused": 2, "certificate": "none"}
    phone = Technician(stack.enter_context(device(browser, **PHONE)), f"{running.url}field{query}")
    phone.page.wait_for_selector("#code")
    return phone, vision


def enter(phone: Technician, folder: Path) -> None:
    phone.enter(str(code_from_display(folder)["digits"]))
    phone.is_in()


def measure_ground(phone: Technician, vision: FakeVision) -> None:
    for at, (spot, distance_m) in enumerate((("near", 4.2), ("far", 10.0)), start=1):
        vision.people = [person(0.5, distance_m, 1.7)]
        before = phone.page.inner_text(f".hints li:nth-child({at})")
        phone.page.wait_for_timeout(2200)  # what the page takes for a box is the last two seconds
        phone.page.tap(f"#capture-{spot}")
        line = phone.page.locator(f".hints li:nth-child({at})")
        until(partial(has_changed, line, before))


def has_changed(line: Locator, before: str) -> bool:
    return line.inner_text() != before


def settle(phone: Technician, step: str) -> None:
    """Waits for what a step shows at last."""
    ready = {
        "aim": ".hints li",
        "focus": ".number:visible",
        "zones": ".plan:visible",
        "checks": "[data-check]",
    }
    if step in ready:
        phone.page.wait_for_selector(ready[step])
    if step == "sign":
        phone.page.wait_for_selector(".summary dd")
        phone.page.wait_for_selector(".why:not([hidden])")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_overflows_a_phone(
    stack: ExitStack, browser: Browser, tmp_path: Path, language: Language
) -> None:
    phone, vision = phone_in(stack, browser, tmp_path, f"?lang={language}")
    vision.hidden = 0.2
    assert phone.page.evaluate(OVERFLOWS) == []
    enter(phone, tmp_path)
    for step in STEPS:
        phone.to(step)
        settle(phone, step)
        if step == "zones":
            phone.page.tap(".adders .scored")
            phone.page.tap(".adders .opt-out")
        assert phone.page.evaluate("document.documentElement.lang") == language
        phone.says("h2", f"{STEPS.index(step) + 1} / 7 {words_in(language)[step]}")
        assert phone.page.evaluate(OVERFLOWS) == [], step
    assert phone.faults == []


def test_a_booth_is_commissioned_in_swedish(stack: ExitStack, browser: Browser, tmp_path: Path) -> None:
    phone, vision = phone_in(stack, browser, tmp_path, "", language="sv")
    phone.says("h2", "Skriv koden")
    phone.enter("00000000")
    phone.says("#told", "Det är inte koden")
    enter(phone, tmp_path)
    phone.says(".hints li", "Riktningen är bra")
    phone.says("#standing-text", "Bildtolkningen ser och lär sig")
    phone.next()
    vision.focus = 0.97
    phone.says(".told", "Skarpt")
    phone.next()
    phone.tap("+ iakttas")
    phone.draw([(0.3, 0.6), (0.8, 0.9), (0.7, 0.6), (0.2, 0.9)])
    phone.tap("Spara")
    phone.says(".told", "Zonen mat korsar sig själv")
    phone.draw([(0.3, 0.6), (0.7, 0.6), (0.8, 0.9), (0.2, 0.9)])
    phone.tap("Spara")
    phone.says(".told", "Sparat i båset")
    phone.next()
    measure_ground(phone, vision)
    phone.says(".result", "Kameran 2,")
    phone.next()
    phone.says(".number", "43 av 66 passager")
    phone.next()
    phone.page.wait_for_selector("[data-check]")
    assert "servern avvisar 2 meddelanden" in phone.page.inner_text("[data-check=outbox]")
    assert "säg till stadens team" in phone.page.inner_text("[data-check=outbox]")
    phone.next()
    phone.page.wait_for_selector(".why:not([hidden])")
    phone.page.select_option("#reason", label="Det lär sig fortfarande; inget annat återstår")
    phone.tap("Lämna över")
    phone.says(".signed", "Överlämnat 20")
    signed = read_site(tmp_path).signed_off
    assert signed
    assert signed.reason == "still-learning"
    assert phone.faults == []


def test_the_language_is_switched_where_one_stands_and_nothing_drawn_is_lost(
    stack: ExitStack, browser: Browser, tmp_path: Path
) -> None:
    phone, _ = phone_in(stack, browser, tmp_path, "")
    phone.page.get_by_role("link", name="Español").tap()
    phone.says("h2", "Introduzca el código")
    enter(phone, tmp_path)
    phone.to("zones")
    settle(phone, "zones")
    phone.tap("+ observada")
    phone.page.get_by_role("link", name="Français").tap()
    phone.says(".told", "Pas encore enregistré")
    phone.wait("document.querySelectorAll('.chip').length === 1")
    assert phone.page.url.endswith("/field?lang=fr#zones")
    assert phone.page.title() == "Page de terrain"
    assert phone.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 1, ""]
    phone.page.reload()
    phone.is_in()
    assert phone.page.evaluate("document.documentElement.lang") == "fr"
    phone.says("h2", "3 / 7 Zones")
    assert phone.page.get_attribute("#languages [aria-current]", "hreflang") == "fr"
    assert phone.faults == []


def test_an_address_that_asks_for_no_language_of_ours_gets_the_booths(
    stack: ExitStack, browser: Browser, tmp_path: Path
) -> None:
    phone, _ = phone_in(stack, browser, tmp_path, "?lang=%3Cscript%3E", language="es")
    assert phone.page.evaluate("document.documentElement.lang") == "es"
    phone.says("h2", "Introduzca el código")


def test_the_codes_page_speaks_the_boards_language(
    stack: ExitStack, browser: Browser, tmp_path: Path
) -> None:
    running = stack.enter_context(display(tmp_path, language="sv"))
    screen = stack.enter_context(device(browser, **TABLET)).new_page()
    screen.goto(running.url)
    screen.wait_for_selector("html[lang=sv]")
    assert screen.is_hidden("#service")
    screen.keyboard.press("f")
    screen.wait_for_url("**/code?lang=sv")
    screen.click("#show")
    screen.wait_for_selector("#shown:not([hidden])")
    assert screen.inner_text("#told") == "Skanna adressen och skriv sedan koden."
    digits = screen.inner_text("#digits")
    screen.get_by_role("link", name="English").click()
    assert screen.inner_text("#told") == "Scan the address, then type the code."
    assert screen.inner_text("#digits") == digits
    assert screen.evaluate(OVERFLOWS) == []


def test_the_board_tells_how_a_phone_gets_to_the_page_where_the_lan_has_it(
    stack: ExitStack, browser: Browser, tmp_path: Path
) -> None:
    # The address need not be there: it may come with a cable.
    running = stack.enter_context(display(tmp_path, language="fr", lan="192.168.77.1"))
    screen = stack.enter_context(device(browser, **TABLET)).new_page()
    screen.goto(running.url)
    screen.get_by_role("link", name="Technique : F ouvre la page de terrain").tap()
    screen.wait_for_url("**/code?lang=fr")
    screen.click("#show")
    screen.wait_for_selector("#shown:not([hidden])")
    assert screen.inner_text("#url").startswith("http://192.168.77.1:")


def marked(language: Language) -> dict[str, str]:
    """Tables whose every text is its holes between brackets: what stands outside of any has come past them."""
    return {word: f"⟦{' '.join(re.findall(r'{[^}]*}', text))}⟧" for word, text in words_in(language).items()}


def past_the_tables(texts: list[str]) -> list[str]:
    """What is left of the texts without the bracketed."""
    left = []
    for text in texts:
        while "⟦" in text and "⟧" in text:
            text = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)  # noqa: PLW2901
        left += [part for part in text.split() if not KNOWN.fullmatch(part)]
    return left


def test_no_text_of_the_page_bypasses_the_tables(
    stack: ExitStack, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.display.field.field.words_in", marked)
    tell(tmp_path, "update", "rolled back from 1.3: no frames")
    phone, vision = phone_in(stack, browser, tmp_path, "")
    assert past_the_tables(phone.page.evaluate(SEEN)) == []
    phone.enter("00000000")
    until(phone.told)
    assert past_the_tables(phone.page.evaluate(SEEN)) == []
    enter(phone, tmp_path)
    for step in STEPS:
        phone.to(step)
        settle(phone, step)
        if step == "zones":
            phone.page.tap(".adders .scored")
            phone.page.tap("#save")
        if step == "ground":
            phone.page.fill("#height", "10")
            phone.page.tap("#capture-near")
            until(phone.told)
            phone.page.fill("#height", "170")
            measure_ground(phone, vision)
        if step == "sign":
            phone.page.select_option("#reason", "trial-only")
            phone.page.tap("#sign-off")
            phone.page.wait_for_selector(".signed:not([hidden])")
        assert past_the_tables(phone.page.evaluate(SEEN)) == [], step
    quoted = phone.page.locator("[lang=en]:not(html):not(#languages *)")
    phone.to("checks")
    phone.page.wait_for_selector("[data-check=update] .detail")
    assert quoted.all_inner_texts() == ["⟦rolled back from 1.3: no frames⟧", "⟦fake⟧"]
    assert phone.faults == []
