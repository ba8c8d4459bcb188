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

NOWHERE = "192.168.213.77"


def config_in(folder: Path, lan: str | None = None) -> Path:
    file = folder / "booth.yaml"
    settings = {"folders": {"state": str(folder), "runtime": str(folder)}, "display": {"lan": lan}}
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
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


def test_an_address_that_no_interface_has_is_told_beside_its_code(tmp_path: Path) -> None:
    """The page may be opened before its cable is plugged in: a phone in the hand meanwhile waits for nothing."""
    config = config_in(tmp_path, NOWHERE)
    with display(tmp_path, lan=NOWHERE):
        said = booth("field", "code", "--config", config).out.splitlines()
    assert said[0].startswith(f"open   http://{NOWHERE}:")
    assert said[2].startswith(
        f"but    no interface has display.lan {NOWHERE}: plug in the cable; else give it by"
    )


def test_without_a_display_the_cure_is_named(tmp_path: Path) -> None:
    done = booth("field", "code", "--config", config_in(tmp_path))
    assert done.code == 1
    assert "systemctl start booth-display" in done.err


@pytest.mark.parametrize("url", ["http://192.168.77.1:8480/field", "http://[fd00::1]:8480/field"])
def test_the_qr_code_holds_the_address_alone(url: str) -> None:
    rows = qr_of(url)
    assert rows == ["".join("01"[bool(dark)] for dark in row) for row in segno.make(url, micro=False).matrix]
    assert len({len(row) for row in rows}) == 1 == len({len(rows), len(rows[0])})
