"""How far a wish may go: what is told can be narrowed from afar, and not widened; the files are free."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.remote import in_force, overlay
from appliance.remote_bounds import LEAST_AREA, MOST_ZONES

USUAL = Settings.model_validate({"display": {"card_s": 12}})


def square(name: str, side: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"name": name, "polygon": [[0, 0], [side, 0], [side, side], [0, side]], **more}


def files(**sections: Any) -> Settings:
    return Settings.model_validate(sections)


FAR = [
    ({"uplink": {"health_every_s": 0.001}}, "uplink.health_every_s: at least 60 from afar"),
    ({"uplink": {"status_every_s": 59}}, "uplink.status_every_s: at least 60 from afar"),
    ({"decision": {"wanted_share": 0.5}}, "decision.wanted_share: at most 0.25 from afar"),
    ({"display": {"card_s": 13}}, "display.card_s: at most 12 from afar"),
    ({"capture": {"zones": [square(f"z{n}") for n in range(9)]}}, "capture.zones: at most 8 to look at"),
    ({"capture": {"zones": [square("dot", 0.1)]}}, "capture.zones: dot: at least 2% of the picture"),
    ({"capture": {"zones": [square("dot", 0.1, kind="spot")]}}, "capture.zones: dot: at least 2%"),
]


@pytest.mark.parametrize(("wish", "words"), FAR)
@pytest.mark.parametrize("layers", [overlay, in_force])
def test_a_wish_that_goes_too_far_is_refused_and_one_that_is_kept_on_disk_too(
    layers: Any, wish: Any, words: str
) -> None:
    with pytest.raises(BoothError) as raised:
        layers(USUAL, wish)
    assert str(raised.value).startswith(words)


@pytest.mark.parametrize(("wish", "_"), FAR)
def test_what_is_too_far_for_a_wish_is_free_to_the_files(wish: Any, _: str) -> None:
    own = files(**wish)
    assert overlay(own, wish) == overlay(own, {}) == own
    assert overlay(own, {"novelty": {"learning": False}}).capture == own.capture


def test_zones_that_take_people_out_are_without_number() -> None:
    zones = [square(f"no{n}", 0.01, kind="opt-out") for n in range(40)]
    assert len(overlay(USUAL, {"capture": {"zones": zones}}).capture.zones) == 40


@given(st.floats(1e-3, 86_400), st.floats(1e-3, 86_400))
def test_health_comes_no_more_often_than_each_minute_or_the_files_pace(own_s: float, wished_s: float) -> None:
    own = files(uplink={"health_every_s": own_s})
    try:
        every_s = overlay(own, {"uplink": {"health_every_s": wished_s}}).uplink.health_every_s
    except BoothError:
        assert wished_s < min(own_s, 60)
    else:
        assert every_s == wished_s >= min(own_s, 60)


@given(st.integers(0, 12), st.integers(0, 12))
def test_zones_to_look_at_people_in_are_few_or_as_many_as_the_files_have(own: int, wished: int) -> None:
    def zones(count: int) -> dict[str, Any]:
        return {"zones": [square(f"z{n}") for n in range(count)]}

    try:
        overlay(files(capture=zones(own)), {"capture": zones(wished)})
    except BoothError:
        assert wished > max(own, MOST_ZONES)
    else:
        assert wished <= max(own, MOST_ZONES)


def test_the_least_area_is_reached_by_a_square_that_a_person_fits_in() -> None:
    side = LEAST_AREA**0.5
    assert overlay(USUAL, {"capture": {"zones": [square("mat", side + 1e-6)]}}).capture.zones
