"""What the cities' README promises, row by row, against the rules that the program applies."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from appliance.config import Settings
from appliance.config_file import CITIES as CITY_FILES
from appliance.config_file import load_settings
from appliance.law.disclosure import lacking
from appliance.law.profiles import CITIES, FIRST_LAYER, PROFILES, Profile

README = CITY_FILES / "README.md"
NAMES = tuple(PROFILES)


def row(first: str) -> list[str]:
    """Cells of the table's row that begins so."""
    lines = re.findall(
        rf"^\| {re.escape(first)}[^|]*\|(.*)\|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(lines) == 1, first
    return [cell.strip() for cell in lines[0].split("|")]


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "-"


def languages_of(profile: Profile) -> str:
    return (
        listed(profile.languages) if profile.languages else "what `place.languages` says, which has to be set"
    )


@pytest.mark.parametrize("city", CITIES)
def test_the_keys_that_only_the_company_knows_are_listed_for_each_city(city: str) -> None:
    found = lacking(load_settings(CITY_FILES / f"{city}.yaml"))
    assert {fault.key[0] for fault in found} == {"sign"}
    assert row(city) == [listed([fault.key[1] for fault in found])]


def test_every_profile_has_its_column() -> None:
    assert [cell.partition(" ")[0] for cell in row("profile")] == list(NAMES)
    assert [cell == "yes" for cell in row("open street")] == [PROFILES[name].open_street for name in NAMES]
    assert row("sign in") == [languages_of(PROFILES[name]) for name in NAMES]
    for mode, words in (
        ("open-street", "legal basis, open street"),
        ("opt-in-zone", "legal basis, opt-in zone"),
    ):
        assert row(words) == [listed(PROFILES[name].bases[mode]) for name in NAMES]


def test_the_fields_of_every_sign_are_listed() -> None:
    besides = [[key for key in PROFILES[name].fields if key not in FIRST_LAYER] for name in NAMES]
    head = f"named besides {', '.join(sorted(FIRST_LAYER))}"
    assert row(head) == [listed(keys) for keys in besides]


def test_how_long_things_are_kept_is_said() -> None:
    assert row("events wait") == [f"{PROFILES[name].messages_days} days" for name in NAMES]
    assert row("reports at") == [f"{PROFILES[name].reports_days} days" for name in NAMES]


def test_languages_that_ship_are_those_of_the_city_files() -> None:
    shipped = {CITIES[city]: load_settings(CITY_FILES / f"{city}.yaml").place.languages for city in CITIES}
    assert row("ships in") == [listed(shipped.get(name, ())) for name in NAMES]


@pytest.mark.parametrize("languages", [["en"], ["fr", "sv"]])
def test_a_city_without_a_law_of_its_own_has_to_say_what_people_there_read(languages: list[str]) -> None:
    unsaid = lacking(Settings.model_validate({"booth": {"city": "atlantis"}}))
    told = next(fault for fault in unsaid if fault.key == ("place", "languages"))
    assert str(told).startswith(
        "place.languages: not set, and nobody has written down what people in atlantis"
    )
    said = Settings.model_validate({"booth": {"city": "atlantis"}, "place": {"languages": languages}})
    assert ("place", "languages") not in [fault.key for fault in lacking(said)]
