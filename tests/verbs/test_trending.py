"""Trends in the loop of vision: who is settled and was seen is counted once, and the vitals say how it is."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.config import Settings
from appliance.health.clock import Clock
from appliance.logbook.chain import newest
from appliance.logbook.notes import Notes
from appliance.uplink.trends.daybook import FILE
from appliance.uplink.trends.shelf import days_of, put
from appliance.verbs import trending as module
from appliance.verbs.figures import Figures
from appliance.verbs.trending import Trending, has_trends, noted_heads
from appliance.vision.pipeline import Step
from tests.streets import passage, random_measures, tracks
from tests.uplink.trends.builders import DAY, clock_at, next_day


def step_of(*measures: dict[str, Any]) -> Step:
    return Step(tracks({}), [passage(n, one) for n, one in enumerate(measures)], [], "ok", 0, (51, 66))


def settings_in(folder: Path, **sections: Any) -> Settings:
    folders = {"state": folder / "state", "runtime": folder / "run"}
    for path in folders.values():
        path.mkdir(exist_ok=True)
    return Settings.model_validate({"folders": folders, **sections})


def made(settings: Settings) -> tuple[Trending, Figures, Notes]:
    figures, notes = Figures(settings.folders.runtime), Notes(settings.folders.state, "vision")
    return Trending(settings, "abcdef012345", figures, notes, 100.0), figures, notes


def told(folder: Path) -> str:
    return str(json.loads((folder / "run/vision.json").read_text())["trends"])


def test_who_is_settled_and_was_seen_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_clock", lambda: clock_at(DAY, 12))
    trends, _, _ = made(settings_in(tmp_path))
    rng = np.random.default_rng(1)
    trends.see(step_of(random_measures(rng), {}, random_measures(rng)))
    trends.see(step_of())
    trends.tend(100.0)
    trends.close(101.0)
    tally = json.loads((tmp_path / "run/vision" / FILE).read_text())["tallies"][0]
    assert (tally["day"], tally["passages"]) == (str(DAY), 2)
    assert told(tmp_path) == "counting"


def test_the_logbook_notes_the_head_and_the_next_start_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "read_clock", lambda: clock_at(DAY, 12))
    settings = settings_in(tmp_path)
    trends, _, notes = made(settings)
    assert noted_heads(settings.folders.state) == []
    trends.tend(100.0)
    trends.close(101.0)
    trends.tend(102.0)
    notes.tend(102.0)
    head = newest(settings.folders.state, "trends")
    assert head.startswith("1:")
    assert noted_heads(settings.folders.state) == [head]
    (tmp_path / "state/trends/ledger.jsonl").unlink()
    (tmp_path / "run/vision/trends.head").unlink()
    again, _, _ = made(settings)
    again.tend(103.0)
    again.close(104.0)
    again.tend(105.0)
    assert told(tmp_path).startswith(f"no release: trends/ledger.jsonl: cut or put back: {head} is gone")


@pytest.mark.parametrize(
    "sections",
    [{"trends": {"release": False}}, {"sign": {"purposes": ["offer"]}}],
    ids=["set off", "the sign"],
)
def test_a_booth_without_trends_counts_nobody(tmp_path: Path, sections: dict[str, Any]) -> None:
    settings = settings_in(tmp_path, **sections)
    assert not has_trends(settings)
    trends, _, _ = made(settings)
    trends.see(step_of(random_measures(np.random.default_rng(1))))
    trends.tend(100.0)
    trends.close(101.0)
    assert told(tmp_path) == "off"
    assert not (tmp_path / "run/vision" / FILE).exists()
    assert not (tmp_path / "state/trends").exists()


def test_a_booth_without_trends_keeps_old_releases_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path, trends={"release": False}, retention={"reports_days": 30})
    for days in (29, 31):
        put(settings.folders.learned / "trends", next_day(DAY, -days).isoformat(), b"{}")
    trends, _, _ = made(settings)
    for hours in range(3):
        monkeypatch.setattr(module, "read_clock", lambda hours=hours: clock_at(DAY, 12 + hours))
        trends.tend(100.0 + 3600 * hours)
        for thread in threading.enumerate():
            if thread.name == "trends-keeping":
                thread.join(10)
    assert days_of(settings.folders.learned / "trends") == [next_day(DAY, -29).isoformat()]


@pytest.mark.parametrize("purposes", [[], ["trends"], ["offer", "trends"]])
def test_a_sign_that_names_trends_or_nothing_has_them(purposes: list[str]) -> None:
    assert has_trends(Settings.model_validate({"sign": {"purposes": purposes}}))


def test_a_clock_that_is_not_set_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_clock", lambda: Clock(5.0, synced=False))
    trends, _, _ = made(settings_in(tmp_path))
    trends.tend(100.0)
    assert told(tmp_path) == "waits: the clock is not set"
