"""The pages beside the board on the booth's own screen: the camera's state, the pause and a way back, on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from appliance.health.pause import owners_of
from tests.display.colleague import OVERFLOWS, WIDE, Booth, Colleague, booth
from tests.display.field.axe import find_axe, grave_findings
from tests.display.field.browser import TABLET, device, why_no_browser
from tests.display.running import display, until

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())
PAGES = {"phone": "q", "code": "f"}
LATER = "(s) => { const real = Date.now; Date.now = () => real() + 1000 * s; }"
CHOSEN = "lang=sv&sound=1&vibration=1&sun=1"


@pytest.fixture
def here(tmp_path: Path, browser: Browser) -> Iterator[Booth]:
    with booth(tmp_path, browser) as made:
        yield made


@pytest.mark.parametrize("page", PAGES)
def test_the_camera_is_seen_and_closed_there_too(here: Booth, page: str) -> None:
    staff = here.staff()
    staff.page.goto(f"{here.running.url}{page}")
    staff.says("#capture-text", "Camera open")
    staff.page.keyboard.press("p")
    until(lambda: owners_of(here.running.state, here.running.runtime) == ["passer-by"])
    here.vision.vitals = {"state": "paused", "reason": "paused by passer-by", "camera": "paused"}
    staff.says("#capture-text", "Camera closed")
    here.vision.die()
    staff.says("#capture-text", "Camera state not known")
    assert staff.faults == []


@pytest.mark.parametrize("page", PAGES)
def test_a_camera_that_cannot_be_closed_is_said_loudly_there(here: Booth, page: str) -> None:
    for folder in (here.running.state, here.running.runtime):
        (folder / "display" / "pause.json.held").mkdir(parents=True)
    staff = here.staff()
    staff.page.goto(f"{here.running.url}{page}")
    staff.says("#capture-text", "Camera open")
    staff.page.keyboard.press("p")
    staff.says("#pressed", "The camera could not be closed: cover the lens")


@pytest.mark.parametrize("page", PAGES)
def test_the_board_comes_back_after_two_minutes_and_no_way_leads_forward_to_the_code(
    here: Booth, page: str
) -> None:
    staff = here.staff(f"?{CHOSEN}")
    staff.page.keyboard.press(PAGES[page])
    staff.page.wait_for_url(f"**/{page}?*")
    staff.says("#capture-text", "Kameran öppen")
    staff.page.evaluate(LATER, 110)
    staff.page.mouse.click(5, 5)
    staff.page.evaluate(LATER, 110)
    staff.page.wait_for_timeout(600)
    assert f"/{page}" in staff.page.url, "somebody is there"
    staff.page.evaluate(LATER, 20)
    staff.page.wait_for_url(f"{here.running.url}?*")
    staff.says("#capture-text", "Kameran öppen")
    staff.page.go_forward()
    assert f"/{page}" not in staff.page.url


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("way", ["link", "Escape"])
def test_what_a_device_has_chosen_is_kept_on_the_way_there_and_back(here: Booth, page: str, way: str) -> None:
    staff = here.staff(f"?{CHOSEN}")
    staff.page.keyboard.press(PAGES[page])
    staff.page.wait_for_url(f"**/{page}?{CHOSEN}")
    staff.says("#capture-text", "Kameran öppen")
    if way == "link":
        staff.page.tap("#back")
    else:
        staff.page.keyboard.press("Escape")
    staff.page.wait_for_url(f"{here.running.url}?{CHOSEN}")


def test_without_single_keys_there_are_none_on_the_way_either(here: Booth) -> None:
    staff = here.staff("?keys=0")
    staff.page.keyboard.press("?")
    staff.page.tap("#more-close")
    staff.page.goto(f"{here.running.url}phone?keys=0")
    staff.says("#capture-text", "Camera open")
    staff.page.keyboard.press("p")
    staff.page.wait_for_timeout(300)
    assert owners_of(here.running.state, here.running.runtime) == []


def test_another_language_of_the_code_keeps_the_other_choices(here: Booth) -> None:
    staff = here.staff()
    staff.page.goto(f"{here.running.url}code?{CHOSEN}")
    staff.page.get_by_role("link", name="Español").tap()
    staff.page.wait_for_url(f"**/code?{CHOSEN.replace('sv', 'es')}")
    staff.says("#capture-text", "Cámara abierta")


def test_a_code_goes_from_the_screen_even_where_the_board_does_not_answer(
    tmp_path: Path, browser: Browser
) -> None:
    with device(browser, **WIDE) as context:
        with display(tmp_path, lan="192.168.77.1") as running:
            staff = Colleague(context, f"{running.url}phone")
            staff.page.wait_for_selector("#shown")
            script = find_axe()
            assert script is None or grave_findings(staff.page, script) == []
            for kind in (TABLET, WIDE):
                staff.page.set_viewport_size(kind["viewport"])
                assert staff.page.evaluate(OVERFLOWS) == []
        staff.page.evaluate(LATER, 130)
        staff.page.wait_for_selector("#shown", state="hidden")
        assert staff.page.url.endswith("/phone")
        assert staff.text("#capture-text") == "Camera state not known"
