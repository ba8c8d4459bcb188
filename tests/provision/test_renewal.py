"""Another year without a visit: the booth's own key asks, and nothing but its own newer certificate is taken."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.health.notices import told
from appliance.provision.authority import PROGRAM
from appliance.provision.papers import check_request, load_certificates, make_key, make_request, same_key
from appliance.provision.renewal import request_renewal, take_renewal
from tests.command import booth as command
from tests.provision.builders import NOW, Booth, City
from tests.provision.kit import CITY, make_authority, needs_openssl, provision, stick_in
from tests.provision.test_command import plug


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_authority(tmp_path / "authority")


@pytest.fixture
def desk(tmp_path: Path, booth: Booth, authority: Path) -> Booth:
    """A booth at work, by a stick of way 2."""
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *CITY, "--booth", "desk", "--authority", authority)
    assert plug(stick, booth).startswith("applied")
    return booth


def signed(authority: Path, request: bytes, name: str = "new-york/desk", days: int = 500) -> Path:
    """What the city team gets for a request, by the authority's own program with another life."""
    kit = authority.parent / f"kit-{days}"
    shutil.copytree(PROGRAM.parent, kit, dirs_exist_ok=True)
    settings = kit / "ca.cnf"
    settings.write_text(settings.read_text().replace("default_days = 365", f"default_days = {days}"))
    file = authority.parent / "request.csr"
    file.write_bytes(request)
    words = [str(kit / "ca"), "--folder", str(authority), "renew", name, str(file)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return authority / "keys" / name / "booth.crt"


def take(booth: Booth, file: object) -> str:
    done = command("renew", "take", file, "--root", booth.root)
    assert done.code == 0, done.err
    return done.out


@needs_openssl
def test_a_booth_asks_with_the_key_that_it_has_and_takes_the_answer(desk: Booth, authority: Path) -> None:
    asked = command("renew", "request", "--root", desk.root)
    key = check_request(asked.out.encode(), "new-york/desk")
    before = load_certificates((desk.places.keys / "booth.crt").read_text(), "booth.crt")
    assert same_key(key, before[0].public_key())
    line = take(desk, signed(authority, asked.out.encode()))
    assert line.startswith("renewed: new-york/desk, certificate until ")
    assert told(desk.places.state, "provision") == line.strip()
    file = desk.places.keys / "booth.crt"
    after = load_certificates(file.read_text(), "booth.crt")
    assert after[0].not_valid_after_utc > before[0].not_valid_after_utc
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(desk.places.keys.glob(".*")), "no draft is left"


@needs_openssl
def test_the_answer_may_come_by_stdin_and_twice(
    desk: Booth, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = signed(authority, request_renewal(desk.places)).read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert take(desk, "-").startswith("renewed: new-york/desk")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert "has it already" in take(desk, "-")


@needs_openssl
def test_the_uplink_starts_again_with_it(desk: Booth, authority: Path) -> None:
    text = signed(authority, request_renewal(desk.places)).read_text()
    desk.machine.commands.clear()
    take_renewal(desk.places, text, desk.machine, NOW)
    assert desk.machine.commands == [("systemctl", "--no-block", "try-restart", "booth-uplink.service")]


@needs_openssl
@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("other key", "booth.key: not the key of the certificate"),
        ("other name", "certificate: it is not new-york/desk's; take the one of that name"),
        ("other authority", "certificate: not signed by the booth's own authority"),
        ("shorter", "certificate: it ends no later than new-york/desk's own; take the newest"),
        ("nonsense", "no certificate in PEM; name another file"),
    ],
)
def test_whatever_is_not_its_own_newer_certificate_changes_nothing(
    tmp_path: Path, desk: Booth, authority: Path, what: str, why: str
) -> None:
    request = request_renewal(desk.places)
    key = (desk.places.keys / "booth.key").read_bytes()
    (tmp_path / "nonsense").write_text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
    files = {
        "other key": lambda: signed(authority, make_request(make_key(), "new-york/desk")),
        "other name": lambda: signed(authority, make_request(key, "new-york/lab"), "new-york/lab"),
        "other authority": lambda: signed(make_authority(tmp_path / "other"), request),
        "shorter": lambda: signed(authority, request, days=300),
        "nonsense": lambda: tmp_path / "nonsense",
    }
    before = desk.identity()
    done = command("renew", "take", files[what](), "--root", desk.root)
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert why in done.err
    assert desk.identity() == before


@pytest.fixture
def ssh(tmp_path: Path, desk: Booth, monkeypatch: pytest.MonkeyPatch) -> Path:
    """To `technician@booth-desk`, where `sudo booth` is this program on that booth's files."""
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "ssh"
    tool.write_text(
        f"""#!/bin/sh
while [ $# != 0 ] && [ "$1" != technician@booth-desk ]; do shift; done
[ "$2 $3" = "sudo booth" ] || exit 255
shift 3
[ ! -f {tmp_path}/cut ] || [ "$2" != take ] || exit 255
exec {sys.executable} -m appliance "$@" --root {desk.root}
"""
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    return tool


def renew(authority: Path, *words: str, program: str = "renew") -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM.parent / program), "--folder", str(authority), *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


@needs_openssl
def test_one_line_renews_a_booth_over_ssh(desk: Booth, authority: Path, ssh: Path) -> None:
    before = (desk.places.keys / "booth.crt").read_text()
    time.sleep(1.1)  # certificates end at whole seconds
    done = renew(authority, "new-york/desk")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("renewed: new-york/desk, certificate until ")
    after = (desk.places.keys / "booth.crt").read_text()
    assert after != before
    assert after == (authority / "keys/new-york/desk/booth.crt").read_text()


@needs_openssl
def test_a_booth_that_has_not_taken_its_certificate_stays_due(
    tmp_path: Path, desk: Booth, authority: Path, ssh: Path
) -> None:
    assert renew(authority, "due", program="ca").stdout == ""
    (tmp_path / "cut").touch()
    time.sleep(1.1)
    done = renew(authority, "new-york/desk")
    assert (done.returncode, "the same command tries again" in done.stderr) == (1, True)
    assert renew(authority, "due", program="ca").stdout == "new-york/desk\n"
    assert renew(authority, "--due").returncode == 1
    (tmp_path / "cut").unlink()
    assert renew(authority, "--due").returncode == 0
    assert renew(authority, "due", program="ca").stdout == ""


@needs_openssl
def test_a_host_that_is_not_there_uses_nothing_up(authority: Path, desk: Booth, ssh: Path) -> None:
    done = renew(authority, "new-york/desk", "technician@elsewhere")
    assert done.stderr.endswith(
        "new-york/desk: no request from technician@elsewhere; is it reachable by ssh?\n"
    )
    assert renew(authority, "due", program="ca").stdout == ""


def test_a_booth_without_an_identity_is_told_of_its_stick(booth: Booth, city: City) -> None:
    done = command("renew", "request", "--root", booth.root)
    assert done.code == 1
    assert "this booth has no identity, plug in its stick first" in done.err
