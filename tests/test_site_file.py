"""The site on disk: whole or not at all, display's alone, and followed by those who only read it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.remote_file import FILE as REMOTE
from appliance.remote_file import Kept, Remote, Version, write_kept
from appliance.site import Plane, SignOff, Site
from appliance.site_file import FILE, Place, read_site, write_site

MAT = {"name": "mat", "polygon": [[0.1, 0.5], [0.6, 0.5], [0.6, 0.9]]}
BENCH = {"name": "bench", "kind": "opt-out", "polygon": [[0, 0], [0.2, 0], [0.2, 1]]}
GOOD = {"schema": "site/1", "mode": None, "zones": [MAT], "ground": None, "signed_off": None}
DRAWN = Site.model_validate({"zones": [MAT]})
SITES = [
    Site(),
    DRAWN,
    Site(mode="opt-in-zone", ground=Plane(camera_m=2.5, tilt_deg=10, view_deg=70, aspect=1.78)),
    Site(signed_off=SignOff(minute="2026-11-26T09:30:00Z", version="0.1.0", checks=())),
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()


def files_in(folder: Path, **sections: Any) -> Settings:
    return Settings.model_validate({"folders": {"state": folder, "runtime": folder / "run"}, **sections})


def drawn(settings: Settings) -> list[str]:
    return [zone.name for zone in settings.capture.zones]


@pytest.mark.parametrize("site", SITES)
def test_what_is_kept_is_read_again(tmp_path: Path, site: Site) -> None:
    write_site(tmp_path / "state", site)
    assert read_site(tmp_path / "state") == site
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o640


def test_where_nothing_is_drawn_the_files_count(tmp_path: Path) -> None:
    assert read_site(tmp_path / "nowhere") == Site()
    assert Place(files_in(tmp_path)).settings == files_in(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"schema": "site/2"}, {"zones": 1}, {"zones": [1]}, {"mode": "open-street"}, {"more": 1}, {"ground": 1}],
)
def test_a_file_of_another_kind_is_no_site_and_not_none(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / FILE).write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(BoothError, match=r"site\.json: no.*site/1; open the field page"):
        read_site(tmp_path)


def test_no_depth_raises_anything_but_the_error_for_people(tmp_path: Path) -> None:
    for depth in range(850, 1050):
        (tmp_path / FILE).write_text('{"schema":"site/1","zones":' + "[" * depth + "]" * depth + "}")
        with pytest.raises(BoothError):
            read_site(tmp_path)


@given(st.binary(max_size=40) | st.sampled_from([b"[" * 60_000, b"\xff", b"{}" + b" " * 70_000]))
def test_no_bytes_raise_anything_but_the_error_for_people(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BoothError, match=r"site\.json"):
        read_site(tmp_path)


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(BoothError, match=r"site\.json: Is a directory"):
        read_site(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
def test_a_file_of_another_user_is_no_site(tmp_path: Path) -> None:
    """A second lock: the folder is display's own, and the uplink must not move the mat."""
    write_site(tmp_path, DRAWN)
    os.chown(tmp_path / FILE, 54_321, -1)
    with pytest.raises(BoothError, match="another user"):
        read_site(tmp_path)


def test_a_reader_takes_changes_over_and_keeps_what_it_knew_of_a_file_that_breaks_or_vanishes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(files_in(tmp_path))
    assert not place.look()
    write_site(tmp_path, DRAWN)
    assert place.look()
    for damage in (lambda: (tmp_path / FILE).write_text("{"), (tmp_path / FILE).unlink):
        damage()
        assert not place.look()
        assert not place.look()
        assert (drawn(place.settings), place.fault) == (["mat"], "")
    assert caplog.text.count("not read") == 2
    write_site(tmp_path, Site())
    assert place.look()
    assert place.settings == files_in(tmp_path)


def test_who_starts_with_a_damaged_file_knows_that_nobody_may_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    place = Place(files_in(tmp_path))
    assert "site.json: no site/1" in place.fault
    (tmp_path / FILE).unlink()
    assert place.look()
    assert "site.json: gone" in place.fault
    write_site(tmp_path, DRAWN)
    assert place.look()
    assert (drawn(place.settings), place.fault) == (["mat"], "")


def test_a_site_that_new_files_do_not_bear_is_a_fault(tmp_path: Path) -> None:
    """Drawn in an open street, of a booth whose file wants opt-in now: nobody knows where the mat is."""
    write_site(tmp_path, Site.model_validate({"zones": [BENCH]}))
    place = Place(files_in(tmp_path, capture={"mode": "opt-in-zone", "zones": [MAT]}))
    assert "opt-in-zone needs at least one zone" in place.fault


def test_zones_drawn_at_the_place_lie_under_a_wish_from_afar(tmp_path: Path) -> None:
    remote = Remote(files_in(tmp_path), 0.0)
    write_site(tmp_path, DRAWN)
    assert not remote.look(0.5)
    assert remote.look(1.0)
    assert drawn(remote.settings) == ["mat"]
    write_kept(tmp_path, Kept(Version(1, {"capture": {"zones": [BENCH]}}), tried=1))
    assert remote.look(2.0)
    assert drawn(remote.settings) == ["bench"]
    write_site(tmp_path, Site.model_validate({"zones": [MAT, {**BENCH, "name": "tree"}]}))
    assert remote.look(3.0)
    assert sorted(drawn(remote.settings)) == ["bench", "tree"]
    write_kept(tmp_path, Kept())
    assert remote.look(4.0)
    assert sorted(drawn(remote.settings)) == ["mat", "tree"]


def test_a_damaged_wish_does_not_hinder_who_draws_and_stays_in_force(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(1, {"capture": {"zones": [BENCH]}}), tried=1))
    remote = Remote(files_in(tmp_path), 0.0)
    (tmp_path / REMOTE).write_text("{")
    write_site(tmp_path, Site(mode="opt-in-zone", zones=DRAWN.zones))
    assert remote.look(1.0)
    assert remote.settings.capture.mode == "opt-in-zone"
    assert sorted(drawn(remote.settings)) == ["bench", "mat"]


def test_the_fault_of_a_site_reaches_who_looks_at_people(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    remote = Remote(files_in(tmp_path), 0.0)
    assert "site.json" in remote.fault
    write_site(tmp_path, DRAWN)
    remote.look(1.0)
    assert remote.fault == ""
