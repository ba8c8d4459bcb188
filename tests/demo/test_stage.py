"""The demo's private folder: settings that load, and nothing that stays."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from appliance.config_file import load_settings
from appliance.demo.stage import LOCK, PREFIX, Stage, base_folder, port_or_any, private_folder


@pytest.fixture
def short_tmp(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder whose path is short enough for sockets, whatever pytest chose."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_settings_of_the_stage_load(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "/clip.avi", tmp_path / "bank", "mqtt://127.0.0.1:1883", 0, repeat=False)
    stage.write()
    settings = load_settings(stage.config)
    assert (settings.booth.city, settings.booth.id) == ("new-york", "demo")
    assert (settings.camera.source, settings.camera.repeat) == ("/clip.avi", False)
    assert settings.novelty.bank == tmp_path / "bank"
    assert settings.folders.runtime == stage.runtime
    assert settings.decision.wanted_share == 0.25
    assert not settings.novelty.learning


def test_a_stage_without_a_bank_loads(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "v4l2:/dev/video0", None, "mqtt://127.0.0.1:1883", 8480, repeat=True)
    stage.write()
    novelty = load_settings(stage.config).novelty
    assert (novelty.bank, novelty.learning) == (None, True)


def test_a_recording_that_is_shown_again_and_again_is_not_learned_from(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "/clip.avi", None, "mqtt://127.0.0.1:1883", 8480, repeat=True)
    assert not stage.learning


def test_the_folder_is_private_and_gone_afterwards(short_tmp: Path) -> None:
    with private_folder() as folder:
        assert folder.parent == short_tmp
        assert folder.stat().st_mode & 0o077 == 0
    assert list(short_tmp.iterdir()) == []


def test_the_folder_of_a_killed_demo_is_removed_and_that_of_a_living_one_stays(short_tmp: Path) -> None:
    dead = short_tmp / f"{PREFIX}dead"
    dead.mkdir()
    (dead / LOCK).touch()
    with private_folder() as living, private_folder() as second:
        assert not dead.exists()
        assert living.exists()
        assert second.exists()


def test_foreign_things_of_the_same_name_stay(short_tmp: Path) -> None:
    target = short_tmp / "mine"
    target.mkdir()
    (target / LOCK).touch()
    (short_tmp / f"{PREFIX}link").symlink_to(target)
    (short_tmp / f"{PREFIX}nolock").mkdir()
    with private_folder():
        assert (target / LOCK).exists()
        assert (short_tmp / f"{PREFIX}nolock").exists()


def test_a_path_too_long_for_sockets_is_not_taken(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = short_tmp / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    assert base_folder() == short_tmp


def test_the_users_runtime_folder_is_preferred(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = short_tmp / "user"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert base_folder() == runtime


def test_a_taken_port_becomes_any_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port_or_any(port) == 0
    assert port_or_any(port) == port
