"""The distances on the drawing of the ground plane: a street full of lines goes in; each is to be read on a phone."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.display.field.browser import PHONE, device, why_no_browser
from tests.display.field.fake_vision import row
from tests.display.running import display

DISTANCES_M = (4, 6, 8, 12, 16, 24)
STRIPED, CLEAR = (b64encode(bytes([bits]) * (160 // 8 * 90)).decode() for bits in (0b11001100, 0))
"A street that is all lines, and one of which nothing is hidden."
DRAWN = """async ({ grid, striped, clear }) => {
  const { build } = await import('/field/ground.js');
  const { root, state, view } = build({ act: async () => null, go: () => {} });
  document.querySelector('main').append(root);
  const labels = [];
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (words, x, y) {
    const { width, actualBoundingBoxAscent: high } = this.measureText(words);
    const box = [Math.floor(x) - 1, Math.floor(y - high) - 1, Math.ceil(width) + 2, Math.ceil(high) + 2];
    labels.push({ words, box, under: shades(this, box) });
    fillText.call(this, words, x, y);
  };
  const plane = { camera_m: 2.6, tilt_deg: 16, horizon_y: 0.1, reach_m: 20, grid };
  state({ ground: { spots: {}, plane, check_m: null, doubt: null } });
  view({ width: 1280, height: 720, people: [], drawing: { width: 160, height: 90, lines: striped, unseen: clear } });
  const canvas = root.querySelector('canvas');
  const pen = canvas.getContext('2d');
  for (const label of labels) {
    label.size = (parseFloat(pen.font) * canvas.clientWidth) / canvas.width;
    const [x, y, width, high] = label.box;
    label.above = shades(pen, [x, y, width, 1]);
  }
  return labels;

  function shades(pen, box) {
    return new Set(new Uint32Array(pen.getImageData(...box).data.buffer)).size;
  }
}"""
pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())


@pytest.fixture
def labels(tmp_path: Path, browser: Browser) -> list[dict[str, Any]]:
    grid = [
        {"distance_m": far_m, "foot_y": row(far_m, 0), "head_y": row(far_m, 1.7)} for far_m in DISTANCES_M
    ]
    with display(tmp_path) as running, device(browser, **PHONE) as context:
        page = context.new_page()
        page.goto(running.url + "field")
        page.wait_for_selector("#code")
        found: list[dict[str, Any]] = page.evaluate(DRAWN, {"grid": grid, "striped": STRIPED, "clear": CLEAR})
    return found


def test_no_line_of_the_street_or_of_the_plane_crosses_a_distance(labels: list[dict[str, Any]]) -> None:
    assert len(labels) >= 3
    for label in labels:
        assert (label["under"], label["above"]) == (1, 1), label


def test_a_distance_is_to_be_read_on_a_phone(labels: list[dict[str, Any]]) -> None:
    assert [label["words"] for label in labels][:2] == ["4 m", "6 m"]
    for label in labels:
        assert label["size"] >= 11.5, label
