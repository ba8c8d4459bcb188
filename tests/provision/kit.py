"""The city's real authority: deploy/broker/ca in a folder, and the `booth` command as a technician types it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.provision.authority import PROGRAM
from appliance.provision.stick import Stick
from tests.command import Done, booth

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
CITY = ("--city", "new-york", "--broker", "mqtts://localhost:8883")


def make_authority(folder: Path) -> Path:
    """A folder with ca/ca.key and pki/ca.crt."""
    subprocess.run([PROGRAM, "--folder", folder, "init"], check=True, capture_output=True, timeout=60)
    return folder


def provision(*words: object, fails: bool = False) -> Done:
    done = booth("provision", *words)
    assert (done.code != 0) == fails, done.err or done.out
    assert "Traceback" not in done.err
    return done


def stick_in(folder: Path) -> Stick:
    folder.mkdir(exist_ok=True)
    return Stick(folder)
