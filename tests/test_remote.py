"""What may be set from afar: little, by the same limits as in the files, and never through a wall."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.config import Capture, Settings, Zone
from appliance.config_file import CITIES, load_settings
from appliance.errors import BoothError
from appliance.remote import ALLOWED, in_force, overlay
from appliance.section import Section
from appliance.vision.zones import NOWHERE, OPTED_OUT, zones_of

SQUARE = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.6], [0.1, 0.6]]
MAT = {"name": "mat", "kind": "scored", "polygon": SQUARE}
DOOR = {"name": "door", "kind": "scored", "polygon": [[0.5, 0.5], [1, 0.5], [1, 1]]}
BENCH = {"name": "bench", "kind": "opt-out", "polygon": [[0, 0], [0.3, 0], [0.3, 1], [0, 1]]}
GRID = np.array([[x, y] for x in np.linspace(0, 1, 21) for y in np.linspace(0, 1, 21)])
"Places where people may stand, as shares of the picture."


def settings_of(**sections: Any) -> Settings:
    return Settings.model_validate(sections)


def opt_in(*zones: dict[str, Any]) -> Settings:
    return settings_of(capture={"mode": "opt-in-zone", "zones": zones})


def refusal(files: Settings, wish: Any) -> str:
    """Why a wish is refused: one line."""
    with pytest.raises(BoothError) as raised:
        overlay(files, wish)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)


def test_a_wish_lies_on_top_of_the_files_key_by_key() -> None:
    files = settings_of(display={"language": "sv", "card_s": 10}, uplink={"keepalive_s": 60})
    got = overlay(files, {"display": {"language": "es"}, "uplink": {"status_every_s": 120}})
    assert (got.display.language, got.display.card_s) == ("es", 10)
    assert (got.uplink.keepalive_s, got.uplink.status_every_s) == (60, 120)


def test_no_wish_leaves_the_files_as_they_are() -> None:
    files = opt_in(MAT, BENCH)
    assert overlay(files, {}) == overlay(files, {"capture": {}}) == files


@pytest.mark.parametrize("city", sorted(path.stem for path in CITIES.glob("*.yaml")))
def test_a_booth_of_every_city_keeps_its_files_without_a_wish(tmp_path: Path, city: str) -> None:
    (tmp_path / "booth.yaml").write_text(f"booth: {{city: {city}}}")
    files = load_settings(tmp_path / "booth.yaml")
    assert overlay(files, {}) == files


def test_a_wish_by_the_hour_takes_the_place_of_a_share_and_the_other_way_round() -> None:
    files = settings_of(decision={"wanted_share": 0.1})
    for wish in ({"wanted_per_hour": 6}, {"wanted_per_hour": 6, "wanted_share": None}):
        got = overlay(files, {"decision": wish}).decision
        assert (got.wanted_share, got.wanted_per_hour) == (None, 6)
    by_hour = settings_of(decision={"wanted_per_hour": 6})
    got = overlay(by_hour, {"decision": {"wanted_share": 0.1}}).decision
    assert (got.wanted_share, got.wanted_per_hour) == (0.1, None)
    both = {"wanted_per_hour": 6, "wanted_share": 0.1}
    assert "set one of them to null" in refusal(files, {"decision": both})


def keys_of_the_settings() -> list[tuple[str, str]]:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    return [
        (name, key)
        for name, section in sections.items()
        if isinstance(section, type) and issubclass(section, Section)
        for key in section.model_fields
    ]


@pytest.mark.parametrize(("section", "key"), keys_of_the_settings())
def test_whatever_is_not_allowed_by_name_is_refused_by_name(section: str, key: str) -> None:
    value = Settings().model_dump(mode="json")[section][key]
    if key in ALLOWED.get(section, ()):
        assert overlay(Settings(), {section: {key: value}}) == Settings()
    else:
        said = refusal(Settings(), {section: {key: value}})
        assert said.startswith(section)
        assert "cannot be set from afar" in said


def test_every_allowed_key_is_one_of_the_settings() -> None:
    assert {(section, key) for section, keys in ALLOWED.items() for key in keys} <= set(
        keys_of_the_settings()
    )


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"wing": "cpu"}, "wing: cannot be set from afar"),
        ({"uplink": {"broker": "mqtt://elsewhere"}}, "uplink.broker: cannot be set from afar"),
        ({"uplink": {"keepalive_s": 4}}, "uplink.keepalive_s: Input should be greater than or equal to 5"),
        ({"uplink": {"keepalive_s": "30"}}, "uplink.keepalive_s: Input should be a valid integer"),
        ({"uplink": {"status_every_s": 1e300}}, "uplink.status_every_s: Input should be less than"),
        ({"uplink": None}, "uplink: "),
        ({"novelty": {"learning": 1}}, "novelty.learning: Input should be a valid boolean"),
        ({"display": {"card_s": float("nan")}}, "display.card_s: Input should be a finite number"),
        ({"display": {"card_s": 20.5}}, "display.card_s: Input should be less than"),
        ({"decision": {"wanted_share": 0.6}}, "decision.wanted_share: Input should be less than"),
        (
            {"capture": {"zones": [{**MAT, "polygon": [[0, "0"], [1, 0], [1, 1]]}]}},
            "capture.zones.0.polygon.0.1",
        ),
        ({"capture": {"zones": [{**MAT, "colour": "red"}]}}, "capture.zones.0.colour"),
        ([], "settings: "),
        (7, "settings: "),
        ("x", "settings: "),
        ({"a": object()}, "settings: no JSON"),
    ],
)
def test_a_refusal_names_the_key_and_why(wish: Any, words: str) -> None:
    assert refusal(Settings(), wish).startswith(words)


def test_a_booth_that_asks_for_consent_by_its_files_asks_for_it_whatever_is_wished() -> None:
    files = opt_in(MAT)
    assert "capture.mode: opt-in-zone" in refusal(files, {"capture": {"mode": "open-street"}})
    assert "capture.mode" in refusal(files, {"capture": {"mode": "open-street", "zones": []}})


@pytest.mark.parametrize(
    "zone",
    [
        DOOR,
        {**MAT, "polygon": [[0.1, 0.1], [0.61, 0.1], [0.6, 0.6], [0.1, 0.6]]},
        {**MAT, "polygon": SQUARE[1:] + SQUARE[:1]},
        {**MAT, "name": "carpet"},
    ],
)
def test_a_mat_on_the_ground_is_not_moved_from_afar(zone: dict[str, Any]) -> None:
    said = refusal(opt_in(MAT, BENCH), {"capture": {"zones": [MAT, zone]}})
    assert said.startswith(f"capture.zones: {zone['name']}: ")


def test_one_of_two_mats_may_be_closed_from_afar_but_not_both() -> None:
    files = opt_in(MAT, DOOR)
    assert [zone.name for zone in overlay(files, {"capture": {"zones": [DOOR]}}).capture.zones] == ["door"]
    assert "needs at least one zone" in refusal(files, {"capture": {"zones": []}})


def test_who_opted_out_by_the_files_is_left_alone_whatever_is_wished() -> None:
    files = settings_of(capture={"zones": [MAT, BENCH]})
    for zones in ([], [DOOR], [{**BENCH, "kind": "scored"}], [BENCH, DOOR]):
        kept = overlay(files, {"capture": {"zones": zones}}).capture.zones
        assert Zone.model_validate(BENCH) in kept
        assert len(kept) == len(set(map(str, kept)))


def test_an_open_street_may_be_narrowed_from_afar_and_opened_again() -> None:
    files = settings_of()
    narrow = overlay(files, {"capture": {"mode": "opt-in-zone", "zones": [DOOR]}})
    assert narrow.capture.mode == "opt-in-zone"
    assert overlay(files, {"capture": {"mode": "open-street"}}).capture.mode == "open-street"


SHARES = st.integers(0, 10).map(lambda tenth: tenth / 10)
ZONES: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    name=st.sampled_from(["mat", "door", "bench"]),
    kind=st.sampled_from(["scored", "opt-out"]),
    polygon=st.lists(st.tuples(SHARES, SHARES).map(list), min_size=3, max_size=5),
)
MODES = st.sampled_from(get_args(Capture.model_fields["mode"].annotation))


def seen_in(capture: Capture) -> tuple[set[int], set[int]]:
    """The places of GRID where a person may be looked at, and where they opted out."""
    feet = np.concatenate([GRID, GRID], axis=1) * 100
    zones = zones_of(feet.astype(np.float32), 100, 100, capture)
    looked_at = {place for place, zone in enumerate(zones) if zone not in (NOWHERE, OPTED_OUT)}
    return looked_at, {place for place, zone in enumerate(zones) if zone == OPTED_OUT}


@given(MODES, st.lists(ZONES, max_size=4), st.data())
def test_no_wish_lets_the_booth_look_at_anybody_whom_its_files_leave_alone(
    mode: str, zones: list[dict[str, Any]], data: st.DataObject
) -> None:
    assume(mode == "open-street" or any(zone["kind"] == "scored" for zone in zones))
    files = settings_of(capture={"mode": mode, "zones": zones})
    wished_zones = st.lists(st.sampled_from(zones) | ZONES if zones else ZONES, max_size=4)
    wish = data.draw(st.fixed_dictionaries({}, optional={"mode": MODES, "zones": wished_zones}))
    with contextlib.suppress(BoothError):
        got = overlay(files, json.loads(json.dumps({"capture": wish}))).capture
        (allowed, left_alone), (looked_at, opted_out) = seen_in(files.capture), seen_in(got)
        assert opted_out >= left_alone
        assert not looked_at & left_alone
        if mode == "opt-in-zone":
            assert looked_at <= allowed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(sorted({key for keys in ALLOWED.values() for key in keys} | {"broker"}))
NEARLY = st.dictionaries(st.sampled_from([*ALLOWED, "booth"]), st.dictionaries(KEYS, JSON, max_size=3) | JSON)


@given(JSON | NEARLY)
def test_anything_is_taken_or_refused_in_one_line_that_people_can_read(wish: Any) -> None:
    try:
        got = overlay(Settings(), wish)
    except BoothError as refused:
        said = str(refused)
    else:
        said = ""
        assert overlay(got, {}) == got
    assert said == "" or ":" in said


SPOT = {"name": "spot", "kind": "spot", "polygon": SQUARE}


def test_a_spot_where_the_files_ask_for_consent_can_be_closed_from_afar_but_neither_moved_nor_made() -> None:
    files = opt_in(MAT, SPOT)
    assert overlay(files, {"capture": {"zones": [MAT]}}).capture.spot is None
    assert overlay(files, {"capture": {"zones": [MAT, SPOT]}}).capture.spot == files.capture.spot
    moved = {**SPOT, "polygon": DOOR["polygon"]}
    for there in (files, opt_in(MAT)):
        said = refusal(there, {"capture": {"zones": [MAT, moved]}})
        assert said.startswith("capture.zones: spot: no spot zone of the booth's own file")


def test_a_spot_that_was_marked_anew_since_the_wish_is_not_where_the_wish_has_it() -> None:
    wish = {"capture": {"zones": [MAT, SPOT, BENCH]}}
    moved = opt_in(MAT, {**SPOT, "polygon": DOOR["polygon"]})
    assert in_force(opt_in(MAT, SPOT), wish).capture.spot is not None
    assert in_force(moved, wish).capture.spot is None
    assert [zone.name for zone in in_force(moved, wish).capture.zones] == ["mat", "bench"]
