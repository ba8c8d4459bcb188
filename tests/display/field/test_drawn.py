"""Zones that a finger drew: whatever cannot be a zone is refused in words."""

from __future__ import annotations

import pytest

from appliance.display.field.drawn import site_with_zones
from appliance.display.field.request import Refused
from appliance.site import MOST_ZONES, Site
from tests.display.field.sayings import written

SQUARE = [[0.2, 0.5], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9]]


def mat(**changes: object) -> dict[str, object]:
    return {"name": "mat", "kind": "scored", "polygon": SQUARE, **changes}


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        ("mat", "a list"),
        ([mat()] * (MOST_ZONES + 1), "at most"),
        ([mat(), mat()], "Two zones are called mat"),
        ([mat(name="Mat")], "needs a name"),
        ([mat(name="")], "needs a name"),
        ([mat(polygon=SQUARE[:2])], "polygon"),
        ([mat(polygon=[[0.2, 0.5], [1.8, 0.5], [0.8, 0.9]])], "polygon"),
        ([mat(polygon=[[0.5, 0.5], [0.51, 0.5], [0.51, 0.51]])], "too small"),
        ([mat(polygon=[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]])], "crosses itself"),
        ([mat(kind="everybody")], "kind"),
        ([mat(colour="red")], "colour"),
        ([None], "zone"),
    ],
)
def test_what_is_no_zone_is_refused_in_words(zones: object, words: str) -> None:
    with pytest.raises(Refused) as refused:
        site_with_zones(Site(), zones)
    told = refused.value.word
    assert words in (written(told) if refused.value.status == 422 else told["word"])
