"""`booth provision` where the sign lacks something: said at the laptop, key by key, before a stick is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from appliance.config_file import load_settings
from appliance.errors import BoothError
from appliance.law.disclosure import require_disclosure
from appliance.provision.stick import MANIFEST, Stick
from tests.law.booths import CITIES, SIGN
from tests.provision.builders import City, new_booth
from tests.provision.kit import make_authority, needs_openssl, provision, stick_in

CITIES_WITH_RIGHTS = ("toronto", "stockholm", "madrid")


def words_for(city: str, authority: City, *more: object) -> tuple[object, ...]:
    broker = ("--broker", "mqtts://localhost:8883")
    return ("--city", city, "--booth", "desk", *broker, "--ca", authority.authority.ca, *more)


def extra(folder: Path, **sections: Any) -> Path:
    file = folder / "extra.yaml"
    file.write_text(yaml.safe_dump(sections, allow_unicode=True), encoding="utf-8")
    return file


def looks(folder: Path, stick: Stick) -> bool:
    """Whether the booth that took this stick would look at people."""
    booth = new_booth(folder / "booth")
    booth.plug(stick)
    settings = load_settings(booth.places.settings)
    try:
        require_disclosure(settings)
    except BoothError:
        return False
    return True


@pytest.mark.parametrize("name", CITIES_WITH_RIGHTS)
def test_no_stick_is_made_for_a_booth_that_would_look_at_nobody(
    tmp_path: Path, city: City, name: str
) -> None:
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *words_for(name, city), fails=True)
    for key in ("controller", "contact", "url", "address"):
        assert f"sign.{key}: not set" in done.err
    assert ("sign.officer: not set" in done.err) == (name == "toronto")
    assert "write these keys into extra.yaml, as deploy/cities/README.md shows" in done.err
    assert f"booth sign --city {name} --config extra.yaml" in done.err
    assert not list(stick.folder.iterdir()), "what fails leaves the stick as it was"


@pytest.mark.parametrize("name", CITIES)
def test_one_file_makes_both_the_sign_and_a_stick_that_lacks_nothing(
    tmp_path: Path, city: City, name: str
) -> None:
    from tests.command import booth

    stick, file = stick_in(tmp_path / "stick"), extra(tmp_path, sign=SIGN)
    done = provision(stick.folder, *words_for(name, city, "--config", file))
    assert "sign " not in done.out
    made = booth("sign", "--city", name, "--config", file, "--out", tmp_path / "print")
    assert (made.code, made.err) == (0, "")
    assert (tmp_path / "print" / f"sign-{name}-A3.pdf").exists()


def test_a_file_that_says_too_little_is_named_in_the_cure(tmp_path: Path, city: City) -> None:
    file = extra(tmp_path, sign={**SIGN, "rights": ["access"]})
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *words_for("stockholm", city, "--config", file), fails=True)
    assert done.err.startswith("booth: sign.rights: rectification, erasure")
    assert f"mend {file}, then add --config {file}" in done.err


def test_whoever_wants_the_stick_all_the_same_gets_it_and_is_told(tmp_path: Path, city: City) -> None:
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *words_for("madrid", city, "--without-sign"))
    assert stick.has(MANIFEST)
    assert "sign       lacks sign.controller, " in done.out
    assert "this booth looks at nobody before they are set" in done.out


def test_where_no_law_asks_for_a_sign_the_stick_is_made_and_the_sign_is_missed(
    tmp_path: Path, city: City
) -> None:
    done = provision(stick_in(tmp_path / "stick").folder, *words_for("new-york", city))
    assert "sign       lacks sign.controller, sign.contact, sign.url: the booth looks, but" in done.out


@pytest.mark.parametrize("source", ["test:", "/srv/street.avi"])
def test_a_booth_that_shows_a_recording_needs_no_sign(tmp_path: Path, city: City, source: str) -> None:
    file = extra(tmp_path, camera={"source": source})
    done = provision(stick_in(tmp_path / "stick").folder, *words_for("madrid", city, "--config", file))
    assert "sign " not in done.out


def test_a_table_of_booths_is_told_once_and_makes_no_stick(tmp_path: Path, city: City) -> None:
    table = tmp_path / "booths.csv"
    table.write_text("booth\nwest-1\nwest-2\n")
    words = ("--city", "madrid", "--broker", "mqtts://localhost:8883", "--ca", city.authority.ca)
    done = provision(tmp_path / "sticks", *words, "--batch", table, fails=True)
    assert done.err.count("sign.controller: not set") == 1
    assert not (tmp_path / "sticks").exists()
    told = provision(tmp_path / "sticks", *words, "--batch", table, "--without-sign")
    assert told.out.count("sign       lacks") == 1
    assert len(list((tmp_path / "sticks").iterdir())) == 2


@needs_openssl
def test_nothing_is_signed_for_a_stick_that_is_not_made(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    words = ("--city", "madrid", "--booth", "desk", "--broker", "mqtts://localhost:8883")
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *words, "--authority", authority, fails=True)
    assert not list(authority.rglob("booth.crt"))
    file = extra(tmp_path, sign=SIGN)
    provision(stick.folder, *words, "--authority", authority, "--config", file)
    assert looks(tmp_path, stick)
