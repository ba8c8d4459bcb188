"""Wishes from afar and what is drawn at the place: the uplink judges by what is painted on the ground now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from appliance.config import Settings
from appliance.remote_file import Kept, Remote, Version, write_kept
from appliance.site import Site
from appliance.site_file import FILE, write_site
from appliance.uplink.desired import RemoteConfig
from tests.uplink.test_desired import desired, told

MAT = {"name": "mat", "polygon": [[0.1, 0.5], [0.6, 0.5], [0.6, 0.9]]}
NEW_MAT = {"name": "mat", "polygon": [[0.3, 0.5], [0.8, 0.5], [0.8, 0.9]]}
BENCH = {"name": "bench", "kind": "opt-out", "polygon": [[0, 0], [0.2, 0], [0.2, 1]]}


def files_in(folder: Path, mode: str = "opt-in-zone") -> Settings:
    capture = {"mode": mode, "zones": [MAT]}
    return Settings.model_validate(
        {"folders": {"state": folder, "runtime": folder / "run"}, "capture": capture}
    )


def paint(folder: Path, *zones: dict[str, Any], **more: Any) -> None:
    write_site(folder, Site.model_validate({"zones": zones, **more}))


def drawn(settings: Settings) -> set[str]:
    return {f"{zone.name} {zone.polygon[0][0]}" for zone in settings.capture.zones}


def test_a_wish_is_judged_by_the_mat_that_is_painted_now(tmp_path: Path) -> None:
    config = RemoteConfig(files_in(tmp_path))
    config.connected(0.0)
    paint(tmp_path, NEW_MAT)
    config.hear(desired(1, {"capture": {"zones": [MAT]}}), 1.0)
    assert told(config) == (0, 1, "rejected")
    config.hear(desired(2, {"capture": {"zones": [NEW_MAT, BENCH]}}), 2.0)
    assert told(config) == (2, 2, "on trial")
    assert drawn(config.settings) == {"mat 0.3", "bench 0.0"}


def test_a_new_mat_leaves_a_wish_in_force_and_both_processes_mean_the_same(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(3, {"capture": {"zones": [MAT, BENCH]}}), tried=3))
    config, remote = RemoteConfig(files_in(tmp_path)), Remote(files_in(tmp_path), 0.0)
    paint(tmp_path, NEW_MAT)
    config.tend(1.0)
    assert remote.look(1.0)
    assert config.settings == remote.settings == Remote(files_in(tmp_path), 0.0).settings
    assert drawn(config.settings) == {"mat 0.3", "bench 0.0"}
    assert config.version == 3


def test_a_wish_that_what_is_drawn_forbids_falls_away_and_says_why(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(3, {"capture": {"mode": "open-street"}}), tried=3))
    config = RemoteConfig(files_in(tmp_path, "open-street"))
    config.connected(0.0)
    paint(tmp_path, NEW_MAT, mode="opt-in-zone")
    config.tend(1.0)
    report = config.report()
    assert report is not None
    assert (report["version"], report["result"]) == (0, "reverted")
    assert "drawn at the booth forbids it: capture.mode" in report["reason"]
    assert config.settings.capture.mode == "opt-in-zone"
    assert config.settings == Remote(files_in(tmp_path, "open-street"), 0.0).settings


def test_a_damaged_drawing_sets_no_wish_aside(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(3, {"display": {"language": "sv"}}), tried=3))
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text("{")
    config = RemoteConfig(files_in(tmp_path))
    assert (config.version, config.settings.display.language) == (3, "sv")
