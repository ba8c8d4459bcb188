"""`make test-board`, the staff board before the real vision: how soon a card is there, how long, and no picture."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from appliance.health.ask import ask_at
from appliance.health.vitals import read_vitals
from tests.display.colleague import Colleague, booth
from tests.display.field.browser import TABLET, device, why_no_browser
from tests.display.running import display, until
from tests.walls.canary import Canary, found_in, make_canary

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())
PATIENCE_S = 120.0
WIDTHS = (160, 320, 640)
"Of a frame that might be on a page 820 pixels wide."
NIL, SURE = 0.1, 0.9
Pixels = NDArray[np.uint8]
SPOT = {"name": "spot", "kind": "spot", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}
AGE = """() => new Promise((done) => {
  const box = document.getElementById('cards');
  const seen = () => {
    const bar = box.querySelector('.remaining');
    if (bar) done(20000 - 1000 * bar.dataset.left);
  };
  new MutationObserver(seen).observe(box, { childList: true });
  seen();
})"""


@contextmanager
def vision(folder: Path, source: Path, **sections: Any) -> Iterator[subprocess.Popen[bytes]]:
    """`booth run vision` on a film that repeats, killed at the end."""
    values: dict[str, Any] = {
        "camera": {"source": str(source), "repeat": True},
        "capture": {"zones": [SPOT]},
        "detector": {"width": 416, "height": 416},
        "folders": {"state": str(folder / "state"), "runtime": str(folder)},
        "engines": {"precision": "fp32"},
        **sections,
    }
    file = folder / "booth.yaml"
    file.write_text(json.dumps(values), encoding="utf-8")
    words = [sys.executable, "-m", "appliance", "run", "vision", "--config", str(file)]
    with subprocess.Popen(words) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory, street_video: Path) -> Canary:
    return make_canary(tmp_path_factory.mktemp("canary"), street_video)


def looks(folder: Path) -> bool:
    return (read_vitals(folder, "vision") or {}).get("state") == "running"


def test_a_real_decision_is_a_card_within_a_second_and_no_picture_gets_to_the_page(
    tmp_path: Path, browser: Browser, canary: Canary, detector_file: Path
) -> None:
    capture = {"zones": [SPOT]}
    with display(tmp_path, capture, tmp_path / "state") as process, device(browser, **TABLET) as context:
        staff = Colleague(context, process.url)
        with vision(tmp_path, canary.video) as child:
            until(lambda: looks(tmp_path), PATIENCE_S)
            staff.says("#capture-text", "Camera open")
            shot, age_ms = card_of_who_asks(tmp_path, staff)
            told = httpx.get(process.url + "state").content
            page = staff.page.content().encode()
            assert json.loads(told)["cards"]
            print(f"from the frame of the decision to the page: {age_ms:.0f} ms")
            assert age_ms < 1000
            closed_ms = 1000 * seconds_to_close(tmp_path, staff)
            print(f"from the key P to a closed camera: {closed_ms:.0f} ms")
            assert closed_ms < 1000
            unknown_s, silent_s = seconds_after_its_death(child, staff)
            print(f"vision killed: camera not known after {unknown_s:.1f} s, said after {silent_s:.1f} s")
        assert staff.faults == []
    for content in (told, page, files_of(tmp_path / "display")):
        assert found_in(canary, content) == ""
    frames = frames_of(canary.video)
    alike = likeness(gray(shot), frames)
    print(f"largest correlation of the page with a frame: {alike:.3f}")
    assert alike < NIL
    # The measure itself: were a frame on the page, however small, it would be found.
    for width in WIDTHS:
        assert likeness(pasted(gray(shot), frames[0], width), frames) > SURE


def test_a_real_exception_is_a_card_within_a_second(
    tmp_path: Path, browser: Browser, street_video: Path, detector_file: Path
) -> None:
    bank = tmp_path / "street.bank"
    subprocess.run(
        [sys.executable, "-m", "appliance", "learn", str(street_video), "--bank", str(bank)], check=True
    )
    often = {"decision": {"wanted_share": 0.5}, "novelty": {"bank": str(bank), "learning": False}}
    with display(tmp_path, None, tmp_path / "state") as process, device(browser, **TABLET) as context:
        staff = Colleague(context, process.url)
        staff.page.evaluate(f"({AGE})().then((age) => {{ window.age = age; }}); undefined")
        with vision(tmp_path, street_video, **often):
            until(lambda: staff.page.evaluate("window.age !== undefined"), PATIENCE_S)
            age_ms, words = staff.page.evaluate("window.age"), staff.cards()
    print(f"from the frame of an exception to the page: {age_ms:.0f} ms; {words}")
    assert age_ms < 1000
    assert staff.faults == []


def test_a_card_is_gone_after_20_seconds(tmp_path: Path, browser: Browser) -> None:
    with booth(tmp_path, browser) as here:
        staff = here.staff()
        began_s = time.monotonic()
        here.tell("red")
        staff.page.wait_for_selector(".card")
        staff.page.wait_for_selector(".card", state="detached", timeout=30_000)
        lived_s = time.monotonic() - began_s
    print(f"a card lived for {lived_s:.2f} s")
    assert lived_s == pytest.approx(20, abs=0.5)


def seconds_to_close(folder: Path, staff: Colleague) -> float:
    """From the press to the vitals that say that the camera is closed."""
    began_s = time.monotonic()
    staff.page.keyboard.press("p")
    while (read_vitals(folder, "vision") or {}).get("state") != "paused":
        time.sleep(0.002)
    spent_s = time.monotonic() - began_s
    staff.says("#capture-text", "Camera closed")
    return spent_s


def seconds_after_its_death(child: subprocess.Popen[bytes], staff: Colleague) -> tuple[float, float]:
    """Until the page claims no open camera, and until it says what is the matter."""
    child.send_signal(signal.SIGKILL)
    child.wait()
    began_s = time.monotonic()
    staff.says("#capture-text", "Camera state not known")
    unknown_s = time.monotonic() - began_s
    staff.wait("document.getElementById('middle').className === 'silent'")
    return unknown_s, time.monotonic() - began_s


def card_of_who_asks(folder: Path, staff: Colleague) -> tuple[bytes, float]:
    """Ask until somebody of the film is on the spot; a picture of the page with the card, its age when it came."""

    def asked() -> bool:
        if not ask_at(folder, time.monotonic()):
            staff.page.evaluate("document.getElementById('ask').click()")
        return bool(staff.page.evaluate("window.age !== undefined"))

    staff.page.evaluate(f"({AGE})().then((age) => {{ window.age = age; }}); undefined")
    until(asked, PATIENCE_S)
    return staff.page.screenshot(), float(staff.page.evaluate("window.age"))


def files_of(folder: Path) -> bytes:
    """Everything that display keeps."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def frames_of(video: Path) -> list[Pixels]:
    """The film in grey."""
    film = cv2.VideoCapture(str(video))
    frames: list[Pixels] = []
    while True:
        read, frame = film.read()
        if not read:
            return frames
        frames.append(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8))


def gray(shot: bytes) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def scaled(frame: Pixels, width: int) -> Pixels:
    height = round(len(frame) * width / frame.shape[1])
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def pasted(page: Pixels, frame: Pixels, width: int) -> Pixels:
    """The page with a frame in a corner."""
    with_it, small = page.copy(), scaled(frame, width)
    with_it[100 : 100 + len(small), 50 : 50 + width] = small
    return with_it


def likeness(page: Pixels, frames: list[Pixels]) -> float:
    """The largest correlation, -1..1, of the edges of any frame with those of any place of the page."""
    edges = cv2.Laplacian(page, cv2.CV_32F)
    found = [
        cv2.matchTemplate(edges, cv2.Laplacian(scaled(frame, width), cv2.CV_32F), cv2.TM_CCOEFF_NORMED).max()
        for frame in frames[::12]
        for width in WIDTHS
    ]
    return float(max(found))
