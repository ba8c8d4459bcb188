"""What the page asks for: nobody without the token, nothing but JSON of the page itself, and never a traceback."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.display.field.locks import MOST_WRONG
from appliance.display.field.request import MOST_BODY
from appliance.display.field.sessions import GONE_S, IDLE_S
from appliance.display.field.words import words_in
from appliance.display.field.work import Work
from appliance.display.views import ViewSender
from appliance.health.armed import acts_in
from appliance.site import MOST_ZONES, Site
from appliance.site_file import FILE, read_site, write_site
from tests.display.field.desk import ORIGIN, Desk
from tests.display.field.fake_vision import CAMERA_M, EMPTY, person
from tests.display.field.sayings import written

SQUARE = [[0.2, 0.5], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9]]
WRITES = ("touch", "again", "mark", "zones", "ground", "ground/forget", "sign-off")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=12), inner, max_size=6),
    max_leaves=24,
)
POINTS = st.lists(st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)), min_size=0, max_size=40)
ZONES = st.lists(
    st.fixed_dictionaries(
        {"name": st.text("ab-é\0", max_size=40), "kind": st.sampled_from(["scored", "door", "x"]), "polygon": POINTS}
    ),
    max_size=MOST_ZONES,
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_everything_behind_the_door_is_shut_without_the_token(desk: Desk) -> None:
    assert desk.enter() == 200
    doors = 0
    for route in desk.routes:
        for method in (route.methods or set()) & {"GET", "POST", "DELETE"}:
            if not route.path.startswith("/field/api/") or (route.path, method) == (
                "/field/api/session",
                "POST",
            ):
                continue
            for token in ("", "Bearer ", "Bearer x", f"Bearer {desk.token[:-1]}", f"Basic {desk.token}"):
                headers = {"origin": ORIGIN, "authorization": token}
                answer = desk.client.request(method, route.path, headers=headers, json={})
                assert answer.status_code == 401, (method, route.path, token)
            doors += 1
    assert doors >= 10


def test_the_page_and_its_files_are_open_and_hold_nothing_of_the_booth(desk: Desk) -> None:
    page = desk.client.get("/field")
    assert page.status_code == 200
    assert "desk" not in page.text
    for name in ("field.css", "field.js", "zones.js", "words.js"):
        assert desk.client.get(f"/field/{name}").status_code == 200
    assert desk.client.get("/field/code.js").status_code == 404


def test_a_code_opens_one_session_and_a_second_phone_is_refused(desk: Desk) -> None:
    code = desk.code()
    assert desk.enter(code) == 200
    assert desk.send("GET", "state").status_code == 200
    assert desk.enter(code) == 409
    assert desk.enter() == 409
    desk.now_s += GONE_S - 1
    assert desk.send("GET", "state").status_code == 200


def test_a_new_code_takes_over_from_a_phone_that_is_gone(desk: Desk) -> None:
    desk.enter()
    old, desk.now_s = desk.token, desk.now_s + GONE_S
    assert desk.enter() == 200
    desk.token, new = old, desk.token
    assert desk.send("GET", "state").status_code == 401
    desk.token = new
    assert desk.send("GET", "state").status_code == 200


def test_wrong_codes_lock_their_address_out_though_it_brings_the_right_one(desk: Desk) -> None:
    code = desk.code()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    answers = [desk.enter(wrong) for _ in range(MOST_WRONG)]
    assert answers == [401] * (MOST_WRONG - 1) + [429]
    answer = desk.send("POST", "session", {"code": code})
    assert (answer.status_code, answer.json()["error"]) == (429, "locked")
    assert answer.json()["left_s"] == 60
    desk.now_s += 60
    assert desk.enter(code) == 200


def test_a_visitor_of_the_lan_does_not_lock_the_technician_out(desk: Desk) -> None:
    code = desk.code()
    for visitor in ("192.168.77.66", "192.168.77.67"):
        desk.come_from(visitor)
        assert [desk.enter("00000000") for _ in range(MOST_WRONG + 1)][-2:] == [429, 429]
    desk.come_from("192.168.77.20")
    assert desk.enter(code) == 200


def test_a_header_of_a_proxy_makes_nobody_another_address(desk: Desk) -> None:
    desk.code()
    for number in range(MOST_WRONG):
        forged = {"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"}
        answer = desk.send("POST", "session", {"code": "00000000"}, **forged)
    assert answer.status_code == 429


def test_leaving_ends_the_session_and_the_view(desk: Desk) -> None:
    desk.enter()
    desk.field.tend(desk.now_s)
    assert (desk.settings.folders.runtime / "display/field.json").exists()
    assert desk.send("DELETE", "session").status_code == 200
    assert desk.send("GET", "state").status_code == 401
    desk.field.tend(desk.now_s)
    assert [path for path in desk.settings.folders.runtime.rglob("*") if not path.is_dir()] == []


def test_vision_is_asked_for_views_only_while_a_page_asks(desk: Desk) -> None:
    runtime = desk.settings.folders.runtime
    desk.field.tend(desk.now_s)
    assert not (runtime / "display/field.json").exists()
    desk.enter()
    desk.field.tend(desk.now_s)
    assert (runtime / "display/field.json").exists()
    desk.now_s += 11
    desk.field.tend(desk.now_s)
    assert not (runtime / "display/field.json").exists()
    desk.send("GET", "state")
    desk.field.tend(desk.now_s)
    assert (runtime / "display/field.json").exists()


def test_polling_alone_does_not_keep_a_session_open(desk: Desk) -> None:
    desk.enter()
    for _ in range(int(IDLE_S / 10) - 1):
        desk.now_s += 10
        assert desk.send("GET", "state").status_code == 200
    desk.now_s += 10
    assert desk.send("GET", "state").status_code == 401


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"]
)
def test_another_sites_page_can_do_nothing(desk: Desk, origin: str | None) -> None:
    code = desk.code()
    headers = {"origin": origin} if origin else {}
    answer = desk.client.post("/field/api/session", json={"code": code}, headers=headers)
    assert answer.status_code == 403
    assert desk.client.post("/code", json={}, headers=headers).status_code == 403
    desk.enter(code)
    for name in WRITES:
        sent = {**headers, "authorization": f"Bearer {desk.token}"}
        assert desk.client.post(f"/field/api/{name}", json={}, headers=sent).status_code == 403


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_only_json_is_read(desk: Desk, kind: str) -> None:
    desk.enter()
    headers = {"origin": ORIGIN, "authorization": f"Bearer {desk.token}", "content-type": kind}
    assert desk.client.post("/field/api/touch", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"\xff", b"{", b'{"a": NaN}', b"[" * 9000, b"null"])
def test_what_is_no_json_object_is_refused(desk: Desk, body: bytes) -> None:
    desk.enter()
    headers = {"origin": ORIGIN, "authorization": f"Bearer {desk.token}", "content-type": "application/json"}
    assert desk.client.post("/field/api/touch", content=body, headers=headers).status_code == 400


def test_bodies_are_bounded(desk: Desk) -> None:
    desk.enter()
    assert desk.send("POST", "touch", {"pad": "x" * (MOST_BODY - 100)}).status_code == 200
    assert desk.send("POST", "touch", {"pad": "x" * MOST_BODY}).status_code == 413
    desk.token = ""
    assert desk.send("POST", "session", {"code": "1" * MOST_BODY}).status_code == 413


def test_a_body_that_dribbles_in_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.display.field.request.PATIENCE_S", 0.05)
    desk.enter()

    async def dribble() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    headers = {"origin": ORIGIN, "authorization": f"Bearer {desk.token}", "content-type": "application/json"}
    assert desk.client.post("/field/api/touch", content=dribble(), headers=headers).status_code == 408


@effort(max_examples=50)
@given(
    name=st.sampled_from(WRITES),
    body=st.dictionaries(st.sampled_from(["zones", "spot", "height_m", "reason", "step", "done"]), JSON),
)
def test_no_json_makes_the_booth_stumble(
    tmp_path_factory: pytest.TempPathFactory, name: str, body: dict[str, Any]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("fuzz"))
    desk.enter()
    answer = desk.send("POST", name, body)
    assert answer.status_code in (200, 400, 413, 422)
    assert isinstance(answer.json(), dict)
    desk.close()


@effort(max_examples=60)
@example(zones=[{"name": "a", "kind": "scored", "polygon": []}])
@given(zones=ZONES)
def test_whatever_is_drawn_is_kept_as_drawn_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, zones: list[dict[str, Any]]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("fuzz"))
    desk.enter()
    answer = desk.send("POST", "zones", {"zones": zones})
    kept = read_site(desk.settings.folders.state).zones
    if answer.status_code == 200:
        drawn = [[list(corner) for corner in zone["polygon"]] for zone in zones]
        assert [[list(corner) for corner in zone.polygon] for zone in kept or ()] == drawn
    else:
        assert answer.status_code in (400, 413, 422)
        assert len(refusal_in(answer.json())) > 8
        assert kept is None
    desk.close()


def refusal_in(body: dict[str, Any]) -> str:
    """What a refusal says: a word of the tables with its values, or a sentence for who is no page of ours."""
    word = str(body["error"])
    return written({**body, "word": word}) if word in words_in("en") else word


def test_zones_are_kept_in_the_site_file_and_take_a_signature_back(desk: Desk) -> None:
    desk.enter()
    desk.send("POST", "zones", {"zones": [{"name": "mat", "kind": "scored", "polygon": SQUARE}]})
    assert (
        desk.send("POST", "sign-off", {"reason": "trial-only"}).json()["signed_off"]["reason"] == "trial-only"
    )
    site = json.loads((desk.settings.folders.state / FILE).read_text())
    assert site["zones"] == [{"name": "mat", "kind": "scored", "polygon": SQUARE}]
    assert site["signed_off"]
    desk.send("POST", "zones", {"zones": []})
    assert read_site(desk.settings.folders.state).signed_off is None


@pytest.mark.parametrize("reason", ["", "because", "STILL-LEARNING"])
def test_a_booth_with_a_red_check_is_signed_for_a_reason_of_the_list_only(desk: Desk, reason: str) -> None:
    desk.enter()
    answer = desk.send("POST", "sign-off", {"reason": reason})
    assert (answer.status_code, answer.json()["error"]) == (422, "reason")
    assert read_site(desk.settings.folders.state).signed_off is None


def test_an_unlawful_drawing_is_refused(tmp_path: Path) -> None:
    mat = {"name": "mat", "kind": "scored", "polygon": SQUARE}
    desk = Desk(tmp_path, capture={"mode": "opt-in-zone", "zones": [mat]})
    desk.enter()
    answer = desk.send("POST", "zones", {"zones": []})
    assert answer.status_code == 422
    assert answer.json()["error"] == "opt-in-needs-zone"
    desk.close()


def stand(desk: Desk, distance_m: float, views: int = 6) -> None:
    """Somebody of 1.75 m stands there for so many views of vision."""
    with closing(ViewSender(desk.settings.folders.runtime)) as sender:
        for _ in range(views):
            desk.now_s += 0.25
            sender.send(replace(EMPTY, at_s=desk.now_s, people=(person(0.5, distance_m, 1.75),)))
            desk.field.tend(desk.now_s)


def test_two_spots_give_the_ground_and_leave_the_zones(desk: Desk) -> None:
    desk.enter()
    desk.field.tend(desk.now_s)
    desk.send("POST", "zones", {"zones": [{"name": "mat", "kind": "scored", "polygon": SQUARE}]})
    assert desk.send("POST", "ground", {"spot": "near", "height_m": 1.75}).status_code == 422
    for spot, distance_m in (("near", 4.5), ("far", 12.0)):
        stand(desk, distance_m)
        assert desk.send("POST", "ground", {"spot": spot, "height_m": 1.75}).status_code == 200
        desk.now_s += 5
    site = read_site(desk.settings.folders.state)
    assert site.ground
    assert site.ground.camera_m == pytest.approx(CAMERA_M, rel=0.02)
    assert [zone.name for zone in site.zones or ()] == ["mat"]
    stand(desk, 8.0)
    assert desk.send("GET", "state").json()["ground"]["check_m"] == pytest.approx(1.75, abs=0.02)
    desk.send("POST", "ground/forget", {})
    site = read_site(desk.settings.folders.state)
    assert (site.ground, len(site.zones or ())) == (None, 1)


def test_a_view_is_shown_while_it_is_fresh(desk: Desk) -> None:
    desk.enter()
    desk.field.tend(desk.now_s)
    assert desk.send("GET", "view").json() is None
    stand(desk, 6.0, views=1)
    view = desk.send("GET", "view").json()
    assert (view["schema"], len(view["people"])) == ("view/1", 1)
    desk.now_s += 3
    assert desk.send("GET", "view").json() is None


def test_what_is_drawn_and_signed_stands_in_the_logbook(desk: Desk) -> None:
    desk.enter()
    desk.send("POST", "zones", {"zones": [{"name": "mat", "kind": "scored", "polygon": SQUARE}]})
    desk.send("POST", "sign-off", {"reason": "trial-only"})
    lines = (desk.settings.folders.state / "logbook.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["now"].split()[0] for entry in entries if entry["kind"] == "site"] == ["changed", "signed"]
    assert {entry["by"] for entry in entries} == {"field"}


def test_who_enters_the_code_arms_the_booth(desk: Desk) -> None:
    assert acts_in(desk.settings.folders.state) == []
    desk.enter()
    assert len(acts_in(desk.settings.folders.state)) == 1


def test_a_logbook_that_refused_has_the_line_once_the_disk_takes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.enter()
    with monkeypatch.context() as full:
        full.setattr("appliance.logbook.notes.record", lambda *_: False)
        desk.send("POST", "zones", {"zones": [{"name": "mat", "kind": "scored", "polygon": SQUARE}]})
        desk.field.tend(desk.now_s)
    book = desk.settings.folders.state / "logbook.jsonl"
    assert not book.exists()
    desk.now_s += 61
    desk.field.tend(desk.now_s)
    assert '"now":"changed ' in book.read_text()


def test_a_line_that_a_power_cut_took_is_written_at_the_next_start(tmp_path: Path) -> None:
    state = tmp_path / "state"
    write_site(state, Site.model_validate({"zones": [{"name": "mat", "polygon": SQUARE}]}))
    for _ in range(2):
        work = Work(Settings.model_validate({"folders": {"state": state, "runtime": tmp_path / "run"}}))
        work.tend(1.0)
    assert (state / "logbook.jsonl").read_text().count('"now":"changed ') == 1


@pytest.mark.parametrize("city", ["madrid", "toronto"])
def test_the_law_of_the_city_is_a_wall_on_the_page_too(tmp_path: Path, city: str) -> None:
    whole = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    mat = {"name": "mat", "kind": "scored", "polygon": SQUARE}
    desk = Desk(tmp_path, booth={"city": city}, capture={"mode": "opt-in-zone", "zones": [mat]})
    desk.enter()
    assert desk.send("POST", "zones", {"zones": [mat]}).status_code == 200
    answer = desk.send("POST", "zones", {"zones": [{**mat, "polygon": whole}]})
    assert answer.status_code == 422
    assert answer.json() == {"error": "room-area", "share": 100, "most": 25}
    desk.close()


def test_a_broken_site_file_is_told_and_drawn_anew(desk: Desk) -> None:
    state = desk.settings.folders.state
    (state / FILE).parent.mkdir(parents=True)
    (state / FILE).write_text("{}")
    desk.enter()
    assert "site.json" in written(desk.send("GET", "state").json()["fault"])
    assert desk.send("POST", "sign-off", {"reason": "trial-only"}).status_code == 422
    assert desk.send("POST", "zones", {"zones": []}).json()["fault"] is None


def test_measuring_does_not_draw_over_a_site_file_that_cannot_be_read(desk: Desk) -> None:
    state = desk.settings.folders.state
    (state / FILE).parent.mkdir(parents=True)
    (state / FILE).write_text("{}")
    desk.enter()
    desk.field.tend(desk.now_s)
    for spot, distance_m in (("near", 4.5), ("far", 12.0)):
        stand(desk, distance_m)
        answer = desk.send("POST", "ground", {"spot": spot, "height_m": 1.75})
        desk.now_s += 5
    assert answer.status_code == 422
    assert answer.json()["error"] == "site-fault"
    assert (state / FILE).read_text() == "{}"


def test_steps_outlive_a_restart(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.send("POST", "mark", {"step": "aim", "done": True})
    desk.close()
    again = Desk(tmp_path)
    assert again.enter() == 200
    steps = again.send("GET", "state").json()["steps"]
    assert (steps["aim"], steps["focus"]) == (True, False)
    again.close()


def test_neither_code_nor_token_is_logged_or_in_an_address(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = desk.code()
    desk.enter(code)
    desk.send("GET", "state")
    desk.send("DELETE", "session")
    assert "session begins" in caplog.text
    assert code not in caplog.text
    assert desk.token not in caplog.text
    assert desk.client.get(f"/field/api/state?token={desk.token}").status_code == 401


def test_the_code_answers_on_the_device_only(desk: Desk) -> None:
    assert not [route for route in desk.field.routes() if route.path.startswith("/code")]
    assert desk.client.get("/code/state").json() == {"session": False, "waiting": False}
    desk.code()
    assert desk.client.get("/code/state").json()["waiting"] is True
    assert "digits" not in desk.client.get("/code/state").json()
