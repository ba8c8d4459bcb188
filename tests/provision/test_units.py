"""The two units: systemd finds nothing wrong with them, and they may do no more than writing an identity needs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
NAMES = {
    "booth-provision.service": "booth-provision.service",
    "booth-provision@.service": "booth-provision@sdz1.service",
}
MOST_EXPOSURE = 2.0
"What the project allows; systemd-analyze counts to 10."

analyze = shutil.which("systemd-analyze")
pytestmark = pytest.mark.skipif(analyze is None, reason="needs systemd-analyze")


@pytest.fixture(params=NAMES)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """As installed, but for a program that is there."""
    text = (UNITS / request.param).read_text()
    file = tmp_path / NAMES[request.param]
    file.write_text(text.replace("/usr/bin/booth", shutil.which("true") or "/bin/true"))
    return file


def asked(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(analyze), *map(str, words)], capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_has_nothing_to_say_about_them(unit: Path) -> None:
    done = asked("verify", unit)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "booth" in line]
    assert ours == []


def test_their_exposure_is_small(unit: Path) -> None:
    done = asked("security", "--offline=true", unit)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd judges no files (older than 250)")
    exposure = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE


@pytest.mark.parametrize("name", NAMES)
def test_what_reads_a_stick_has_no_network(name: str) -> None:
    lines = (UNITS / name).read_text().splitlines()
    for needed in (
        "PrivateNetwork=yes",
        "RestrictAddressFamilies=AF_UNIX",
        "DevicePolicy=closed",
    ):
        assert needed in lines


def test_only_the_one_that_mounts_may_mount() -> None:
    assert "CAP_SYS_ADMIN" not in (UNITS / "booth-provision.service").read_text()
    assert "DeviceAllow=/dev/%I rw" in (UNITS / "booth-provision@.service").read_text().splitlines()
