"""`booth bench --budget`: the issue's street on paper, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.verbs.budget import budget_on_paper, load_of


def test_the_table_lists_every_part_and_tells_three_rates(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    budget_on_paper(Settings(), as_json=False, configured=False)
    told = capsys.readouterr().out
    for word in ("1920x1080, 8 people, bank 100000", "PicoDet-S", "BlazePose", "neighbours", "paper ms"):
        assert word in told
    assert [line.split(":")[0] for line in told.splitlines() if "frames/s with FP16" in line] == [
        "steady",
        "fullest",
        "everybody",
    ]


def test_programs_get_parts_and_rates_that_agree(capsys: pytest.CaptureFixture[str]) -> None:
    budget_on_paper(Settings(), as_json=True, configured=False)
    values = json.loads(capsys.readouterr().out)
    assert values["load"]["detector"] == [960, 544]
    for frame in values["frames"].values():
        parts_ms = sum(max(part["memory_ms"], part["compute_ms"]) for part in frame["parts"])
        assert frame["frames_per_second"]["fp16"] == pytest.approx(1000 / parts_ms, rel=1e-3)
        moved = sum(part["megabytes"] for part in frame["parts"]) * 1e6
        assert frame["bandwidth_share"] == pytest.approx(30 * moved / 102e9, rel=1e-2)
    rates = [
        values["frames"][name]["frames_per_second"]["fp16"] for name in ("steady", "fullest", "everybody")
    ]
    assert rates == sorted(rates, reverse=True)


def test_settings_make_the_load(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"camera": {"width": 1280, "height": 720, "frame_rate": 15}})
    load = load_of(settings, people=3)
    assert (load.size, load.detector, load.frame_rate, load.people) == ((1280, 720), (640, 384), 15, 3)
    budget_on_paper(settings, as_json=True, configured=True)
    assert json.loads(capsys.readouterr().out)["load"]["size"] == [1280, 720]


def test_the_command_prints_the_budget_without_a_network_or_a_video(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from typer.testing import CliRunner

    from appliance.__main__ import app

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["bench", "--budget", "--json"])
    assert done.exit_code == 0
    assert set(json.loads(done.stdout)) == {"board", "load", "frames"}
