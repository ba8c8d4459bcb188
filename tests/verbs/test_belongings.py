"""Folders and keys that the settings name: what cannot be used, or not for long, is named with its cure."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.runtime.checks import NotChecked
from appliance.verbs.belongings import check_folder, check_keys, check_lan, check_sign
from appliance.verbs.doctor import Finding, find
from tests.cures import assert_it_helps
from tests.uplink.authority import Authority, Pair

Usage = namedtuple("Usage", "total used free")


def settings(**keys: Any) -> Settings:
    return Settings.model_validate(keys)


def test_a_sign_that_lacks_something_is_told_by_key() -> None:
    with pytest.raises(
        BoothError, match=r"sign.controller, .*retention.reports_days: set them in the booth's file"
    ):
        check_sign(Settings())


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


def keyed(authority: Authority, pair: Pair) -> Settings:
    files = {"ca_file": authority.ca, "cert_file": pair.cert, "key_file": pair.key}
    return settings(uplink={"broker": "mqtts://broker:8883", **files})


def found(settings: Settings, clock: Clock | None = None) -> Finding:
    """What the doctor makes of the keys; each finding must help."""
    finding = find("keys", lambda: check_keys(settings, clock))
    assert_it_helps(finding)
    return finding


def test_good_keys_are_told_with_their_days(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    finding = found(keyed(authority, authority.sign("booth")))
    assert (finding.state, finding.detail) == ("ok", f"{tmp_path}/booth.crt: good for 200 days")


def test_keys_are_needed_for_an_encrypted_broker_only() -> None:
    with pytest.raises(NotChecked, match="not encrypted"):
        check_keys(settings())


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.sign("booth")
    pair.key.unlink()
    finding = found(keyed(authority, pair))
    assert finding.state == "failed"
    assert f"{pair.key}: no such file; mend uplink.key_file" in finding.detail


def test_a_key_that_others_can_read_fails(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.sign("booth")
    pair.key.chmod(0o640)
    finding = found(keyed(authority, pair))
    assert finding.state == "failed"
    assert finding.detail.endswith(f"(mode 640); chmod 600 {pair.key}")


def test_a_key_of_another_certificate_fails(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.sign("booth")._replace(key=authority.sign("other").key)
    finding = found(keyed(authority, pair))
    assert finding.state == "failed"
    assert "the key does not belong to the certificate" in finding.detail


def test_a_certificate_by_another_authority_is_told(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    other = found(keyed(ours, Authority(tmp_path / "theirs", "another").sign("booth")))
    assert (other.state, "not signed by uplink.ca_file" in other.detail) == ("advice", True)
    forged = found(keyed(ours, Authority(tmp_path / "forged").sign("booth")))
    assert (forged.state, "not signed by the authority" in forged.detail) == ("failed", True)


@pytest.mark.parametrize(
    ("begins_days", "ends_days", "state", "told"),
    [
        (-9, -1, "failed", "expired; provision the keys anew"),
        (2, 90, "failed", "not yet valid; provision the keys anew"),
        (
            -90,
            9.5,
            "advice",
            "expires in 9 days; booth renew takes a new one, see deploy/provision/README.md",
        ),
    ],
)
def test_dates_that_are_wrong_or_near_are_told(
    tmp_path: Path, begins_days: float, ends_days: float, state: str, told: str
) -> None:
    authority = Authority(tmp_path)
    pair = authority.sign("booth", begins_days=begins_days, ends_days=ends_days)
    finding = found(keyed(authority, pair))
    assert (finding.state, finding.detail) == (state, f"{pair.cert}: {told}")


def test_an_authority_at_its_end_fails(tmp_path: Path) -> None:
    authority = Authority(tmp_path, ends_days=-1)
    finding = found(keyed(authority, authority.sign("booth")))
    assert (finding.state, "authority expired; provision" in finding.detail) == ("failed", True)


def test_a_clock_that_is_not_set_fails_before_any_date(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    finding = found(keyed(authority, authority.sign("booth")), Clock(60.0, synced=False))
    assert finding.state == "failed"
    assert "the clock is not set (1970-01-01T00:01:00Z)" in finding.detail


def test_a_booth_without_a_certificate_is_advised_to_have_one() -> None:
    assert found(settings(uplink={"broker": "mqtts://broker:8883"})).state == "advice"


def test_credentials_are_checked_where_there_are_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = settings(uplink={"broker": "mqtts://broker:8883", "key_file": "credential:booth.key"})
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert found(named).state == "skipped"
    pair = Authority(tmp_path).sign("booth")
    pair.key.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert "good for 200 days" in found(settings(uplink={"broker": "mqtts://broker:8883"})).detail


@pytest.mark.parametrize(
    ("lan", "state"), [(None, "skipped"), ("127.0.0.1", "ok"), ("192.168.213.77", "failed"), ("fd00:213::7", "failed")]
)  # fmt: skip
def test_an_address_for_phones_has_to_be_on_an_interface(lan: str | None, state: str) -> None:
    finding = find("LAN", lambda: check_lan(lan))
    assert finding.state == state
    assert_it_helps(finding)
