"""Folders and keys that the settings name: what cannot be used is named with its cure."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.checks import NotChecked
from appliance.verbs.belongings import check_folder, check_keys

Usage = namedtuple("Usage", "total used free")


def settings(**keys: Any) -> Settings:
    return Settings.model_validate(keys)


def test_a_folder_is_made_and_must_have_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MB free" in check_folder(tmp_path / "new", 0)
    (tmp_path / "file").touch()
    with pytest.raises(BoothError, match=r"file/under: .*; make it, or set XDG_CACHE_HOME"):
        check_folder(tmp_path / "file" / "under", 0, "XDG_CACHE_HOME")
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, 1_999_000_000))
    with pytest.raises(BoothError, match="1999 MB free, 2000 are needed; delete"):
        check_folder(tmp_path, 2000)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BoothError, match="cannot be written; chown"):
        check_folder(tmp_path, 0)


def test_keys_are_needed_for_an_encrypted_broker_only(tmp_path: Path) -> None:
    with pytest.raises(NotChecked):
        check_keys(settings())
    key = tmp_path / "key.pem"
    uplink = {"broker": "mqtts://broker:8883", "ca_file": key, "cert_file": key, "key_file": None}
    with pytest.raises(BoothError, match=r"uplink\.ca_file: .*key\.pem cannot be read; provision"):
        check_keys(settings(uplink=uplink))
    key.touch()
    with pytest.raises(BoothError, match=r"uplink\.key_file: not set cannot be read"):
        check_keys(settings(uplink=uplink))
