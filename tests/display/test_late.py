"""What comes late to the board's page, or once more: no dead card lives again, and nobody is alerted twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.display.colleague import Booth, Colleague, booth
from tests.display.field.browser import why_no_browser
from tests.display.running import until
from tests.display.stalling import Way, way_to

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())
CARD_S = 2.0
STALL_S = 3.5
"Longer than anything may be late, shorter than the silence after which the page itself gives a connection up."
WATCH = """() => {
  window.met = 0; window.shakes = 0; window.opened = 0;
  Navigator.prototype.vibrate = () => { window.shakes += 1; return true; };
  new MutationObserver((all) => { window.met += all.reduce((sum, one) => sum + one.addedNodes.length, 0); })
    .observe(document.getElementById('cards'), { childList: true });
  new MutationObserver(() => { window.opened += document.getElementById('capture').className === 'open'; })
    .observe(document.getElementById('capture'), { attributes: true });
}"""
RECKON = """async ([heard]) => {
  let here = 0;
  [performance.now, Date.now] = [() => here, () => 0];
  const [{ now }, { dating }] = await Promise.all([import('/board/time.js'), import('/board/fresh.js')]);
  now();
  const began = now();
  const dated = dating(began);
  return heard.map(([at, second]) => {
    here = 1000 * at;
    const said = dated(second);
    return said === null ? null : Math.round(said - began) / 1000;
  });
}"""


@pytest.fixture
def here(tmp_path: Path, browser: Browser) -> Iterator[Booth]:
    with booth(tmp_path, browser, card_s=CARD_S) as made:
        yield made


@pytest.fixture
def way(here: Booth) -> Iterator[Way]:
    with way_to(here.running.url) as made:
        yield made


def watching(here: Booth, way: Way) -> Colleague:
    staff = here.staff("?lang=en&vibration=1", url=way.url)
    staff.says("#capture-text", "Camera open")
    staff.page.evaluate(WATCH)
    return staff


def test_a_card_that_comes_after_its_time_is_not_shown_and_nobody_is_alerted(here: Booth, way: Way) -> None:
    staff = watching(here, way)
    way.stall()
    here.tell("red")
    time.sleep(STALL_S)
    staff.says("#capture-text", "Camera state not known")
    staff.page.evaluate("window.opened = 0")
    here.vision.die()
    way.go_on()
    staff.says("#headline", "Vision is not running")
    assert staff.page.evaluate("[window.met, window.shakes, window.opened]") == [0, 0, 0]
    here.vision.start()
    here.tell("green")
    staff.page.wait_for_selector(".card")
    assert staff.cards() == ["green"]
    assert staff.page.evaluate("window.shakes") == 1
    assert staff.faults == []


def test_a_card_that_comes_late_goes_when_it_would_have_gone_in_time(
    tmp_path: Path, browser: Browser
) -> None:
    with booth(tmp_path, browser, card_s=6) as here, way_to(here.running.url) as way:
        staff = watching(here, way)
        here.vision.die()
        staff.says("#headline", "Vision is not running")  # from now on there is nothing else to hear
        way.stall()
        here.tell("red")
        time.sleep(1.5)
        way.go_on()
        staff.page.wait_for_selector(".card")
        left = staff.page.evaluate("new DOMMatrix(document.querySelector('.remaining').style.transform).a")
        assert 0 < left <= 0.8, "of its time, and not all of it from when it came"


def test_a_card_that_comes_back_with_the_connection_alerts_nobody_again(
    tmp_path: Path, browser: Browser
) -> None:
    with booth(tmp_path, browser, card_s=20) as here, way_to(here.running.url) as way:
        staff = watching(here, way)
        here.tell("red")
        staff.wait("window.shakes === 1")
        staff.page.evaluate("dispatchEvent(new Event('online'))")  # has the page connect anew
        until(lambda: staff.page.evaluate("window.met") == 2)
        staff.page.wait_for_selector(".card")
        here.tell("green")
        until(lambda: staff.cards() == ["green", "red"])
        assert staff.page.evaluate("window.shakes") == 2


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([(0.1, 50.0), (2.1, 52.0), (4.6, 54.0)], [0.1, 2.1, 4.12]),
        ([(0.1, 50.0), (2.1, 52.0), (6.3, 54.0)], [0.1, 2.1, None]),
        ([(2.1, 50.0)], [None]),
        ([(1.9, 50.0), (2.4, 52.0), (4.4, 54.0)], [1.9, 2.4, 4.4]),
    ],
    ids=["a little late", "too late", "too late from the first", "the quickest counts"],
)
def test_the_page_knows_when_the_booth_has_said_something_by_its_quickest_word(
    here: Booth, heard: list[tuple[float, float]], said: list[float | None]
) -> None:
    """Seconds since the connection was asked for, and of the booth's clock; on the page's clock out."""
    assert here.staff().page.evaluate(RECKON, [heard]) == pytest.approx(said, abs=0.05)


@pytest.mark.parametrize("pace", [0.995, 1.005], ids=["slow", "fast"])
def test_a_page_whose_clock_runs_wrong_hears_the_booth_all_day(here: Booth, pace: float) -> None:
    heard = [(pace * second, 5000.0 + second) for second in range(0, 86_400, 2)]
    assert None not in here.staff().page.evaluate(RECKON, [heard])
