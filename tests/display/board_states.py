"""Every state that staff may meet: its name and a booth in; the booth stands so, and a device shows it, out."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Route

from appliance.health.breaks import pause_for
from appliance.health.moment import read_moment
from appliance.outfit import Outfit
from tests.display.colleague import PURPLE, RED, WATCHING, Booth, Colleague
from tests.display.running import until

COAT = Outfit("beige", "beige", ("beige", "beige", "beige", "black"), "patterned")
MIXED = Outfit("mixed", "grey", ("mixed", "grey", "grey", "white"), "plain")
VITALS: dict[str, dict[str, Any]] = {
    "starting": {"state": "starting", "reason": "loading networks"},
    "blind": {"state": "blind", "reason": "csi:0: no frame for 5 s; check cable and power", "camera": "no frame"},
    "uncalibrated": {**WATCHING, "calibrated": "no bank", "learned": 0},
    "early": {**WATCHING, "calibrated": "too early to tell: 43 of 66 passages", "learned": 43},
    "paused": {"state": "paused", "reason": "paused by operator", "camera": "paused"},
    "pressed": {"state": "paused", "reason": "paused by passer-by", "camera": "paused"},
    "fault": {"state": "paused", "reason": "/var/lib/booth/display/pause.json: no pause/1; paused until ..."},
    "dead-man": {"state": "paused", "reason": "dead-man: nobody armed the booth for 24 h", "camera": "paused"},
    "ended": {"state": "ended", "reason": "the source is over"},
    "silent": {"state": "dancing"},
}  # fmt: skip
HEADLINES = {
    "starting": "Starting up", "blind": "The camera sees nothing", "uncalibrated": "Not calibrated yet",
    "early": "Learning what is normal here", "paused": "Paused", "pressed": "Paused", "fault": "Paused",
    "dead-man": "Closed until somebody arms it", "ended": "The video has ended", "silent": "Vision is not running",
    "lost": "No connection to the booth", "outside": "This device is not let in",
    "refused": "This browser gets no cards", "full": "Too many pages are open",
}  # fmt: skip
CARDS: dict[str, tuple[dict[str, Any], ...]] = {
    "one": ({"why": ("red", "striped", "upper"), "outfit": RED},),
    "two": (
        {"why": ("beige", "patterned", "whole"), "outfit": COAT, "heading": "away", "rarity": 0.995},
        {
            "why": ("vivid", "purple"),
            "outfit": PURPLE,
            "heading": "towards",
            "zone": "puerta-del-sol",
            "rarity": 0.999,
        },
    ),
    "plain": ({"why": ("bright", "mixed", "upper"), "outfit": MIXED, "heading": "right"},),
    "asked": ({"why": (), "rarity": None, "outfit": RED, "heading": "still", "zone": "spot", "asked": True},),
}
DIALOGS = {"script": ("#script",), "sign": ("#script", "#script-sign"), "more": ("#more",)}
FAR: dict[str, int] = {"lost": 0, "outside": 401, "refused": 403, "full": 503}
"What the booth answers, 0 nothing."
STATES = ("quiet", *CARDS, "earlier", "named", *DIALOGS, *VITALS, *FAR)


def enter(booth: Booth, name: str) -> None:
    """Let the booth stand so."""
    booth.vision.vitals = dict(VITALS.get(name, WATCHING))
    if name == "pressed":
        pause_for(booth.running.state, booth.running.runtime, "passer-by", 15, read_moment())
    uplink = {"identify_until_s": time.monotonic() + 50} if name == "named" else {}
    booth.vision.uplink = {"state": "offline", **uplink}
    for card in CARDS.get("one" if name == "earlier" else name, ()):
        booth.tell(*card["why"], **{key: value for key, value in card.items() if key != "why"})


def show(staff: Colleague, name: str) -> None:
    """Wait until a device shows it."""
    if name in CARDS:
        staff.page.wait_for_selector(".card")
        until(lambda: len(staff.cards()) == len(CARDS[name]))
    elif name == "earlier":
        staff.page.wait_for_selector("#earlier")
    elif name == "named":
        staff.page.wait_for_selector("#banner")
    elif name in HEADLINES:
        if name in FAR:
            cut(staff, FAR[name])
        until(lambda: staff.page.evaluate("document.getElementById('middle').className") == class_of(name))
        if name == "pressed":
            staff.page.wait_for_selector("#countdown")
    for button in DIALOGS.get(name, ()):
        staff.page.evaluate(f"document.querySelector('{button}').click()")


def cut(staff: Colleague, status: int) -> None:
    """The booth answers the page no more, or not as it should."""

    def answer(route: Route) -> None:
        if status:
            route.fulfill(status=status, json={"error": "outside"})
        else:
            route.abort()

    staff.page.route("**/events", answer)
    staff.page.reload()


def leave(staff: Colleague) -> None:
    """Close what is open, and let the booth answer again."""
    staff.page.unroute_all()
    staff.page.evaluate("document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close())")


def class_of(name: str) -> str:
    """What the page calls a state."""
    return {"pressed": "paused", "fault": "paused"}.get(name, name)
