"""Where people walk: everybody counts once, small counts are hidden, and findings follow from the counts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS
from appliance.config import Capture, Garment, Zone
from appliance.config_file import load_settings
from appliance.records import Glimpse
from calibration.plan import squares_of, zones_json, zones_page
from calibration.siting import HARDLY, LEAST_PASSAGES, Siting, row_words, settings_lines, site, suggestion_of
from calibration.zones import COLUMNS, ROWS, Footfall, Survey, places_of, shown
from tests.pages import read
from tests.streets import boxes, tracks

SIZE = (1000, 500)
GARMENTS = Garment()
LEFT = Zone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
BENCH = Zone(name="bench", kind="opt-out", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
RIGHT = Zone(name="right", polygon=BENCH.polygon)
EITHER = Capture(zones=(LEFT, RIGHT))
INSIDE = st.floats(0.05, 0.95)
WALKS = st.lists(st.lists(st.tuples(INSIDE, INSIDE), min_size=1, max_size=5), max_size=14)
"A walk: the places of feet, frame by frame, one person after the other."

Walk = list[tuple[float, float]]


def standing(x: float, y: float, height_px: float = 100) -> tuple[float, float, float, float]:
    """A person whose feet are at shares x, y of the picture."""
    width, height = SIZE
    return (x * width - 20, y * height - height_px, x * width + 20, y * height)


def walked(walks: list[Walk], capture: Capture | None = None, height_px: float = 100) -> Survey:
    """The survey of people who come one after the other; the last is in view still."""
    footfall, at_s = Footfall(capture or Capture(), GARMENTS), 0.0
    for track, walk in enumerate(walks, 1):
        for place in walk:
            ended = (track - 1,) if place is walk[0] else ()
            footfall.add(tracks({track: standing(*place, height_px)}, ended), SIZE, at_s)
            at_s += 0.1
    return footfall.survey()


SHOP = Zone(name="shop", kind="door", polygon=BENCH.polygon)


def test_who_comes_out_of_a_door_counts_nowhere_and_who_goes_in_counts() -> None:
    capture = Capture(zones=(LEFT, SHOP))
    outwards, inwards = [(0.7, 0.5), (0.3, 0.5)], [(0.3, 0.5), (0.7, 0.5)]
    survey = walked([outwards] * 12 + [inwards] * 10, capture)
    assert (survey.passages, survey.missed) == (10, 0)
    assert count_of(survey, "left")[0] == count_of(survey, "shop")[0] == 10
    page = zones_page(survey, site(survey, capture, GARMENTS), capture, "madrid/b1", "2026-11-26")
    assert "shop" in page


def test_who_came_out_of_a_door_before_the_tracker_was_sure_counts_nowhere() -> None:
    footfall = Footfall(Capture(zones=(SHOP,)), GARMENTS)
    came = replace(tracks({1: standing(0.3, 0.5)}), before=(Glimpse(1, 0, standing(0.7, 0.5), 0.9),))
    footfall.add(came, SIZE, 0.0)
    footfall.add(tracks({}, (1,)), SIZE, 1.0)
    assert footfall.survey().passages == 0
    assert footfall._came_out == set()


def words_of(survey: Survey, capture: Capture) -> str:
    return "\n".join(one.words for one in site(survey, capture, GARMENTS).findings)


def count_of(survey: Survey, name: str) -> tuple[int, int]:
    return next((zone.passages, zone.clear) for zone in survey.zones if zone.name == name)


@given(WALKS)
def test_nobody_counts_twice_anywhere(walks: list[Walk]) -> None:
    survey = walked(walks, EITHER)
    assert survey.passages == len(walks)
    assert survey.cells.shape == (ROWS, COLUMNS)
    assert survey.cells.max(initial=0) <= len(walks)
    assert (survey.clear <= survey.cells).all()
    assert all(zone.clear <= zone.passages <= len(walks) for zone in survey.zones)
    assert len(walks) <= survey.cells.sum() <= sum(len(walk) for walk in walks)


@given(INSIDE, INSIDE, st.integers(1, 5))
def test_whoever_stands_still_counts_once_however_long(x: float, y: float, frames: int) -> None:
    survey = walked([[(x, y)] * frames] * 3)
    assert survey.cells.sum() == survey.cells.max() == survey.passages == 3


@given(st.lists(st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)), max_size=6))
def test_each_person_stands_in_one_cell_and_inside_zones_or_outside_all(places: Walk) -> None:
    found = places_of(boxes(*(standing(*place) for place in places)), SIZE, EITHER)
    assert found.shape == (len(places), ROWS * COLUMNS + 3)
    assert (found[:, : ROWS * COLUMNS].sum(axis=1) == 1).all()
    assert (found[:, -1] == ~found[:, -3:-1].any(axis=1)).all()


@given(WALKS)
def test_the_suggested_zone_holds_each_cell_where_ten_could_be_judged(walks: list[Walk]) -> None:
    survey = walked([walk for walk in walks for _ in range(MIN_SUPPORTERS)])
    zone = suggestion_of(survey, Capture())
    rows, columns = np.nonzero(survey.clear >= MIN_SUPPORTERS)
    assert (zone is None) == (len(rows) == 0)
    if zone:
        (left, top), (right, bottom) = zone.polygon[0], zone.polygon[2]
        assert left <= columns.min() / COLUMNS
        assert right >= (columns.max() + 1) / COLUMNS
        assert top <= rows.min() / ROWS
        assert bottom >= (rows.max() + 1) / ROWS
        assert all(round(share, 2) == share for corner in zone.polygon for share in corner)


def test_nothing_is_suggested_where_a_scored_zone_is_set_or_people_are_too_small() -> None:
    people: list[Walk] = [[(0.3, 0.5)]] * 40
    assert suggestion_of(walked(people, EITHER), EITHER) is None
    assert suggestion_of(walked(people, height_px=GARMENTS.min_height_px - 1), Capture()) is None


def test_the_suggested_lines_are_settings(tmp_path: Path) -> None:
    capture = Capture(zones=(BENCH,))
    zone = suggestion_of(walked([[(0.3, 0.5)]] * 10, capture), capture)
    assert zone is not None
    (tmp_path / "booth.yaml").write_text(settings_lines(capture, zone))
    loaded = load_settings(tmp_path / "booth.yaml").capture
    assert (loaded.mode, loaded.zones) == ("open-street", (BENCH, zone))
    assert yaml.safe_load(settings_lines(capture, zone))["capture"]["mode"] == "open-street"


def test_an_empty_street_is_told_as_such() -> None:
    survey = Footfall(EITHER, GARMENTS).survey()
    assert (survey.passages, survey.missed, survey.cells.sum(), survey.seconds) == (0, 0, 0, 0)
    siting = site(survey, EITHER, GARMENTS)
    assert [one.words for one in siting.findings] == ["0 passages: too few to say, 30 are needed"]
    assert "0 passages" in zones_page(survey, siting, EITHER, "paris/desk", "2026-11-23")
    assert json.loads(zones_json(survey, siting))["passages"] == 0


def test_where_somebody_was_before_the_tracker_stood_by_them_counts_too() -> None:
    footfall = Footfall(EITHER, GARMENTS)
    seen = tracks({1: standing(0.8, 0.5)})
    before = (Glimpse(1, 0, standing(0.2, 0.5), 0.9),)
    footfall.add(type(seen)(seen.ids, seen.boxes, seen.scores, seen.ended, before), SIZE, 1.0)
    survey = footfall.survey()
    assert count_of(survey, "left") == (1, 0)
    assert count_of(survey, "right") == (1, 1)
    assert survey.passages == 1


def test_who_is_small_cut_off_or_covered_is_not_clear() -> None:
    footfall = Footfall(Capture(), GARMENTS)
    together = {
        1: standing(0.3, 0.5),
        2: standing(0.305, 0.5),
        3: standing(0.7, 0.5, 50),
        4: standing(0.7, 1),
    }
    footfall.add(tracks(together), SIZE, 0.0)
    assert count_of(footfall.survey(), "street") == (4, 0)


def test_cells_of_fewer_than_ten_look_like_those_of_nobody() -> None:
    few: list[Walk] = [[(0.3, 0.5)]] * (MIN_SUPPORTERS - 1)
    many: list[Walk] = [[(0.7, 0.5)]] * MIN_SUPPORTERS
    for walks, cells in ((few, []), (few + many, [MIN_SUPPORTERS])):
        survey = walked(walks)
        assert [one.passages for one in squares_of(survey, 400)] == cells
        told = json.loads(zones_json(survey, Siting((), None)))
        assert [count for row in told["cells"] + told["clear_cells"] for count in row if count] == cells * 2


@given(st.integers(0, MIN_SUPPORTERS - 1), st.integers(0, 60))
def test_no_count_of_one_to_nine_is_told(few: int, others: int) -> None:
    survey = walked([[(0.2, 0.5)]] * few + [[(0.7, 0.5)]] * others, EITHER)
    siting = site(survey, EITHER, GARMENTS)
    told = json.loads(zones_json(survey, siting))
    counts = [told["passages"], told["never_in_a_scored_zone"]]
    counts += [zone[key] for zone in told["zones"] for key in ("passages", "clear")]
    assert not [count for count in counts if count in range(1, MIN_SUPPORTERS)]
    assert ("fewer than 10 of" in words_of(survey, EITHER)) == (
        0 < few < HARDLY * (few + others) and few + others >= LEAST_PASSAGES
    )


def test_a_small_count_is_hidden_and_nobody_is_not() -> None:
    assert [shown(count) for count in (0, 1, 9, 10)] == [0, None, None, 10]


def test_a_zone_that_nobody_enters_is_told() -> None:
    walks: list[Walk] = [[(0.7, 0.5)]] * 40
    assert "zone left: nobody of 40 passages entered it" in words_of(walked(walks, EITHER), EITHER)


@given(WALKS)
def test_whoever_enters_an_opt_out_zone_is_counted_nowhere(walks: list[Walk]) -> None:
    capture = Capture(zones=(LEFT, BENCH))
    stayed_out = [walk for walk in walks if all(x < 0.5 for x, _ in walk)]
    survey, other = walked(walks, capture), walked(stayed_out, capture)
    assert (survey.passages, survey.missed, survey.zones) == (other.passages, other.missed, other.zones)
    np.testing.assert_array_equal(survey.cells, other.cells)
    np.testing.assert_array_equal(survey.clear, other.clear)
    told = json.loads(zones_json(survey, site(survey, capture, GARMENTS)))
    assert told["zones"][1] == {"name": "bench", "kind": "opt-out", "passages": None, "clear": None}
    assert row_words(survey.zones[1], survey.passages)[2:] == ("never counted", "", "")


@pytest.mark.parametrize(("height_px", "told"), [(59, "left: 0 of 40 passages show large"), (61, "")])
def test_people_too_small_to_be_judged_are_told(height_px: float, told: str) -> None:
    walks: list[Walk] = [[(0.2, 0.5)]] * 40
    capture = Capture(zones=(LEFT,))
    assert words_of(walked(walks, capture, height_px), capture).startswith(told)
    assert bool(words_of(walked(walks, capture, height_px), capture)) == bool(told)


def test_in_opt_in_mode_who_passes_outside_is_told() -> None:
    walks: list[Walk] = [[(0.7, 0.5)]] * 12 + [[(0.2, 0.5)]] * 28
    capture = Capture(mode="opt-in-zone", zones=(LEFT,))
    survey = walked(walks, capture)
    assert "12 of 40 passages (30%) never enter a scored zone" in words_of(survey, capture)
    assert [zone.name for zone in survey.zones] == ["left", "nowhere"]
    assert words_of(walked(walks, Capture(zones=(LEFT,))), Capture(zones=(LEFT,))) == ""


def test_too_few_passages_say_nothing_else() -> None:
    walks: list[Walk] = [[(0.7, 0.5)]] * (LEAST_PASSAGES - 1)
    assert words_of(walked(walks, EITHER), EITHER) == "29 passages: too few to say, 30 are needed"
    assert words_of(walked(walks[:5], EITHER), EITHER).startswith("fewer than 10 passages: too few")


def test_the_page_needs_nothing_else_and_shows_zones_and_cells() -> None:
    capture = Capture(zones=(BENCH,))
    survey = walked([[(0.2, 0.5), (0.4, 0.6)]] * 40, capture)
    page = zones_page(survey, site(survey, capture, GARMENTS), capture, "paris/desk", "2026-11-23")
    reader = read(page)
    assert not reader.fetched
    assert not reader.open
    assert {"script", "img"}.isdisjoint(reader.tags)
    assert reader.tags.count("polygon") == 2
    assert page.count("<title>40 passages</title>") == 2
    assert ">bench</text>" in page
    assert "stroke-dasharray" in page
    assert "name: pavement" in page
