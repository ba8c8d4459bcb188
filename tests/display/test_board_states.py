"""Every state of the staff board: it says what is the matter and what to do, fits all screens, and reads aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from appliance.config.duties import Language
from appliance.display.words import LANGUAGES, words_in
from appliance.health.notices import tell
from tests.display.board_states import CARDS, DIALOGS, FAR, HEADLINES, VITALS, class_of, enter, leave, show
from tests.display.colleague import OVERFLOWS, SMALL, SPOT, Colleague, booth
from tests.display.field.axe import find_axe, grave_findings
from tests.display.field.browser import PHONE, TABLET, why_no_browser
from tests.display.field.test_languages import SEEN, past_the_tables

AXE = find_axe()
BOTH_LIGHTS = ("quiet", "pressed", "lost", "more", "sign", "one", "asked")
"Between them they show every colour."
pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_each_state_without_a_card_fits_and_reads_aloud(
    stack: ExitStack, tmp_path: Path, browser: Browser
) -> None:
    here = stack.enter_context(booth(tmp_path, browser, SPOT))
    phone = here.staff(**PHONE, reduced_motion="reduce")
    for name in ("quiet", "named", *DIALOGS, *VITALS, *FAR):
        enter(here, name)
        show(phone, name)
        if name in HEADLINES:
            assert phone.text("#headline") == HEADLINES[name]
            assert len(phone.text("#advice")) > 20
        if name == "silent":
            assert phone.text("#capture-text") == "Camera state not known"
        look_at(phone, name)
        leave(phone)
    assert phone.faults == []


@pytest.mark.parametrize("name", [*CARDS, "earlier"])
def test_each_state_with_cards_fits_and_reads_aloud(
    name: str, stack: ExitStack, tmp_path: Path, browser: Browser
) -> None:
    here = stack.enter_context(booth(tmp_path, browser, SPOT, card_s=1.5 if name == "earlier" else 20))
    phone = here.staff(**PHONE, reduced_motion="reduce")
    enter(here, name)
    show(phone, name)
    look_at(phone, name)
    assert phone.faults == []


def look_at(phone: Colleague, name: str) -> None:
    """In all languages, by night and in the sun, on a phone and a tablet."""
    for language in reversed(LANGUAGES):
        phone.page.evaluate(f"document.querySelector('#languages [lang={language}]').click()")
        assert phone.page.evaluate(OVERFLOWS) == [], (name, language)
        assert phone.page.evaluate(SMALL) == [], (name, language)
        if name in HEADLINES:
            assert phone.text("#headline") == words_in(language)[class_of(name)]
    for light in ("sun", "night") if name in BOTH_LIGHTS else ("night",):
        phone.page.evaluate(
            f"document.documentElement.classList.toggle('sun', {str(light == 'sun').lower()})"
        )
        if AXE is not None:
            assert grave_findings(phone.page, AXE) == [], (name, light)
    phone.page.set_viewport_size(TABLET["viewport"])
    phone.wait(f"({OVERFLOWS})().length === 0")  # the letters take their size with the next frame
    phone.page.set_viewport_size(PHONE["viewport"])


@pytest.mark.skipif(AXE is None, reason="axe-core is not in the cache: make setup-test brings it")
def test_what_reads_aloud_is_there() -> None:
    """Else the tests above have looked at less."""


def bracketed(language: Language) -> dict[str, str]:
    """Tables whose every text is its holes between brackets: what stands outside of any has come past them."""
    return {word: f"⟦{' '.join(re.findall(r'{[^}]*}', text))}⟧" for word, text in words_in(language).items()}


def test_no_text_of_the_page_bypasses_the_tables(
    stack: ExitStack, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.display.pages.words_in", bracketed)
    monkeypatch.setattr("appliance.display.pages.sign_text", lambda *_: "⟦⟧\n⟦⟧")
    tell(tmp_path / "state", "provision", "waiting for the certificate of the city")
    here = stack.enter_context(booth(tmp_path, browser, SPOT))
    staff = here.staff(**PHONE)
    calm = [name for name in VITALS if name != "pressed"]
    # What is pressed lasts, and lets no card on the board: at the end.
    for name in (*calm, "more", "script", "sign", "asked", "two", "pressed"):
        enter(here, name)
        show(staff, name)
        past = past_the_tables(staff.page.evaluate(SEEN))
        assert {*past} <= {*"PGNDHSMQF", "puerta", "del", "sol"}, name
        leave(staff)
    staff.says("#notice", "waiting for the certificate")
    assert staff.page.get_attribute("#notice", "lang") == "en"
