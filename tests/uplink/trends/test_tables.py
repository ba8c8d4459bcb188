"""Codebook, tables and tallies: every outfit falls in one cell of each table, and a tally is read as it was written."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.outfit import SHADES, UNSEEN, Outfit
from appliance.uplink.trends.styles import read_codebook
from appliance.uplink.trends.tables import FAMILIES, FAMILY, all_tables, cells_of
from appliance.uplink.trends.tally import MOST, Tally, tally_from
from appliance.vocabulary import PATTERNS
from tests.uplink.trends.builders import DARK, DAY, JEANS, street

shades = st.sampled_from(SHADES)
outfits = st.builds(
    Outfit, shades, shades, st.tuples(shades, shades, shades, shades), st.sampled_from(PATTERNS)
)


def answer(outfit: Outfit, name: str) -> str:
    number = [table.name for table in all_tables()].index(name)
    return all_tables()[number].labels[cells_of(outfit)[number]]


@pytest.mark.parametrize(
    ("outfit", "style"),
    [
        (DARK, "all-dark"),
        (JEANS, "dark-over-blue"),
        (Outfit("white", "black", ("white", "white", "black", "black"), "plain"), "light-over-dark"),
        (Outfit("white", "blue", ("white", "white", "blue", "white"), "plain"), "light-over-blue"),
        (Outfit("red", "black", ("red", "red", "black", "black"), "plain"), "vivid-top"),
        (Outfit("black", "red", ("black", "black", "red", "black"), "plain"), "vivid-bottom"),
        (Outfit("yellow", "yellow", ("yellow",) * 4, "plain"), "vivid-whole"),
        (Outfit("grey", "grey", ("grey",) * 4, "plain"), "grey-tones"),
        (Outfit("brown", "beige", ("brown", "brown", "beige", "brown"), "plain"), "earth-tones"),
        (Outfit("white", "beige", ("white", "white", "beige", "beige"), "plain"), "all-light"),
        (Outfit("blue", "blue", ("blue",) * 4, "plain"), "all-blue"),
        (Outfit("black", "white", ("black", "black", "white", "white"), "plain"), "dark-over-light"),
        (Outfit("grey", "black", ("grey", "grey", "black", "black"), "striped"), "patterned-dark"),
        (Outfit("white", "pink", ("white", "white", "pink", "white"), "patterned"), "patterned-bright"),
        (Outfit("mixed", "mixed", ("red", "blue", "green", "white"), "plain"), "many-colours"),
    ],
)
def test_a_typical_outfit_is_the_style_that_people_would_call_it(outfit: Outfit, style: str) -> None:
    assert read_codebook().style_of(outfit) == style


def test_the_codebook_names_every_shade_and_gives_every_style_eight_figures() -> None:
    book = read_codebook()
    assert tuple(book.shades) == SHADES
    assert {len(point) for point in book.styles.values()} == {8} == {len(book.weights)}
    assert book.id == f"styles-1:{book.digest[:12]}"


def test_every_shade_has_a_family_and_pairs_of_them_stay_few() -> None:
    assert set(FAMILY) == set(SHADES)
    assert set(FAMILY.values()) == set(FAMILIES)
    assert len(all_tables()[3].labels) <= 36


@given(outfits)
def test_every_outfit_counts_once_in_each_table(outfit: Outfit) -> None:
    before, after = Tally(DAY), Tally(DAY)
    after.add(outfit)
    assert after.passages == 1
    for name, counts in after.counts.items():
        moved = [now - then for now, then in zip(counts, before.counts[name], strict=True)]
        assert sorted(moved)[-1] == 1 == sum(map(abs, moved)), name


def test_a_tally_says_what_was_worn() -> None:
    assert answer(JEANS, "upper-colour") == "black"
    assert answer(JEANS, "lower-colour") == "blue"
    assert answer(JEANS, "combination") == "black-over-cool"
    assert answer(UNSEEN, "combination") == "mixed-over-mixed"


@pytest.mark.parametrize("tally", [Tally(None), Tally(DAY), street(300)])
def test_a_tally_is_read_as_it_was_written(tally: Tally) -> None:
    again = tally_from(json.loads(json.dumps(tally.values())))
    assert (again.day, again.passages, again.counts) == (tally.day, tally.passages, tally.counts)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "tally/2"},
        {"codebook": "styles-0:000000000000"},
        {"day": "yesterday"},
        {"passages": 299},
        {"passages": True},
        {"passages": -1},
        {"counts": {}},
        {"counts": None},
    ],
)
def test_what_is_no_tally_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tally|counts|isoformat"):
        tally_from({**street(300).values(), **change})


@pytest.mark.parametrize("values", [None, [], 7, "tally"])
def test_other_json_is_no_tally(values: Any) -> None:
    with pytest.raises(ValueError, match="no tally"):
        tally_from(values)


def test_counts_below_zero_or_of_other_tables_are_refused() -> None:
    values = street(10).values()
    for wrong in ([11, -1, 0], [10, 0], [10.0, 0, 0]):
        with pytest.raises(ValueError, match=r"counts|tally"):
            tally_from({**values, "counts": {**values["counts"], "pattern": wrong}})


def test_counting_ends_somewhere() -> None:
    full = Tally(date.min)
    full.passages = MOST
    full.add(DARK)
    assert full.passages == MOST
    assert sum(full.counts["style"]) == 0
