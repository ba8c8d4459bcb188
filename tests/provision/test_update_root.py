"""Whom a booth shall believe about updates: a stick brings a whole root of TUF, or is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tuf.ngclient import Updater

from appliance.errors import BoothError
from appliance.provision.making import make_asking
from appliance.provision.update_root import check_update_root
from tests.provision.builders import NOW, Booth, City, changed, moment, root_of_updates
from tests.provision.kit import CITY, provision, stick_in

Root = dict[str, Any]


def without_keys(root: Root) -> None:
    root["signed"]["roles"]["targets"]["keyids"] = []


def with_a_foreign_signature(root: Root) -> None:
    root["signatures"][1]["sig"] = root["signatures"][0]["sig"]


def changed_after_signing(root: Root) -> None:
    root["signed"]["version"] = 9


def other_metadata(root: Root) -> None:
    root["signed"] = {"_type": "targets", "expires": "2099-01-01T00:00:00Z", "spec_version": "1.0.31",
                      "targets": {}, "version": 1}  # fmt: skip


def junk(root: Root) -> None:
    root["signed"] = {"_type": "root"}


def a_number_that_nobody_signs(root: Root) -> None:
    root["signed"]["odd"] = 0.5


SPOILT: list[tuple[Callable[[Root], None], str]] = [
    (without_keys, "nobody can sign targets"),
    (with_a_foreign_signature, "not signed by 2 of its own root keys"),
    (changed_after_signing, "not signed by 2 of its own root keys"),
    (other_metadata, "other metadata than a root"),
    (junk, "no root of TUF"),
    (a_number_that_nobody_signs, "no root of TUF"),
]


def refuses(booth: Booth, city: City, root: Root, why: str) -> None:
    """A stick that an authority vouches for, and whose root is no good."""
    before = booth.identity()
    outcome = booth.plug(city.written(city.vouched(changed(city.keyed(), update_root=root))))
    assert outcome.kind == "refused"
    assert why in outcome.line
    assert len(outcome.line.splitlines()) == 1
    assert booth.identity() == before


@pytest.mark.parametrize(("spoil", "why"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_stick_whose_root_is_not_whole_changes_nothing(
    booth: Booth, city: City, tmp_path: Path, spoil: Callable[[Root], None], why: str
) -> None:
    root = root_of_updates(tmp_path / "site")
    spoil(root)
    refuses(booth, city, root, why)


def test_too_few_signatures_and_an_early_end_are_refused_too(
    booth: Booth, city: City, tmp_path: Path
) -> None:
    refuses(
        booth, city, root_of_updates(tmp_path / "few", signed_by=1), "not signed by 2 of its own root keys"
    )
    refuses(booth, city, root_of_updates(tmp_path / "old", lasts_d=-1), "expires on")
    refuses(booth, city, root_of_updates(tmp_path / "soon", lasts_d=6), "before the stick")


def test_what_is_taken_is_a_root_that_the_updates_client_takes(
    booth: Booth, city: City, tmp_path: Path
) -> None:
    root = root_of_updates(tmp_path / "site")
    assert booth.plug(city.keyed_stick(city.wish(update_root=root))).kind == "applied"
    anchor = (booth.places.home / "update/root.json").read_bytes()
    Updater(str(tmp_path), "http://127.0.0.1:9/", bootstrap=anchor)


def test_the_laptop_does_not_make_such_a_stick_whoever_makes_the_key(city: City, tmp_path: Path) -> None:
    wish = city.wish(update_root=root_of_updates(tmp_path / "few", signed_by=1))
    for make in (city.keyed, lambda wish: make_asking(wish, NOW)):
        with pytest.raises(BoothError, match="not signed by 2 of its own root keys"):
            make(wish)


def test_the_technician_is_told_in_one_line(city: City, tmp_path: Path) -> None:
    file = tmp_path / "root.json"
    file.write_text(json.dumps(root_of_updates(tmp_path / "site", lasts_d=2)))
    words = (*CITY, "--booth", "a", "--ca", city.authority.ca, "--update-root", file)
    done = provision(stick_in(tmp_path / "stick").folder, *words, fails=True)
    assert "update_root: expires on" in done.err
    assert len(done.err.splitlines()) == 1
    assert not list((tmp_path / "stick").iterdir())


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return root_of_updates(tmp_path_factory.mktemp("site"))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_put_into_it_is_refused_in_one_line(whole: Root, data: st.DataObject) -> None:
    root = json.loads(json.dumps(whole))
    place: Any = root
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(values)
        break
    told = ""
    try:
        check_update_root(root, moment(NOW))
    except BoothError as error:
        told = str(error)
    assert not told or (told.isprintable() and told.startswith("update_root: "))
