"""What the crew takes over while it works: settings from afar, zones drawn at the place, a technician's session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.app import Eyes
from appliance.config import Capture, Rule
from appliance.display.views import ViewReader
from appliance.health.field import end_session, renew_session
from appliance.logbook.chain import links_of
from appliance.remote_file import Kept, Version, write_kept
from appliance.site import Site
from appliance.site_file import FILE as SITE_FILE
from appliance.site_file import write_site
from appliance.verbs.field_glass import FieldGlass
from tests.fakes import Deliver, End, Fail, Freeze
from tests.verbs.booth import FILE, Acts, Booth, paused_from

MAT = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}

FEW = "learning: fewer than ten people so far"


def keep(booth: Booth, number: int, **wish: Any) -> Callable[[], None]:
    return lambda: write_kept(booth.state, Kept(Version(number, wish), tried=number))


def test_what_is_set_from_afar_is_taken_over_while_the_booth_looks(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, decision={"wanted_share": 0.2}))
    booth.clock.at(1010.0, keep(booth, 2, decision={"wanted_share": 0.2}, capture={"zones": [MAT]}))
    booth.clock.at(1015.0, keep(booth, 3, display={"language": "es"}))
    booth.look([Deliver(10_000)], stop_s=30)
    mat = Capture.model_validate({"zones": [MAT]})
    assert booth.pipeline.wishes == [Rule(wanted_share=0.2), mat, Rule(), Capture()]
    assert booth.states() == ["running", "stopped"]
    assert booth.pipeline.forgotten == 0


def test_the_logbook_has_what_a_booth_began_with_and_what_changed(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, capture={"mode": "opt-in-zone", "zones": [MAT]}))
    for _ in range(2):
        booth.look([Deliver(10_000)], stop_s=8)
    entries = [link.entry for link in links_of(booth.state) if link.entry]
    told = [(entry.kind, entry.now) for entry in entries]
    assert [kind for kind, _ in told] == ["model", "bank", "config", "law", "mode", "pause", "config", "mode"]
    assert ("model", "abcdef012345") in told
    assert ("law", "us-ny") in told
    assert [now for kind, now in told if kind == "mode"] == ["open-street", "opt-in-zone"]
    assert b"video0" not in b"".join(entry.line for entry in entries)


def test_learning_is_switched_off_and_on_from_afar(booth: Booth) -> None:
    booth.clock.at(1005.0, keep(booth, 1, novelty={"learning": False}))
    booth.clock.at(1010.0, keep(booth, 2))
    booth.look([Deliver(10_000)], stop_s=20)
    learning = [vitals["learning"] for vitals in booth.told if "learning" in vitals]
    changes = [state for row, state in enumerate(learning) if row == 0 or learning[row - 1] != state]
    assert changes == [FEW, "off", FEW]


def test_a_booth_starts_with_what_was_set_from_afar(booth: Booth) -> None:
    keep(booth, 7, decision={"wanted_per_hour": 6}, capture={"zones": [MAT]})()
    booth.look([Deliver(1), End()], source=FILE)
    assert booth.pipeline.wishes == []
    (settings,) = booth.started
    assert settings.decision.wanted_per_hour == 6
    assert [zone.name for zone in settings.capture.zones] == ["mat"]


def draw(booth: Booth, *zones: dict[str, Any]) -> Callable[[], None]:
    return lambda: write_site(booth.state, Site.model_validate({"zones": zones}))


def test_what_is_drawn_at_the_place_is_taken_over_while_the_booth_looks(booth: Booth) -> None:
    booth.clock.at(1005.0, draw(booth, MAT))
    booth.clock.at(1010.0, lambda: (booth.state / SITE_FILE).write_text("{"))
    booth.clock.at(1015.0, draw(booth))
    booth.look([Deliver(10_000)], stop_s=30)
    assert booth.pipeline.wishes == [Capture.model_validate({"zones": [MAT]}), Capture()]
    assert booth.states() == ["running", "stopped"]


def test_a_booth_that_starts_with_zones_it_cannot_read_looks_at_nobody_until_they_are_drawn_anew(
    booth: Booth,
) -> None:
    (booth.state / SITE_FILE).parent.mkdir(parents=True)
    (booth.state / SITE_FILE).write_text("{")
    booth.clock.at(1020.0, draw(booth, MAT))
    booth.look([Deliver(10_000)], stop_s=30)
    assert booth.states() == ["paused", "starting", "running", "stopped"]
    paused = next(vitals for vitals in booth.told if vitals.get("state") == "paused")
    assert "site.json: no site/1; open the field page" in paused["reason"]
    assert booth.opened_s[0] >= 1020.0
    assert booth.started[0].capture == Capture.model_validate({"zones": [MAT]})


def test_a_technician_sees_what_the_booth_sees_for_as_long_as_he_is_there(booth: Booth) -> None:
    runtime, seen_s = booth.folder / "run", []
    page = ViewReader(runtime)

    def look() -> None:
        if page.read(booth.clock.now_s) is not None:
            seen_s.append(booth.clock.now_s)

    for tick in range(10, 400):
        booth.clock.at(1000 + tick / 10, look)
        if tick % 50 == 0 and 100 <= tick <= 200:
            booth.clock.at(1000 + tick / 10, lambda: renew_session(runtime, booth.clock.now_s))
        if tick == 240:
            booth.clock.at(1000 + tick / 10, lambda: end_session(runtime))
    booth.look([Deliver(10_000)], stop_s=42)
    page.close()
    assert 1010 < min(seen_s) < 1012
    assert 1023 < max(seen_s) < 1026
    assert 40 <= len(seen_s) <= 4 * 15


@pytest.mark.parametrize("life", [[Deliver(150), Freeze(30)], [Deliver(150), Fail()]])
def test_when_a_technician_leaves_the_street_is_forgotten_though_no_frame_comes(
    booth: Booth, life: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = watch_glass(booth, monkeypatch)
    booth.clock.at(1000.5, lambda: renew_session(booth.folder / "run", booth.clock.now_s))
    booth.look(life, stop_s=29, stall_s=60)
    assert known(1014.0)
    assert not known(1025.0)


def test_a_pause_forgets_the_street_at_once(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    known = watch_glass(booth, monkeypatch)
    booth.clock.at(1000.5, lambda: renew_session(booth.folder / "run", booth.clock.now_s))
    paused_from(booth, 1010.0, 1060.0)
    booth.look([Deliver(10_000)], stop_s=29)
    assert known(1009.0)
    assert not known(1011.0)


def watch_glass(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], bool]:
    """Tells, afterwards, whether the field glass knew the street in the half second before a time."""
    glasses: list[FieldGlass] = []
    knew: dict[float, bool] = {}

    def make(runtime: Path, eyes: Eyes) -> FieldGlass:
        glasses.append(FieldGlass(runtime, eyes))
        return glasses[-1]

    monkeypatch.setattr("appliance.verbs.crew.FieldGlass", make)
    for tick in range(2, 58):
        booth.clock.at(1000 + tick / 2, lambda: knew.update({booth.clock.now_s: glasses[0]._aim is not None}))
    return lambda at_s: knew[max(time_s for time_s in knew if time_s <= at_s)]
