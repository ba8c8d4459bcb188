"""A network camera's login: from vision's credentials into the source, and into nobody's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.verbs.login import FILE, with_login


def settings(source: str) -> Settings:
    return Settings.model_validate({"camera": {"source": source}})


def credentials(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text)
    return folder


def test_the_login_is_put_into_the_source_and_not_into_its_label(tmp_path: Path) -> None:
    camera = with_login(settings("rtsp://10.0.0.5/main"), credentials(tmp_path, "admin:p@ss/word\n")).camera
    assert camera.source == "rtsp://admin:p@ss/word@10.0.0.5/main"
    assert camera.label == "rtsp://10.0.0.5/main"


@pytest.mark.parametrize(
    "source", ["rtsp://own:login@10.0.0.5/main", "v4l2:/dev/video0", "csi:0", "street.mp4"]
)
def test_any_other_source_stays_as_it_is(tmp_path: Path, source: str) -> None:
    assert with_login(settings(source), credentials(tmp_path, "admin:secret")).camera.source == source


def test_without_credentials_nothing_changes(tmp_path: Path) -> None:
    assert with_login(settings("rtsp://10.0.0.5/main"), None).camera.source == "rtsp://10.0.0.5/main"
    assert with_login(settings("rtsp://10.0.0.5/main"), tmp_path).camera.source == "rtsp://10.0.0.5/main"


@pytest.mark.parametrize("text", ["", "secret", "a:b\nc:d"])
def test_a_file_that_is_no_login_is_refused_without_being_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(BoothError, match="no USER:PASSWORD in one line") as refusal:
        with_login(settings("rtsp://10.0.0.5/main"), credentials(tmp_path, text))
    assert "secret" not in str(refusal.value)
