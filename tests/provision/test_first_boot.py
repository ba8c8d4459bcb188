"""A stick meets a booth: what it takes, what it refuses in one line, and that it is the same booth afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from appliance.config_file import load_settings
from appliance.health.clock import Clock
from appliance.health.notices import MOST_TEXT
from appliance.provision.filling import write_parcel
from appliance.provision.making import make_asking
from appliance.provision.network import Network, Wifi
from appliance.provision.own import read_mark
from appliance.provision.papers import make_key
from appliance.provision.parcel import Parcel, read_parcel
from appliance.provision.places import Places
from appliance.provision.stick import KEY, LOGIN, MANIFEST, RESULT, SIGNATURE, USED, WIFI, Stick
from tests.provision.builders import (
    NOW,
    SERIAL,
    UNSET,
    Booth,
    City,
    Recorder,
    changed,
    moment,
    new_booth,
    root_of_updates,
)
from tests.uplink.authority import lock

DAY_S = 86_400


def later(days: float, synced: bool = True) -> Clock:
    return Clock(NOW.unix_s + days * DAY_S, synced)


def result_of(stick: Stick) -> dict[str, Any]:
    return dict(json.loads(stick.read(RESULT) or b"{}"))


def test_a_stick_gives_a_booth_all_that_it_is(booth: Booth, city: City) -> None:
    root = root_of_updates(city.folder / "site")
    settings = {"camera": {"source": "csi:0"}}
    parcel = city.keyed(city.wish(settings=settings, update_root=root, login="admin:secret"))
    outcome = booth.plug(city.written(parcel))
    assert outcome.kind == "applied"
    assert outcome.line.startswith("applied: new-york/desk at ")
    home = booth.places.home
    set_up = load_settings(home / "booth.yaml")
    assert (set_up.booth.city, set_up.booth.id) == ("new-york", "desk")
    assert set_up.uplink.broker == "mqtts://broker.example"
    assert set_up.camera.source == "csi:0"
    assert (home / "keys/ca.crt").read_text() == city.ca
    assert (home / "keys/booth.key").read_bytes() == parcel.key
    assert (home / "keys/booth.crt").read_text() == parcel.manifest.certificate
    assert (home / "keys/camera.login").read_text() == "admin:secret"
    assert json.loads((home / "update/root.json").read_text()) == root
    assert (booth.root / "etc/hostname").read_text() == "booth-desk\n"
    assert "127.0.1.1\tbooth-desk\n" in (booth.root / "etc/hosts").read_text()
    assert (booth.root / "etc/localtime").readlink() == Path("/usr/share/zoneinfo/America/New_York")
    assert (booth.root / "etc/timezone").read_text() == "America/New_York\n"


def test_the_address_for_phones_comes_with_the_network(booth: Booth, city: City) -> None:
    booth.plug(city.keyed_stick(city.wish(settings={"display": {"lan": "192.168.77.1"}})))
    assert "method=auto\naddress1=192.168.77.1/24\n" in booth.places.network.read_text()


def test_secrets_are_roots_alone_and_settings_are_the_booths(booth: Booth, city: City) -> None:
    wifi = Network(wifi=Wifi(ssid="street"))
    booth.plug(city.keyed_stick(city.wish(network=wifi, passphrase="a passphrase", login="a:b")))
    home = booth.places.home
    secrets = [*(home / "keys").iterdir(), booth.places.network, booth.root / "etc/ssh/ssh_host_ed25519_key"]
    assert len(secrets) == 6
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert (home / "keys").stat().st_mode & 0o777 == 0o700
    assert (home / "booth.yaml").stat().st_mode & 0o777 == 0o640


def test_the_booth_begins_to_work_with_it(booth: Booth, city: City) -> None:
    booth.plug(city.keyed_stick())
    said = [" ".join(words) for words in booth.machine.commands]
    order = ["nmcli connection reload", "/usr/bin/booth units", "systemctl enable booth.target"]
    places = [said.index(words) for words in [*order, "systemctl --no-block restart booth.target"]]
    assert places == sorted(places)
    assert booth.machine.hostname == "booth-desk"


def test_units_that_fail_to_start_leave_the_identity_in_place(booth: Booth, city: City) -> None:
    class Broken(Recorder):
        def run(self, words: Any) -> bool:
            super().run(words)
            return False

    booth.machine = Broken()
    assert booth.plug(city.keyed_stick()).kind == "applied"
    assert booth.places.settings.is_file()


def test_booth_and_stick_tell_what_became_of_it(booth: Booth, city: City) -> None:
    stick = city.keyed_stick()
    outcome = booth.plug(stick)
    assert booth.notice == outcome.line
    result = result_of(stick)
    assert (result["outcome"], result["line"]) == ("applied", outcome.line)
    assert len(outcome.line) <= MOST_TEXT


def test_nothing_is_left_on_the_stick_but_that_it_was_used(booth: Booth, city: City) -> None:
    wifi = Network(wifi=Wifi(ssid="street"))
    stick = city.keyed_stick(city.wish(network=wifi, passphrase="a passphrase", login="a:b"))
    assert {path.name for path in stick.folder.iterdir()} == {KEY, WIFI, LOGIN, MANIFEST, SIGNATURE}
    booth.plug(stick)
    assert {path.name for path in stick.folder.iterdir()} == {USED, RESULT}


def test_a_second_use_is_refused_by_every_booth(booth: Booth, city: City, tmp_path: Path) -> None:
    stick = city.keyed_stick()
    booth.plug(stick)
    other = new_booth(tmp_path / "other", "7")
    for again in (booth, other):
        before = again.identity()
        outcome = again.plug(stick)
        assert outcome.line == "refused: stick: used before by new-york/desk; make a new one"
        assert again.identity() == before
    assert result_of(stick)["outcome"] == "applied"
    assert booth.notice.startswith("applied"), "a stick that was left plugged in hides nothing"
    assert other.notice.startswith("refused")


def test_a_copy_is_refused_by_the_booth_that_used_the_first_and_is_wiped(booth: Booth, city: City) -> None:
    stick = city.keyed_stick()
    copy = Stick(Path(shutil.copytree(stick.folder, stick.folder.parent / "copy")))
    booth.plug(stick)
    before = booth.identity()
    outcome = booth.plug(copy)
    assert outcome.line == "refused: stick: this booth has used it before; make a new one"
    assert booth.identity() == before
    assert not copy.has(KEY)
    assert copy.has(USED)


def test_tickets_outlive_a_reset_of_everything_else(booth: Booth, city: City) -> None:
    stick = city.keyed_stick()
    copy = Stick(Path(shutil.copytree(stick.folder, stick.folder.parent / "copy")))
    booth.plug(stick)
    for path in booth.places.home.iterdir():
        if path != booth.places.tickets:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert booth.plug(copy).kind == "refused"


def test_a_key_that_is_asked_for_never_leaves_the_booth(booth: Booth, city: City) -> None:
    stick = city.asking_stick()
    outcome = booth.plug(stick)
    assert outcome.kind == "request"
    (key,) = booth.pending()
    everything = b"".join(path.read_bytes() for path in stick.folder.iterdir())
    assert b"PRIVATE" not in everything
    assert key.splitlines()[1] not in everything
    assert booth.plug(stick).line == outcome.line, "plugged in twice it asks for the same key"
    assert booth.pending() == [key]


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN CERTIFICATE REQUEST-----\n", b"\0" * 500])
def test_a_request_on_the_stick_is_replaced_whatever_it_was(booth: Booth, city: City, content: bytes) -> None:
    stick = city.asking_stick()
    stick.write("request.csr", content)
    assert booth.plug(stick).kind == "request"
    assert (stick.read("request.csr") or b"").startswith(b"-----BEGIN CERTIFICATE REQUEST-----\n")


def test_at_most_four_requests_wait(booth: Booth, city: City) -> None:
    for number in range(7):
        booth.plug(city.asking_stick(city.wish(f"booth-{number}")))
    assert len(booth.pending()) == 4


def refuse(parcel: Callable[[City], Parcel], why: str) -> Any:
    return pytest.param(parcel, why, id=why[:40])


def foreign_key(city: City) -> Parcel:
    return replace(city.keyed(), key=make_key())


def foreign_certificate(city: City) -> Parcel:
    other = city.authority.sign("other", "new-york/other")
    parcel = replace(city.keyed(), key=other.key.read_bytes())
    return changed(parcel, certificate=other.cert.read_text())


def foreign_authority(city: City) -> Parcel:
    return changed(city.keyed(), authority=City(city.folder / "elsewhere").ca)


def namesake_authority(city: City) -> Parcel:
    """The same name, another key."""
    return changed(city.keyed(), authority=City(city.folder / "namesake").ca)


def leaf_authority(city: City) -> Parcel:
    leaf = city.authority.sign("leaf", "somebody")
    return changed(city.keyed(), authority=leaf.cert.read_text())


def locked_key(city: City) -> Parcel:
    pair = city.authority.sign("locked", "new-york/desk")
    lock(pair.key)
    return replace(city.keyed(), key=pair.key.read_bytes())


def aged(city: City, begins: float, ends: float) -> Parcel:
    pair = city.authority.sign("aged", "new-york/desk", begins_days=begins, ends_days=ends)
    parcel = changed(city.keyed(), certificate=pair.cert.read_text())
    return replace(parcel, key=pair.key.read_bytes())


def without(city: City, part: str) -> Parcel:
    wifi = Network(wifi=Wifi(ssid="street"))
    parcel = city.keyed(city.wish(network=wifi, passphrase="a passphrase"))
    return replace(parcel, key=None) if part == "key" else replace(parcel, wifi=None)


WRONG = [
    refuse(foreign_key, "booth.key: not the key of the certificate"),
    refuse(foreign_certificate, "certificate: it is not new-york/desk's"),
    refuse(foreign_authority, "certificate: not signed by the booth's own authority"),
    refuse(namesake_authority, "certificate: not signed by the booth's own authority"),
    refuse(leaf_authority, "authority: ca.crt holds a certificate that may sign nobody"),
    refuse(locked_key, "booth.key: locked by a password"),
    refuse(lambda city: aged(city, -20, -10), "certificate: expired"),
    refuse(lambda city: aged(city, 10, 20), "certificate: not yet valid"),
    refuse(lambda city: without(city, "key"), "booth.key: missing"),
    refuse(lambda city: without(city, "wifi"), "wifi.key: missing"),
    refuse(lambda city: replace(city.keyed(), key=b"nonsense"), "booth.key: no key in PEM"),
    refuse(lambda city: changed(city.keyed(), serial="other"), "stick: made for the device other"),
    refuse(lambda city: changed(city.keyed(), timezone="Europe/Nowhere"), "timezone: Europe/Nowhere"),
    refuse(
        lambda city: changed(city.keyed(), made_at=moment(later(-8)), expires_at=moment(later(-1))),
        "stick: expired",
    ),
    refuse(
        lambda city: changed(city.keyed(), settings={"camera": {"fps": 3}}), "settings: camera.fps: unknown"
    ),
    refuse(
        lambda city: changed(city.keyed(), settings={"capture": {"mode": "all"}}), "settings: capture.mode"
    ),
    refuse(
        lambda city: changed(city.keyed(), settings={"camera": {"source": "rtsp://camera/main"}}),
        "settings: camera.source: camera is no address",
    ),
    refuse(
        lambda city: changed(city.keyed(), settings={"folders": {"state": "/etc"}}), "booth.json: settings"
    ),
    refuse(
        lambda city: changed(city.keyed(), broker="mqtt://broker"), "booth.json: broker: a booth in a street"
    ),
]


@pytest.mark.parametrize(("make", "why"), WRONG)
def test_a_wrong_stick_is_refused_in_one_line_and_changes_nothing(
    booth: Booth, city: City, make: Callable[[City], Parcel], why: str
) -> None:
    before, stick = booth.identity(), city.written(make(city))
    outcome = booth.plug(stick)
    assert outcome.line.startswith(f"refused: {why}"), outcome.line
    assert "; " in outcome.line, "there is no cure in it"
    assert booth.identity() == before
    assert booth.machine.commands == []
    assert booth.notice == outcome.line[:MOST_TEXT]
    assert result_of(stick)["line"] == outcome.line
    assert not booth.places.commit.exists()


def test_a_clock_that_nobody_has_set_refuses_no_dates(booth: Booth, city: City) -> None:
    assert booth.plug(city.written(aged(city, 10, 20)), UNSET).kind == "applied"


@pytest.mark.parametrize(
    ("days", "synced", "kind"), [(8, False, "refused"), (-8, False, "applied"), (-8, True, "refused")]
)
def test_a_clock_that_was_not_confirmed_is_late_and_never_early(
    booth: Booth, city: City, days: float, synced: bool, kind: str
) -> None:
    """Eight days on, the stick is past its week; eight days ago, its certificate had not begun."""
    assert booth.plug(city.keyed_stick(), later(days, synced)).kind == kind


def test_a_stick_for_this_device_is_taken_by_this_device(booth: Booth, city: City) -> None:
    assert booth.plug(city.keyed_stick(city.wish(serial=SERIAL))).kind == "applied"


def test_a_booth_refuses_a_foreign_stick_once_it_is_somebody(
    booth: Booth, city: City, tmp_path: Path
) -> None:
    booth.plug(city.keyed_stick())
    before = booth.identity()
    foreign = City(tmp_path / "foreign")
    for stick in (foreign.keyed_stick(), city.keyed_stick(signed=False)):
        outcome = booth.plug(stick)
        assert outcome.line.startswith("refused: stick: not signed by the authority of new-york/desk")
        assert booth.identity() == before
        assert stick.has(KEY), "a foreign stick is left as it was"


@pytest.mark.parametrize("field", ["broker", "booth", "timezone", "settings", "network", "serial"])
def test_a_word_changed_after_the_authority_signed_is_noticed(booth: Booth, city: City, field: str) -> None:
    booth.plug(city.keyed_stick())
    before, parcel = booth.identity(), city.keyed()
    evil = {
        "broker": "mqtts://evil.example",
        "booth": "desk",
        "timezone": "Europe/Stockholm",
        "settings": {"capture": {"mode": "open-street"}},
        "network": Network(wifi=None),
        "serial": SERIAL,
    }
    altered = replace(changed(parcel, **{field: evil[field]}), signature=parcel.signature)
    # Also where the words stay the same, another spelling of them is not what was signed.
    altered = replace(altered, content=altered.content + b" ")
    assert booth.plug(city.written(altered)).kind == "refused"
    assert booth.identity() == before


def test_the_same_authority_makes_a_booth_another(booth: Booth, city: City) -> None:
    booth.plug(city.keyed_stick())
    before = booth.identity()
    assert booth.plug(city.keyed_stick(city.wish("window"))).line.startswith("applied: new-york/window")
    after = booth.identity()
    journals = [words for words in booth.machine.commands if "systemd-journald.service" in words]
    assert len(journals) == 1, "the journal moves with the machine id, and with that alone"
    ids = {"etc/machine-id", "etc/ssh/ssh_host_ed25519_key", "etc/booth/own-machine"}
    assert {name for name in ids if before[name] != after[name]} == set(), "the device is still the same"
    assert before["etc/booth/keys/booth.key"] != after["etc/booth/keys/booth.key"]


def test_an_older_stick_of_the_same_authority_is_refused(booth: Booth, city: City) -> None:
    old = city.keyed_stick(made=later(-1))
    booth.plug(city.keyed_stick())
    assert "older than the one that made this booth new-york/desk" in booth.plug(old).line


def test_a_booth_set_up_by_hand_is_not_taken_over(booth: Booth, city: City) -> None:
    parcel = city.keyed()
    keys = booth.places.keys
    keys.mkdir(parents=True)
    (keys / "ca.crt").write_text(city.ca)
    (keys / "booth.crt").write_text(parcel.manifest.certificate or "")
    assert "set it up by hand" in booth.plug(city.keyed_stick(signed=False)).line
    assert booth.plug(city.keyed_stick()).kind == "applied"


def test_two_booths_of_one_image_share_nothing(city: City, tmp_path: Path) -> None:
    booths = [new_booth(tmp_path / name, name) for name in ("one", "two")]
    for number, booth in enumerate(booths):
        booth.plug(city.keyed_stick(city.wish(f"booth-{number}")))
    one, two = (booth.identity() for booth in booths)
    assert "etc/ssh/ssh_host_rsa_key" not in one, "the image's key is gone"
    shared = {name for name in one if one[name] == two.get(name)}
    assert shared == {"etc/booth/keys/ca.crt", "etc/localtime", "etc/timezone"}


def test_a_disk_that_moved_to_another_device_gets_new_ids(booth: Booth, city: City) -> None:
    booth.plug(city.keyed_stick())
    before = booth.identity()
    (booth.root / "proc/device-tree/serial-number").write_text("another\0")
    booth.plug(city.keyed_stick())
    after = booth.identity()
    for name in ("etc/machine-id", "etc/ssh/ssh_host_ed25519_key", "etc/ssh/ssh_host_ecdsa_key"):
        assert before[name] != after[name]
    assert read_mark(booth.places) == after["etc/booth/own-machine"].decode()


def test_a_stick_that_cannot_be_written_is_applied_and_to_be_destroyed(
    booth: Booth, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    stick = city.keyed_stick()
    monkeypatch.setattr(Stick, "wipe", refuse)
    outcome = booth.plug(stick)
    assert outcome.kind == "applied"
    assert outcome.line.endswith("the stick: its secrets could not be wiped: destroy it")


def test_without_network_manager_a_cable_goes_by_networkd_and_wifi_is_refused(
    booth: Booth, city: City
) -> None:
    shutil.rmtree(booth.root / "etc/NetworkManager")
    wifi = city.wish(network=Network(wifi=Wifi(ssid="street")), passphrase="a passphrase")
    assert "Wi-Fi needs NetworkManager" in booth.plug(city.keyed_stick(wifi)).line
    assert booth.plug(city.keyed_stick()).kind == "applied"
    text = (booth.root / "etc/systemd/network/10-booth.network").read_text()
    assert "DHCP=yes" in text


def test_a_parcel_survives_the_stick(city: City) -> None:
    wish = city.wish(network=Network(wifi=Wifi(ssid="Café")), passphrase="a passphrase", serial=SERIAL)
    parcel = city.keyed(wish)
    assert read_parcel(city.written(parcel)) == parcel
    asking = make_asking(wish, NOW)
    stick = city.stick()
    write_parcel(stick, asking)
    assert read_parcel(stick) == asking


def test_no_secret_is_in_the_words_of_a_parcel(city: City) -> None:
    wish = city.wish(network=Network(wifi=Wifi(ssid="x")), passphrase="a passphrase", login="a:unsaid")
    parcel = city.keyed(wish)
    for words in (repr(parcel), repr(wish)):
        assert "PRIVATE" not in words
        assert "passphrase" not in words.replace("passphrase=", "")
        assert "unsaid" not in words


def test_settings_are_plain_yaml(booth: Booth, city: City) -> None:
    booth.plug(city.keyed_stick())
    assert {"booth", "uplink", "decision"} <= set(yaml.safe_load(booth.places.settings.read_text()))


def test_places_of_a_booth_begin_at_its_root() -> None:
    assert Places().settings == Path("/etc/booth/booth.yaml")
