"""The staff board in a real browser: cards, acts and states, as people meet them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from appliance.config import Settings
from appliance.display.words import LANGUAGES, sign_text, words_in
from appliance.health.ask import ask_at
from appliance.health.pause import owners_of
from appliance.health.vitals import read_vitals, write_vitals
from tests.display.colleague import OVERFLOWS, PURPLE, SMALL, SPOT, WATCHING, WIDE, Booth, Colleague
from tests.display.colleague import booth as a_booth
from tests.display.field.browser import PHONE, TABLET, device, why_no_browser
from tests.display.running import display, until

pytestmark = pytest.mark.skipif(bool(why_no_browser()), reason=why_no_browser())

Made = Callable[..., Booth]
SEEN = """() => new Promise((done) => {
  const box = document.getElementById('cards');
  const seen = (_, self) => { if (box.children.length) { self.disconnect(); done(Date.now()); } };
  new MutationObserver(seen).observe(box, { childList: true });
})"""


@pytest.fixture
def make(tmp_path: Path, browser: Browser) -> Iterator[Made]:
    with ExitStack() as stack:

        def made(capture: Any = None, **keys: Any) -> Booth:
            opened: AbstractContextManager[Booth] = a_booth(tmp_path, browser, capture, **keys)
            return stack.enter_context(opened)

        yield made


def test_a_card_is_on_the_page_within_a_second_of_its_datagram(make: Made) -> None:
    booth = make(card_s=1)
    staff = booth.staff()
    spent_ms = []
    for _ in range(2):
        staff.wait("!document.querySelector('.card')")
        staff.page.evaluate(f"window.seen = ({SEEN})(); undefined")
        began = time.time()
        booth.tell("red")
        spent_ms.append(staff.page.evaluate("window.seen") - 1000 * began)
    assert max(spent_ms) < 1000, spent_ms
    print(f"datagram to page: {min(spent_ms):.0f} to {max(spent_ms):.0f} ms")


def test_a_card_shows_whom_to_look_for(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    booth.tell("red", "striped", "upper", zone="puerta-del-sol")
    staff.page.wait_for_selector(".card")
    assert staff.cards() == ["red striped upper body"]
    assert staff.text(".way b") == "Walking left" or staff.text(".way b") == "walking left"
    assert staff.text(".way b + span") == "puerta del sol"
    assert staff.text(".odds") == "1 in 80 today\nknown from 320 passages"
    assert "red, red, blue, black, striped" in str(staff.page.get_attribute(".doll", "aria-label"))
    clothes = staff.page.locator(".doll g[clip-path] > path:first-child")
    assert [path.get_attribute("class") for path in clothes.all()] == ["red", "red", "blue", "black"]
    assert staff.page.locator(".doll .striped").count() == 2
    assert staff.page.locator(".doll .bracket").count() == 2
    staff.says(
        "#announced", "New card: red, striped, upper body, walking left, puerta del sol, 1 in 80 today"
    )
    size_px = staff.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.words')).fontSize)")
    assert size_px >= 60  # 7 mm of x-height on a tablet of ten inches: read at 2 m
    assert staff.faults == []


def test_a_zone_that_the_booth_named_is_said_in_the_language_and_one_of_the_citys_as_it_is(
    make: Made,
) -> None:
    booth = make()
    staff = booth.staff("?lang=sv")
    for zone, said in (("pavement", "trottoaren"), ("mat-2", "mattan 2"), ("mat-hall", "mat hall")):
        booth.tell("red", zone=zone)
        staff.says(".way b + span", said)


def test_no_more_than_two_cards_and_the_newest_first(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    for word in ("red", "green", "blue"):
        booth.tell(word)
    until(lambda: staff.cards() == ["blue", "green"])
    assert staff.page.locator("#middle").is_hidden()


def test_a_card_that_stays_is_not_made_anew_when_another_comes(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    booth.tell("red")
    staff.page.focus(".card .greeted")
    staff.page.evaluate("document.querySelector('.card').dataset.mine = '1'")
    booth.tell("green")
    until(lambda: staff.cards() == ["green", "red"])
    assert staff.page.evaluate("document.activeElement.closest('.card').dataset.mine") == "1"
    assert staff.page.get_attribute("#cards", "aria-live") is None


def test_cards_go_by_the_pages_own_clock_when_the_booth_falls_silent(make: Made) -> None:
    booth = make(card_s=2)
    staff = booth.staff()
    booth.tell("red")
    staff.page.wait_for_selector(".card")
    staff.page.route("**/*", lambda route: route.abort())
    staff.context.set_offline(True)
    staff.page.wait_for_selector(".card", state="detached")
    assert staff.page.locator("#cards").inner_text() == ""


def test_a_card_does_not_outlive_its_time_while_a_phone_sleeps(
    make: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.display.api.REPEAT_S", 60.0)
    booth = make()
    staff = booth.staff()
    booth.tell("red")
    staff.page.wait_for_selector(".card")
    booth.vision.die()
    staff.says("#standing", "Vision is not running")  # from now on the booth is still, as for who sleeps
    # A browser's monotonic clock may stand still meanwhile; the wall clock does not.
    staff.page.evaluate("() => { const real = Date.now; Date.now = () => real() + 19900; }")
    staff.page.wait_for_selector(".card", state="detached", timeout=3000)
    booth.tell("green")
    staff.page.wait_for_selector(".card")
    staff.page.evaluate(
        "() => { window.before = document.querySelector('.remaining').style.transform; Date.now = () => 0; }"
    )
    staff.wait(
        "document.querySelector('.remaining').style.transform !== window.before"
    )  # set back, it goes on


def test_what_became_of_a_card_raises_a_counter_once(make: Made) -> None:
    booth = make(card_s=3)
    staff = booth.staff()
    booth.tell("red")
    staff.page.tap(".card .greeted")
    staff.says(".card .verdicts", "Thank you")
    staff.says("#told", "Thank you")
    staff.page.keyboard.press("d")  # no card waits for a word any more
    staff.page.wait_for_selector(".card", state="detached")
    assert staff.page.locator("#earlier").is_hidden()
    booth.tell("green")
    staff.page.wait_for_selector(".card")
    staff.page.wait_for_selector(".card", state="detached")
    staff.says("#earlier", "How did it go with the last card?")
    assert "green" not in staff.page.content().lower().replace('"greeted', "")
    staff.page.tap("#earlier .not-found")
    staff.page.wait_for_selector("#earlier", state="hidden")
    until(lambda: counters(booth) == (1, 1, 0))
    assert staff.faults == []


def test_a_key_that_is_pressed_twice_counts_for_no_other_card(make: Made) -> None:
    booth = make(card_s=3)
    staff = booth.staff()
    booth.tell("red")
    staff.page.wait_for_selector("#earlier")
    booth.tell("green")
    staff.page.wait_for_selector(".card")
    staff.page.keyboard.press("g")
    staff.says(".card .verdicts", "Thank you")
    staff.page.keyboard.press("g")
    staff.page.wait_for_selector(".card", state="detached")
    until(lambda: counters(booth)[0] == 1)
    staff.page.keyboard.press("n")  # now the last card is meant
    until(lambda: counters(booth) == (1, 1, 0))


def test_who_says_what_is_known_already_is_not_thanked_for_it(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    booth.tell("red")
    staff.page.wait_for_selector(".card")
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"counted": False})

    staff.page.route("**/act/verdict", answer)
    for _ in range(50):  # a page whose line was slow for a moment has no card to speak of
        staff.page.keyboard.press("g")
        staff.page.wait_for_timeout(200)
        if asked:
            break
    staff.page.wait_for_timeout(200)
    assert asked
    assert staff.text("#told") == ""


def counters(booth: Booth) -> tuple[int, int, int]:
    vitals = read_vitals(booth.running.runtime, "display") or {}
    return vitals.get("greeted", -1), vitals.get("not_found", -1), vitals.get("disagree", -1)


def test_a_press_closes_the_camera_and_the_page_counts_down(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    staff.says("#capture-text", "Camera open")
    staff.page.keyboard.press("p")
    until(lambda: owners_of(booth.running.state, booth.running.runtime) == ["passer-by"])
    booth.vision.vitals = {"state": "paused", "reason": "paused by passer-by", "camera": "paused"}
    staff.says("#capture-text", "Camera closed")
    staff.says("#headline", "Paused")
    staff.says("#advice", "A passer-by asked for it.")
    staff.says("#countdown", "opens in 14:")
    staff.says("#pause", "Another 15 min")
    phone = booth.staff(**PHONE)  # whoever else looks sees it, too
    phone.says("#countdown", "opens in 14:")
    booth.vision.vitals |= {"reason": "paused by operator, passer-by"}
    staff.says("#advice", "The city team has closed the camera")
    assert staff.page.locator("#countdown").is_hidden(), "it opens when the operator has it opened"
    assert staff.faults == phone.faults == []


def test_a_disk_and_a_memory_that_take_nothing_are_said_loudly(make: Made) -> None:
    booth = make()
    staff = booth.staff()
    for folder in (booth.running.state, booth.running.runtime):
        (folder / "display" / "pause.json.held").mkdir(parents=True)
    staff.page.tap("#pause")
    staff.says("#told", "The camera could not be closed: cover the lens")


def test_who_asks_is_told_how_it_stands(make: Made) -> None:
    booth = make(SPOT)
    staff = booth.staff()
    staff.page.wait_for_selector("#ask")
    staff.page.keyboard.press("s")
    until(lambda: ask_at(booth.running.runtime, time.monotonic()))
    staff.says("#ask", "Score me: 0:")
    staff.says("#answer", "Looking: stay where you are.")
    number = ask_at(booth.running.runtime, time.monotonic())
    assert number
    booth.vision.vitals |= {"ask": number.number, "answer": "told"}
    booth.tell(rarity=None, zone="spot", heading="still", asked=True)
    staff.says("#answer", "Here is your card.")
    staff.page.wait_for_selector(".card.asked")
    assert staff.cards() == ["asked for"]
    assert staff.text(".odds") == "nobody knows yet how rare"
    assert staff.page.locator(".verdicts").count() == 0
    assert staff.faults == []


def test_who_asks_in_what_many_wear_is_told_so_in_words(make: Made) -> None:
    booth = make(SPOT)
    staff = booth.staff()
    for rarity, said in ((0.0, "as many wear here"), (0.3, "as many wear here"), (0.5, "1 in 2 today")):
        booth.tell(rarity=rarity, zone="spot", asked=True)
        staff.says(".odds", said)


def test_where_no_spot_is_drawn_nobody_is_offered_to_ask(make: Made) -> None:
    staff = make().staff()
    assert staff.page.locator("#ask").is_hidden()
    staff.page.keyboard.press("s")
    assert staff.text("#told") == ""


def test_a_booth_that_nobody_armed_is_armed_on_its_own_screen(make: Made) -> None:
    booth = make()
    booth.vision.vitals = {"state": "paused", "reason": "dead-man: nobody armed the booth for 24 h; ..."}
    staff = booth.staff()
    staff.says("#headline", "Closed until somebody arms it")
    staff.page.tap("#arm")
    staff.says("#told", "The booth is armed")
    assert json.loads((booth.running.state / "display/armed.json").read_text())["schema"] == "armed/1"


def test_the_camera_is_known_to_be_open_for_two_seconds_and_no_longer(make: Made, tmp_path: Path) -> None:
    booth = make()
    staff = booth.staff()
    staff.says("#capture-text", "Camera open")
    booth.vision.die()
    write_vitals(tmp_path, "vision", WATCHING)  # as SIGKILL leaves it
    staff.says("#capture-text", "Camera state not known")
    assert staff.page.locator("#headline").inner_text() == "Nobody stands out right now"
    began_s = time.monotonic()
    staff.says("#headline", "Vision is not running")
    assert time.monotonic() - began_s < 6
    staff.says("#advice", "Wait a minute: it is started again by itself.")
    booth.vision.start()
    staff.says("#capture-text", "Camera open")


def test_a_display_that_was_killed_leaves_nothing_claimed_and_the_page_comes_back(
    tmp_path: Path, browser: Browser
) -> None:
    with ExitStack() as stack:
        with display(tmp_path) as running:
            write_vitals(tmp_path, "vision", WATCHING)
            port = int(running.url.rstrip("/").rpartition(":")[2])
            context = stack.enter_context(device(browser, **TABLET))
            staff = Colleague(context, running.url)
            staff.says("#capture-text", "Camera open")
        staff.says("#headline", "No connection to the booth")
        staff.says("#advice", "The board starts again by itself")
        assert staff.text("#capture-text") == "Camera state not known"
        with display(tmp_path, port=port):
            staff.says("#headline", "Vision is not running")
    assert staff.faults == []


def test_the_language_is_switched_where_one_stands_and_the_card_stays(make: Made) -> None:
    booth = make(language="sv")
    staff = booth.staff()
    booth.tell("red", "upper", outfit=PURPLE, heading="towards")
    until(lambda: staff.cards() == ["rött upptill"])
    for name, said in (
        ("Español", "rojo arriba"),
        ("Français", "rouge en haut"),
        ("English", "red upper body"),
    ):
        staff.page.get_by_role("link", name=name).tap()
        until(lambda said=said: staff.cards() == [said])  # type: ignore[misc]
    assert staff.page.url.endswith("?lang=en")
    assert staff.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    staff.page.reload()
    until(lambda: staff.cards() == ["red upper body"])


def test_sound_and_vibration_are_off_until_they_are_wanted(make: Made) -> None:
    booth = make(card_s=1)
    staff = booth.staff()
    staff.page.evaluate("""() => {
      window.told = { notes: 0, shakes: 0 };
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (at) { window.told.notes += 1; return start.call(this, at); };
      Navigator.prototype.vibrate = () => { window.told.shakes += 1; return true; };
    }""")
    booth.tell("red")
    staff.page.wait_for_selector(".card")
    assert staff.page.evaluate("window.told") == {"notes": 0, "shakes": 0}
    staff.page.keyboard.press("?")
    staff.page.tap("#choice-sound")
    staff.page.tap("#choice-vibration")
    assert staff.page.evaluate("window.told") == {"notes": 2, "shakes": 1}
    assert staff.page.get_attribute("#choice-sound", "aria-checked") == "true"
    staff.page.wait_for_selector(".card", state="detached")
    booth.tell("green")
    staff.wait("window.told.notes === 4 && window.told.shakes === 2")
    assert staff.page.evaluate("location.search") == "?sound=1&vibration=1"


def test_everything_can_be_done_by_keys(make: Made) -> None:
    booth = make(SPOT)
    staff = booth.staff()
    booth.tell("red", "upper")
    staff.page.wait_for_selector(".card")
    reached = []
    for _ in range(12):
        staff.page.keyboard.press("Tab")
        reached.append(staff.page.evaluate("document.activeElement.id || document.activeElement.className"))
        ring = staff.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid" or reached[-1] in ("", "main")
    wanted = ("more", "plain greeted", "plain not-found", "plain disagree", "pause", "ask", "script")
    assert [name for name in reached if name in wanted][: len(wanted)] == [*wanted]
    staff.page.keyboard.press("h")
    assert staff.page.evaluate("document.activeElement.id") == "script-text"
    staff.page.keyboard.press("Escape")
    assert staff.page.locator("#script-box").is_hidden()
    staff.page.keyboard.press("?")
    assert staff.page.locator("#more-box dt").count() == 10
    staff.page.focus("#choice-keys")
    staff.page.keyboard.press("Space")
    staff.page.keyboard.press("Escape")
    staff.page.keyboard.press("g")
    staff.page.keyboard.press("p")
    assert staff.text("#told") == ""
    staff.page.keyboard.press("?")
    staff.page.focus("#choice-keys")
    staff.page.keyboard.press("Space")
    staff.page.keyboard.press("Escape")
    staff.page.keyboard.press("n")
    staff.says(".card .verdicts", "Thank you")
    staff.page.keyboard.press("q")
    staff.page.wait_for_url("**/phone?lang=en")
    staff.says("#told", "The board has no address on the booth's own network.")
    assert staff.faults == []


def test_what_to_say_is_there_in_four_languages_and_the_sign_behind_it(make: Made) -> None:
    staff = make().staff(**PHONE)
    staff.page.tap("#script")
    staff.says("#script-text", "Hello!")
    for name, hello in (("Français", "Bonjour"), ("Svenska", "Hej"), ("Español", "¡Hola!")):
        staff.page.get_by_role("button", name=name).tap()
        staff.says("#script-text", hello)
        staff.page.tap("#script-sign")
        assert staff.text("#script-text").split("\n\n") == sign_lines(name)
        staff.page.tap("#script-sign")
    staff.page.tap("#script-close")
    assert staff.page.evaluate("document.activeElement.id") == "script"


def sign_lines(name: str) -> list[str]:
    language = next(language for language in LANGUAGES if words_in(language)["name"] == name)
    return sign_text(language, Settings()).splitlines()


def test_nothing_moves_for_who_wants_no_motion(make: Made) -> None:
    booth = make()
    staff = booth.staff(**TABLET, reduced_motion="reduce")
    booth.tell("red")
    staff.page.wait_for_selector(".card")
    assert staff.page.evaluate("getComputedStyle(document.querySelector('.card')).animationName") == "none"
    assert staff.page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("kind", [PHONE, TABLET, WIDE], ids=["phone", "tablet", "wide"])
def test_cards_fit_every_screen_in_every_language(make: Made, kind: dict[str, Any]) -> None:
    booth = make(SPOT)
    staff = booth.staff(**kind)
    for number, words in enumerate((("patterned", "purple", "whole"), ("colour", "pattern", "cut"))):
        booth.tell(*words, outfit=PURPLE, heading="towards", zone="z" * 16 + "-" + "y" * 15)
        until(partial(has_cards, staff, number + 1))
        for name in LANGUAGES:
            staff.page.evaluate(f"document.querySelector('#languages [lang={name}]').click()")
            assert staff.page.evaluate(OVERFLOWS) == [], name
            assert staff.page.evaluate(SMALL) == [], name
    assert staff.faults == []


def has_cards(staff: Colleague, count: int) -> bool:
    return len(staff.cards()) == count
