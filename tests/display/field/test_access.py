"""The field page for eyes, ears and hands of all kinds: axe-core finds nothing serious on any step, in either light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from appliance.display.field.device import code_from_display
from tests.display.field.axe import find_axe, grave_findings
from tests.display.field.browser import PHONE, TABLET, device, why_no_browser
from tests.display.field.fake_vision import FakeVision
from tests.display.field.technician import STEPS, Technician
from tests.display.running import Running, display

WHY_NOT = why_no_browser() or (
    "" if find_axe() else "axe-core is not in the cache (make setup-test, with npm)"
)
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def phone(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Technician]:
    folder = tmp_path_factory.mktemp("run")
    with ExitStack() as stack:
        running: Running = stack.enter_context(display(folder))
        stack.enter_context(FakeVision(folder))
        technician = Technician(stack.enter_context(device(browser, **PHONE)), running.url + "field")
        assert grave_findings(technician.page, found_axe()) == []
        technician.enter(str(code_from_display(folder)["digits"]))
        technician.is_in()
        yield technician


def found_axe() -> Path:
    script = find_axe()
    assert script
    return script


@pytest.mark.parametrize("step", STEPS)
def test_no_step_has_a_serious_finding(phone: Technician, step: str) -> None:
    phone.to(step)
    if step == "aim":
        phone.page.wait_for_selector(".hints li")
    if step == "zones":
        phone.page.wait_for_selector(".plan:visible")
        phone.tap("+ looked at")
    if step == "checks":
        phone.checks()
    for _light in ("night", "sun"):
        assert grave_findings(phone.page, found_axe()) == []
        phone.tap("Sunlight")


def test_the_codes_own_page_has_none_either(browser: Browser, tmp_path: Path) -> None:
    with display(tmp_path) as running, device(browser, **TABLET) as context:
        page = context.new_page()
        page.goto(running.url + "code")
        page.click("#show")
        page.wait_for_selector("#shown:not([hidden])")
        assert grave_findings(page, found_axe()) == []
