"""The field page on the real vision, which looks at the sample street: it is drawn on, and kept as drawn."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser

from appliance.display.field.device import code_from_display
from appliance.health.vitals import read_vitals
from appliance.site_file import FILE
from tests.display.field.browser import PHONE, device, why_no_browser
from tests.display.field.technician import Technician
from tests.display.running import display, until

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())
PATIENCE_S = 120.0
"The networks are loaded on a busy machine."
SCORED = [(0.1, 0.4), (0.9, 0.4), (0.95, 0.95), (0.05, 0.95)]
PATH = [(0.02, 0.3), (0.2, 0.3), (0.2, 0.38), (0.02, 0.38)]
DOOR = [(0.8, 0.25), (0.95, 0.25), (0.95, 0.38), (0.8, 0.38)]


@contextmanager
def vision(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`booth run vision`, told to stop at the end."""
    words = [sys.executable, "-m", "appliance", "run", "vision", "--config", str(config)]
    with subprocess.Popen(words) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(PATIENCE_S)


def running(folder: Path) -> dict[str, Any]:
    """Vision's vitals once it looks."""

    def looks() -> dict[str, Any] | None:
        vitals = read_vitals(folder, "vision")
        return vitals if vitals and vitals.get("state") == "running" else None

    found: dict[str, Any] = until(looks, PATIENCE_S)
    return found


def config_in(folder: Path, street: Path) -> Path:
    values = {
        "camera": {"source": str(street), "repeat": True},
        "detector": {"width": 416, "height": 416},
        "folders": {"state": str(folder), "runtime": str(folder)},
        "engines": {"precision": "fp32"},
    }
    file = folder / "booth.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return file


def test_a_booth_that_really_looks_is_commissioned_from_a_phone(
    tmp_path: Path, browser: Browser, street_video: Path, detector_file: Path
) -> None:
    config = config_in(tmp_path, street_video)
    with display(tmp_path) as process, device(browser, **PHONE) as context:
        phone = Technician(context, process.url + "field")
        phone.enter(str(code_from_display(tmp_path)["digits"]))
        phone.is_in()
        phone.says("#standing-text", "Vision is not running")
        with vision(config):
            running(tmp_path)
            phone.page.wait_for_selector(".street:visible")
            phone.says("#standing-text", "Vision is looking")
            until(lambda: people_and_lines(phone)[0] > 0, PATIENCE_S)
            phone.next()
            until(lambda: phone.page.inner_text(".number").endswith("%"), PATIENCE_S)
            phone.next()
            for kind, corners in (("looked at", SCORED), ("left alone", PATH), ("door", DOOR)):
                phone.tap(f"+ {kind}")
                phone.draw(corners)
            phone.tap("Save")
            phone.page.wait_for_selector(".told.good")
            until(lambda: people_and_lines(phone)[1] > 50, PATIENCE_S)
        phone.says("#standing-text", "Vision is not running")
        with vision(config):
            running(tmp_path)
            phone.says("#standing-text", "Vision is looking")
            assert phone.page.locator(".chip").count() == 3
            phone.to("checks")
            found = phone.checks()
            assert (found["vision"], found["camera"], found["zones"]) == ("ok", "ok", "ok")
            assert found["broker"] == "failed"
            phone.to("sign")
            phone.page.wait_for_selector(".why:not([hidden])")
            phone.page.select_option("#reason", "trial-only")
            phone.page.tap("#sign-off")
            phone.page.wait_for_selector(".signed:not([hidden])")
        site = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
        assert [(zone["name"], zone["kind"]) for zone in site["zones"]] == [
            ("mat", "scored"), ("path", "opt-out"), ("door", "door"),
        ]  # fmt: skip
        for zone, corners in zip(site["zones"], (SCORED, PATH, DOOR), strict=True):
            for drawn, wanted in zip(zone["polygon"], corners, strict=True):
                assert drawn == pytest.approx(wanted, abs=0.006)
        assert site["signed_off"]["reason"] == "trial-only"
        assert phone.faults == []


def people_and_lines(phone: Technician) -> tuple[int, int]:
    """How many people are in the view now, and how many pixels of the street are drawn."""
    view = phone.page.evaluate("""async () => {
      const headers = { authorization: "Bearer " + sessionStorage.getItem("booth-field-token") };
      return (await fetch("/field/api/view", { headers })).json();
    }""")
    if view is None:
        return 0, 0
    lines = base64.b64decode(view["drawing"]["lines"])
    return len(view["people"]), sum(byte.bit_count() for byte in lines)
