"""Key files: named by settings or by the unit's credentials; whatever is missing is one line with its cure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.uplink.address import Broker
from appliance.uplink.key_files import USUAL, KeyFiles, find_key_files
from tests.uplink.authority import Authority

CREDENTIAL = Path("credential:its.key")


def test_without_settings_and_credentials_there_are_no_files() -> None:
    assert find_key_files(None, None, None, None) == KeyFiles(None, None, None)


def test_usual_credentials_are_taken_when_nothing_is_set(tmp_path: Path) -> None:
    assert find_key_files(None, None, None, tmp_path) == KeyFiles(None, None, None, tmp_path)
    (tmp_path / "booth.key").touch()
    files = find_key_files(None, None, None, tmp_path)
    assert (files.ca, files.cert, files.key) == tuple(tmp_path / name for name in USUAL)
    with pytest.raises(BoothError, match=r"ca\.crt: no such credential; add LoadCredential=ca\.crt:FILE"):
        files.check()


def test_a_setting_outweighs_the_usual_credentials(tmp_path: Path) -> None:
    for name in USUAL:
        (tmp_path / name).touch()
    ours = tmp_path / "ours.crt"
    assert find_key_files(ours, None, None, tmp_path) == KeyFiles(ours, None, None, tmp_path)


def test_a_named_credential_is_a_file_of_the_unit(tmp_path: Path) -> None:
    cert = Path("/etc/booth/booth.crt")
    assert find_key_files(None, cert, CREDENTIAL, tmp_path).key == tmp_path / "its.key"
    with pytest.raises(
        BoothError, match=r"uplink\.key_file: .*no credentials; start it as a unit with LoadC"
    ):
        find_key_files(None, cert, CREDENTIAL, None)


@pytest.mark.parametrize("name", ["", "../booth.key", "a/b"])
def test_a_credential_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(BoothError, match=r"uplink\.ca_file: .*names no credential"):
        find_key_files(Path(f"credential:{name}"), None, None, tmp_path)


def test_credentials_of_the_unit_come_from_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = Broker("mqtts://broker.example", cert_file=tmp_path / "a", key_file=CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert broker.key_files.key == tmp_path / "its.key"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(BoothError, match=r"uplink\.key_file"):
        broker.tls_context()


@pytest.mark.parametrize("missing", ["ca_file", "cert_file", "key_file"])
def test_a_missing_file_is_named_with_its_setting(tmp_path: Path, missing: str) -> None:
    pair = Authority(tmp_path).sign("booth")
    {"ca_file": tmp_path / "ca.crt", "cert_file": pair.cert, "key_file": pair.key}[missing].unlink()
    with pytest.raises(BoothError, match=rf"no such file; mend uplink\.{missing}"):
        Broker("mqtts://broker.example", tmp_path / "ca.crt", pair.cert, pair.key).tls_context()


def test_a_file_of_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = Authority(tmp_path).ca
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BoothError, match=r"cannot be read \(uplink\.ca_file\); be the user that owns it"):
        KeyFiles(ca, None, None).check()


def test_a_key_needs_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"uplink\.key_file: .*set uplink\.cert_file"):
        KeyFiles(None, None, tmp_path).check()


@pytest.mark.parametrize(("mode", "told"), [(0o600, ""), (0o400, ""), (0o640, "640"), (0o604, "604")])
def test_a_key_that_others_can_read_is_told(tmp_path: Path, mode: int, told: str) -> None:
    pair = Authority(tmp_path / "keys").sign("booth")
    pair.key.chmod(mode)
    text = KeyFiles(None, pair.cert, pair.key).too_open()
    assert text == (
        f"{pair.key}: others can read the key (mode {told}); chmod 600 {pair.key}" if told else ""
    )
    assert KeyFiles(None, pair.cert, pair.key, pair.key.parent).too_open() == "", "systemd guards credentials"


def test_a_key_inside_of_the_certificates_file_counts_too(tmp_path: Path) -> None:
    pair = Authority(tmp_path).sign("booth")
    pair.cert.chmod(0o644)
    assert "chmod 600" in KeyFiles(None, pair.cert, None).too_open()
    assert KeyFiles(None, None, None).too_open() == ""
    assert KeyFiles(None, tmp_path / "gone", tmp_path / "gone").too_open() == ""


def test_the_digest_changes_with_any_byte_and_with_nothing_else(tmp_path: Path) -> None:
    pair = Authority(tmp_path).sign("booth")
    files = KeyFiles(tmp_path / "ca.crt", pair.cert, pair.key)
    before = files.digest()
    os.utime(pair.key)
    assert files.digest() == before
    for file in (files.ca, files.cert, files.key):
        assert file is not None
        content = file.read_bytes()
        file.write_bytes(content + b"\n")
        assert files.digest() != before
        file.unlink()
        assert files.digest() != before
        file.write_bytes(content)
    assert files.digest() == before
