"""`booth field code`: a console shows what the device's page shows, and names the cure where it cannot."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
import segno
import yaml

from appliance.display.field.device import qr_of
from tests.command import booth
from tests.display.running import display


def config_in(folder: Path) -> Path:
    file = folder / "booth.yaml"
    file.write_text(
        yaml.safe_dump({"folders": {"state": str(folder), "runtime": str(folder)}}), encoding="utf-8"
    )
    return file


def test_a_console_shows_address_and_code(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with display(tmp_path) as running:
        done = booth("field", "code", "--config", config)
        assert done.code == 0
        found = re.fullmatch(
            r"open   (http://127\.0\.0\.1:\d+/field)\ncode   (\d{4}) (\d{4})   good once, for 10 minutes\n",
            done.out,
        )
        assert found
        assert found[1] == running.url + "field"
        origin = running.url.rstrip("/")
        entered = httpx.post(
            f"{found[1]}/api/session", json={"code": found[2] + found[3]}, headers={"origin": origin}
        )
        assert entered.status_code == 200


def test_without_a_display_the_cure_is_named(tmp_path: Path) -> None:
    done = booth("field", "code", "--config", config_in(tmp_path))
    assert done.code == 1
    assert "systemctl start booth-display" in done.err


@pytest.mark.parametrize("url", ["http://192.168.77.1:8480/field", "http://[fd00::1]:8480/field"])
def test_the_qr_code_holds_the_address_alone(url: str) -> None:
    rows = qr_of(url)
    assert rows == ["".join("01"[bool(dark)] for dark in row) for row in segno.make(url, micro=False).matrix]
    assert len({len(row) for row in rows}) == 1 == len({len(rows), len(rows[0])})
