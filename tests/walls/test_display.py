"""The board has no way to a picture: what its process loads, what it may be sent, and what a page of it may show."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from appliance.display import card, view
from appliance.display.guard import HEADERS
from appliance.display.pages import PAGE
from appliance.outfit import Outfit

ROOT = Path(__file__).parents[2]
EYES = (
    "appliance.vision",
    "appliance.runtime",
    "appliance.app",
    "engines",
    "calibration",
    "gi",
    "cv2",
    "onnxruntime",
    "pycuda",
)
"Whatever can open a camera, or knows what a frame is for."
LOADED = """
import sys
import appliance.display.process
print(*sys.modules)
"""


def test_the_process_loads_nothing_that_sees() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "appliance.display.staff" in loaded
    for name in loaded:
        assert not any(name == eye or name.startswith(f"{eye}.") for eye in EYES), name


def test_all_that_vision_can_send_to_the_board_are_words_of_closed_vocabularies() -> None:
    assert {field.name for field in fields(card.Card)} == {
        "rarity", "why", "zone", "at_s", "outfit", "heading", "asked",
    }  # fmt: skip
    assert {field.name for field in fields(Outfit)} == {"upper", "lower", "parts", "pattern"}
    assert card.MOST_BYTES <= 512


def test_the_unit_hides_all_devices_from_the_board() -> None:
    unit = (ROOT / "systemd/booth-display.service").read_text(encoding="utf-8").splitlines()
    assert {"PrivateDevices=yes", "DevicePolicy=closed", "SystemCallErrorNumber=EPERM"} <= set(unit)


@pytest.mark.parametrize("kind", ["default-src 'none'", "connect-src 'self'", "script-src 'self'"])
def test_a_browser_is_told_to_load_no_picture(kind: str) -> None:
    policy = HEADERS["content-security-policy"].split("; ")
    assert kind in policy
    assert not [
        rule for rule in policy if rule.startswith(("img-src", "media-src", "object-src", "frame-src"))
    ]


@pytest.mark.parametrize("file", sorted(PAGE.iterdir()), ids=lambda file: file.name)
def test_the_page_has_nothing_to_show_a_picture_with(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for word in (
        "<img",
        "<video",
        "<image",
        "<iframe",
        "<object",
        "new Image",
        "createObjectURL",
        "data:image",
        "background-image",
    ):
        assert word not in text
    assert view.MOST_BYTES < 64 * 1024
