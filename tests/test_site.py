"""What is drawn at the place: it moves the mat, and takes no wall of the booth's own file away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.config import Settings, Zone
from appliance.errors import BoothError, ToldError
from appliance.ground import Ground
from appliance.remote import in_force, overlay
from appliance.site import MOST_ZONES, Plane, SignOff, Site, area, at_site

MAT = {"name": "mat", "polygon": [[0.1, 0.5], [0.6, 0.5], [0.6, 0.9], [0.1, 0.9]]}
NEW_MAT = {"name": "mat", "polygon": [[0.3, 0.5], [0.8, 0.5], [0.8, 0.9], [0.3, 0.9]]}
BENCH = {"name": "bench", "kind": "opt-out", "polygon": [[0, 0], [0.2, 0], [0.2, 1]]}
SHOP = {"name": "shop", "kind": "door", "polygon": [[0.8, 0], [1, 0], [1, 1]]}
SIGNED = {
    "minute": "2026-11-26T09:30:00Z",
    "version": "0.1.0",
    "checks": [{"name": "camera", "passed": True}],
}
SPOT = {"name": "spot", "kind": "spot", "polygon": [[0.4, 0.8], [0.5, 0.8], [0.5, 0.9]]}
ZONES = st.lists(st.sampled_from([MAT, NEW_MAT, BENCH, SHOP, SPOT]), max_size=4, unique_by=id)
MODES = st.sampled_from(["open-street", "opt-in-zone"])


def files(*zones: dict[str, Any], mode: str = "open-street") -> Settings:
    return Settings.model_validate({"capture": {"mode": mode, "zones": zones}})


def site(*zones: dict[str, Any], **more: Any) -> Site:
    return Site.model_validate({"zones": zones, **more})


def names(settings: Settings) -> list[str]:
    return sorted(zone.name for zone in settings.capture.zones)


WHOLE = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}


@pytest.mark.parametrize("city", ["new-york", "stockholm"])
@pytest.mark.parametrize("kind", ["scored", "spot"])
def test_where_the_files_say_opt_in_nobody_draws_the_mat_over_the_whole_picture(city: str, kind: str) -> None:
    own = Settings.model_validate(
        {"booth": {"city": city}, "capture": {"mode": "opt-in-zone", "zones": [MAT]}}
    )
    with pytest.raises(ToldError, match="leave room to walk past"):
        at_site(own, site(*([MAT] if kind == "spot" else []), {**WHOLE, "name": "whole", "kind": kind}))
    assert at_site(own, site(NEW_MAT)).capture.zones == (Zone.model_validate(NEW_MAT),)


def test_what_the_files_themselves_say_of_the_mat_stays_possible() -> None:
    own = files(WHOLE, mode="opt-in-zone")
    assert at_site(own, site(WHOLE, BENCH)).capture.mode == "opt-in-zone"
    assert at_site(files(), site(WHOLE)).capture.mode == "open-street"


def test_nothing_drawn_leaves_the_files_as_they_are() -> None:
    strict = files(MAT, BENCH, mode="opt-in-zone")
    assert at_site(strict, Site()) == strict
    assert at_site(strict, Site(ground=Plane(camera_m=2.5, tilt_deg=10, view_deg=70, aspect=1.78))) == strict


@pytest.mark.parametrize("mode", ["open-street", "opt-in-zone"])
def test_the_mat_is_where_it_was_painted(mode: str) -> None:
    there = at_site(files(MAT, mode=mode), site(NEW_MAT))
    assert there.capture.zones == (Zone.model_validate(NEW_MAT),)
    assert there.capture.mode == mode


def test_no_opt_out_zone_and_no_door_of_the_booth_s_file_falls_away() -> None:
    assert names(at_site(files(MAT, BENCH, SHOP), site())) == ["bench", "shop"]
    assert names(at_site(files(MAT, BENCH), site(NEW_MAT, BENCH))) == ["bench", "mat"]


def test_the_mode_can_only_be_stricter() -> None:
    assert at_site(files(), site(MAT, mode="opt-in-zone")).capture.mode == "opt-in-zone"
    assert at_site(files(MAT, mode="opt-in-zone"), site(NEW_MAT)).capture.mode == "opt-in-zone"
    with pytest.raises(ValidationError, match="mode"):
        site(mode="open-street")


def test_opt_in_needs_somewhere_to_opt_in() -> None:
    with pytest.raises(BoothError, match=r"capture: opt-in-zone needs at least one zone"):
        at_site(files(MAT, mode="opt-in-zone"), site(BENCH))
    with pytest.raises(BoothError, match="capture: opt-in-zone"):
        at_site(files(), Site(mode="opt-in-zone"))


@given(ZONES, MODES, ZONES, st.sampled_from([None, "opt-in-zone"]))
def test_whoever_is_left_alone_by_the_files_is_left_alone_whatever_is_drawn(
    theirs: list[Any], mode: str, drawn: list[Any], stricter: str | None
) -> None:
    try:
        before = files(*theirs, mode=mode)
    except ValidationError:
        return
    try:
        there = at_site(before, site(*drawn, mode=stricter))
    except BoothError:
        return
    kept = {zone for zone in before.capture.zones if zone.shields}
    assert kept <= set(there.capture.zones)
    assert "opt-in-zone" in (mode, stricter) or there.capture.mode == "open-street"
    if before.capture.mode == "opt-in-zone":
        assert there.capture.mode == "opt-in-zone"
        assert any(zone.kind == "scored" for zone in there.capture.zones)
    assert there.model_copy(update={"capture": before.capture}) == before


def test_a_wish_from_afar_lies_on_top_and_cannot_move_the_new_mat() -> None:
    there = at_site(files(MAT, mode="opt-in-zone"), site(NEW_MAT))
    with pytest.raises(BoothError, match="no scored zone of the booth's own file"):
        overlay(there, {"capture": {"mode": "opt-in-zone", "zones": [MAT]}})
    assert names(overlay(there, {"capture": {"zones": [NEW_MAT, BENCH]}})) == ["bench", "mat"]


def test_a_wish_of_before_the_new_mat_keeps_what_it_closes_and_the_rest() -> None:
    there = at_site(files(MAT, mode="opt-in-zone"), site(NEW_MAT, SHOP))
    wish = {"capture": {"zones": [MAT, BENCH]}, "display": {"language": "sv"}}
    got = in_force(there, wish)
    assert got.display.language == "sv"
    assert set(got.capture.zones) == {Zone.model_validate(one) for one in (NEW_MAT, BENCH, SHOP)}


def test_a_wish_that_closes_one_of_two_mats_goes_on_closing_it() -> None:
    two = {**MAT, "name": "second"}
    there = files(MAT, two, mode="opt-in-zone")
    assert names(in_force(there, {"capture": {"zones": [{**MAT, "kind": "scored"}]}})) == ["mat"]
    assert names(in_force(there, {"capture": {"zones": [MAT]}})) == ["mat"]


@pytest.mark.parametrize(
    "wish",
    [{"capture": {"zones": [1]}}, {"capture": 1}, {"capture": {"zones": 1}}, {"capture": {"zones": [{}]}}],
)
def test_a_wish_of_nonsense_is_refused_in_words(wish: Any) -> None:
    with pytest.raises(BoothError, match="capture"):
        in_force(files(MAT, mode="opt-in-zone"), wish)


@pytest.mark.parametrize(
    "change",
    [
        {"zones": [MAT] * (MOST_ZONES + 1)},
        {"zones": [{**MAT, "polygon": [[0.1, 0.1], [0.11, 0.1], [0.11, 0.11]]}]},
        {"zones": [{**MAT, "polygon": [[0.1, 0.1], [0.9, 0.9], [0.5, 0.5]]}]},
        {"ground": {"camera_m": 0.1, "tilt_deg": 0, "view_deg": 70, "aspect": 1.78}},
        {"signed_off": {**SIGNED, "minute": "yesterday"}},
        {"signed_off": {**SIGNED, "version": "<b>"}},
        {"signed_off": {**SIGNED, "by": "Anna"}},
        {"signed_off": {**SIGNED, "checks": [{"name": "x" * 41, "passed": True}]}},
        {"more": 1},
    ],
)
def test_what_is_no_site_is_refused(change: dict[str, Any]) -> None:
    Site.model_validate({"zones": [MAT], "signed_off": SIGNED})
    with pytest.raises(ValidationError):
        Site.model_validate({"zones": [MAT], "signed_off": SIGNED, **change})


def test_the_area_of_a_zone_does_not_depend_on_where_it_begins() -> None:
    zone = Zone.model_validate(MAT)
    turned = zone.model_copy(update={"polygon": (*zone.polygon[2:], *zone.polygon[:2])})
    assert area(zone) == pytest.approx(0.2)
    assert area(turned) == pytest.approx(0.2)


def test_the_plane_is_the_ground() -> None:
    plane = Plane(camera_m=2.5, tilt_deg=10, view_deg=70, aspect=1.78)
    assert plane.ground() == Ground(2.5, 10, 70, 1.78)
    assert SignOff.model_validate(SIGNED).checks[0].passed


MADRID = {"city": "madrid", "id": "m1"}
ALL_OF_IT = {"name": "all", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}


@pytest.mark.parametrize(
    ("drawn", "words"),
    [(ALL_OF_IT, "leave room to walk past"), ({**MAT, "kind": "door"}, "opt-in-zone needs")],
)
def test_no_drawing_and_no_wish_makes_an_unlawful_street(drawn: dict[str, Any], words: str) -> None:
    capture = {"mode": "opt-in-zone", "zones": [MAT]}
    madrid = Settings.model_validate({"booth": MADRID, "capture": capture})
    assert at_site(madrid, site(NEW_MAT)).capture.zones == (Zone.model_validate(NEW_MAT),)
    with pytest.raises(BoothError, match=words):
        at_site(madrid, site(drawn))
    street = Settings.model_validate({"booth": {"city": "new-york", "id": "n1"}})
    assert at_site(street, site(ALL_OF_IT)).capture.zones == (Zone.model_validate(ALL_OF_IT),)


def test_a_wish_passes_the_law_of_the_city() -> None:
    there = at_site(Settings.model_validate({"booth": MADRID, "capture": {"zones": [MAT]}}), Site())
    with pytest.raises(BoothError, match=r"capture\.mode: open-street in madrid"):
        overlay(there, {"display": {"language": "es"}})


def test_the_spot_is_where_it_was_marked_on_the_ground() -> None:
    old, new = ({**mat, "name": "spot", "kind": "spot"} for mat in (MAT, NEW_MAT))
    assert at_site(files(old, BENCH), site(new)).capture.spot == Zone.model_validate(new)
    assert at_site(files(old, BENCH), site()).capture.spot is None
    with pytest.raises(ValidationError, match="more than one zone of kind 'spot'"):
        files(old, {**new, "name": "other"})
