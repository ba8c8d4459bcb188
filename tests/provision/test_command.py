"""`booth provision` as a technician types it: sticks that booths take, one line for each mistake, no secret said."""

from __future__ import annotations

import io
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from appliance.health.notices import told
from appliance.provision.stick import KEY, LOGIN, MANIFEST, REQUEST, SIGNATURE, WIFI, Stick
from tests.command import booth
from tests.provision.builders import Booth, City, new_booth, root_of_updates
from tests.provision.kit import CITY, make_authority, needs_openssl, provision, stick_in

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def ca(city: City) -> tuple[Any, ...]:
    """Words that suffice for a stick without a key."""
    return (*CITY, "--ca", city.authority.ca)


def say(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def plug(stick: Stick, booth_: Booth, fails: bool = False) -> str:
    done = booth("first-boot", "--folder", stick.folder, "--root", booth_.root)
    assert (done.code != 0) == fails, done.err
    return done.out.strip()


@needs_openssl
def test_with_the_authority_at_hand_one_command_makes_a_stick(
    tmp_path: Path, booth: Booth, authority: Path
) -> None:
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *CITY, "--booth", "one", "--authority", authority)
    assert "it holds a private key until the booth has taken it" in done.out
    assert {path.name for path in stick.folder.iterdir()} == {KEY, MANIFEST, SIGNATURE}
    assert plug(stick, booth).startswith("applied: new-york/one at ")
    copies = [path for path in authority.rglob("*.key") if path.name == "booth.key"]
    assert not copies, "the key lies nowhere else"


@needs_openssl
def test_a_booth_that_makes_its_own_key_needs_one_signature(
    tmp_path: Path, booth: Booth, authority: Path
) -> None:
    stick = stick_in(tmp_path / "stick")
    made = provision(stick.folder, *CITY, "--booth", "two", "--ca", authority / "pki/ca.crt")
    assert "plug it into the booth, then `booth provision sign`" in made.out
    assert not stick.has(KEY)
    early = provision("sign", stick.folder, "--authority", authority, "--yes", fails=True)
    assert "request.csr: missing; plug the stick into the booth first" in early.err
    line = plug(stick, booth)
    mark = line.split("key ")[1].split(":")[0]
    signed = provision("sign", stick.folder, "--authority", authority, "--yes")
    assert f"request    new-york/two, key {mark}\n" in signed.out, "two people compare the same digits"
    assert "broker     mqtts://" in signed.out, "whoever signs sees what he signs"
    assert plug(stick, booth).startswith("applied: new-york/two at ")
    assert booth.pending() == []


@needs_openssl
def test_nothing_is_signed_where_nobody_has_compared_the_keys(
    tmp_path: Path, booth: Booth, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *CITY, "--booth", "three", "--ca", authority / "pki/ca.crt")
    plug(stick, booth)
    say(monkeypatch, "y")
    done = provision("sign", stick.folder, "--authority", authority, fails=True)
    assert "nothing was signed" in done.err
    assert "asks to be signed" in provision("show", stick.folder).out


@needs_openssl
def test_an_answer_to_somebody_elses_request_is_of_no_use(tmp_path: Path, authority: Path) -> None:
    """Whoever swaps the request on the stick has a certificate at most; the booth keeps its own key."""
    sticks = [stick_in(tmp_path / name) for name in ("mine", "theirs")]
    booths = [new_booth(tmp_path / f"booth-{name}", name) for name in ("mine", "theirs")]
    for stick, each in zip(sticks, booths, strict=True):
        provision(stick.folder, *CITY, "--booth", "four", "--ca", authority / "pki/ca.crt")
        plug(stick, each)
    sticks[0].write(REQUEST, sticks[1].read(REQUEST) or b"")
    provision("sign", sticks[0].folder, "--authority", authority, "--yes")
    assert "not the key of the certificate" in plug(sticks[0], booths[0], fails=True)


@needs_openssl
def test_a_second_certificate_for_a_name_has_to_be_asked_for(
    tmp_path: Path, booth: Booth, authority: Path
) -> None:
    words = (*CITY, "--booth", "five", "--authority", authority)
    provision(stick_in(tmp_path / "first").folder, *words)
    second = stick_in(tmp_path / "second")
    done = provision(second.folder, *words, fails=True)
    assert "new-york/five has a certificate already; --again signs another one for it" in done.err
    assert not list(second.folder.iterdir()), "what fails leaves the stick as it was"
    provision(second.folder, *words, "--again")
    assert plug(second, booth).startswith("applied")


def test_a_certificate_that_was_signed_elsewhere_comes_with_its_key(
    tmp_path: Path, booth: Booth, city: City
) -> None:
    pair = city.authority.sign("own", "new-york/desk")
    words = (*CITY, "--booth", "desk", "--ca", city.authority.ca)
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *words, "--cert", pair.cert, "--key", pair.key)
    assert plug(stick, booth).startswith("applied")
    other = city.authority.sign("other", "new-york/other")
    wrong = provision(stick.folder, *words, "--cert", other.cert, "--key", other.key, fails=True)
    assert "it is not new-york/desk's" in wrong.err


def test_no_secret_is_said_or_logged_by_anybody(
    tmp_path: Path,
    booth: Booth,
    city: City,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    pair = city.authority.sign("own", "new-york/desk")
    login = tmp_path / "login"
    login.write_text("admin:camera-secret\n")
    say(monkeypatch, PASSPHRASE)
    stick = stick_in(tmp_path / "stick")
    words = ("--cert", pair.cert, "--key", pair.key, "--wifi", "street", "--camera-login", login)
    said = provision(stick.folder, *CITY, "--booth", "desk", "--ca", city.authority.ca, *words)
    shown = provision("show", stick.folder)
    assert "secrets    a private key and a Wi-Fi secret and a camera's password: do not leave it" in shown.out
    secrets = [PASSPHRASE, "camera-secret", (stick.read(WIFI) or b"").decode()]
    secrets += [line for line in pair.key.read_text().splitlines() if "-" not in line]
    assert stick.read(LOGIN) == b"admin:camera-secret"
    applied = plug(stick, booth)
    again = plug(stick, booth, fails=True)
    everything = [
        said.out,
        said.err,
        shown.out,
        applied,
        again,
        caplog.text,
        told(booth.places.state, "provision"),
    ]
    everything += [path.read_text() for path in stick.folder.iterdir()]
    for secret in secrets:
        assert secret
        assert not [text for text in everything if secret in text]


def test_the_passphrase_is_no_word_of_the_command_line(
    tmp_path: Path, booth: Booth, ca: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, PASSPHRASE)
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *ca, "--booth", "desk", "--wifi", "street", "--wifi-security", "wpa3")
    assert stick.read(WIFI) == PASSPHRASE.encode()
    assert PASSPHRASE.encode() not in (stick.read(MANIFEST) or b"")


def test_the_city_knows_its_time_zone(tmp_path: Path, ca: tuple[Any, ...]) -> None:
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *ca, "--booth", "desk")
    assert json.loads(stick.read(MANIFEST) or b"")["timezone"] == "America/New_York"


def test_a_stick_that_waits_for_its_booth_is_not_replaced_unasked(
    tmp_path: Path, ca: tuple[Any, ...]
) -> None:
    stick = stick_in(tmp_path / "stick")
    (stick.folder / "holiday.txt").write_text("somebody else's")
    provision(stick.folder, *ca, "--booth", "desk")
    before = stick.read(MANIFEST)
    done = provision(stick.folder, *ca, "--booth", "lab", fails=True)
    assert "holds a stick that was not used yet; --overwrite replaces it" in done.err
    assert stick.read(MANIFEST) == before
    provision(stick.folder, *ca, "--booth", "lab", "--overwrite")
    assert "new-york/lab" in provision("show", stick.folder).out
    assert (stick.folder / "holiday.txt").read_text() == "somebody else's"


TABLE = "booth,serial,address,gateway,dns\nwest-1,A1,10.0.0.5/24,10.0.0.1,10.0.0.1 9.9.9.9\nwest-2,,,,\n"


def test_a_table_makes_a_folder_for_each_booth(tmp_path: Path, ca: tuple[Any, ...]) -> None:
    table = tmp_path / "booths.csv"
    table.write_text(TABLE)
    provision(tmp_path / "sticks", *ca, "--batch", table)
    manifests = {
        path.name: json.loads((path / MANIFEST).read_text()) for path in (tmp_path / "sticks").iterdir()
    }
    assert set(manifests) == {"west-1", "west-2"}
    assert manifests["west-1"]["serial"] == "A1"
    assert manifests["west-1"]["network"]["fixed"]["dns"] == ["10.0.0.1", "9.9.9.9"]
    assert manifests["west-2"]["network"]["fixed"] is None
    assert manifests["west-1"]["ticket"] != manifests["west-2"]["ticket"]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "booths.csv:1: columns are booth,serial,address,gateway,dns"),
        ("name\nx\n", "booths.csv:1: columns are"),
        ("booth\n", "booths.csv: no booths"),
        ("booth\na\na\n", "booths.csv:3: a is there twice"),
        ("booth,address\na,10.0.0.5\n", "booths.csv:2: gateway"),
        ("booth,serial\na,b\nc,d,10.0.0.5/24\n", "booths.csv:3: more cells than columns"),
        ("booth,gateway\na,10.0.0.1\n", "booths.csv:2: gateway or dns without an address"),
        ("booth\n" + "\n".join(f"b{number}" for number in range(1001)), "more than 1000 booths"),
        ("booth\nok\nNot A Name\n", "booths.csv:3: booth: write small letters, digits and hyphens"),
        ("booth\n../../x\n", "booths.csv:2: booth: write small letters"),
        ("\udcff", "no table in CSV"),
    ],
)
def test_a_wrong_table_makes_no_stick_at_all(
    tmp_path: Path, ca: tuple[Any, ...], table: str, why: str
) -> None:
    file = tmp_path / "booths.csv"
    file.write_bytes(table.encode("utf-8", "surrogateescape"))
    done = provision(tmp_path / "sticks", *ca, "--batch", file, fails=True)
    assert why in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "sticks").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--booth", "a"), "--ca ca.crt says whom the booth believes"),
        (("--booth", "a", "--batch", "x.csv"), "either --booth or --batch"),
        (("--booth", "a", "--request", "--authority", "x"), "one of --request, --authority"),
        (("--booth", "a", "--cert", "x"), "--cert and --key go together"),
        (("--booth", "a", "--authority", "nowhere"), "name the folder of deploy/broker/ca"),
        (("--booth", "a", "--ca", "nowhere"), "nowhere: No such file or directory"),
        (
            ("--booth", "A B", "--ca", "CA"),
            "booth: write small letters, digits and hyphens, at most 32, as odenplan-1",
        ),
        (("--booth", "a", "--ca", "CA", "--broker", "mqtt://x"), "mqtts://HOST:PORT only"),
        (("--booth", "a", "--ca", "CA", "--broker", "mqtts://a b"), "no broker address"),
        (("--booth", "a", "--ca", "CA", "--ethernet", "static"), "--ethernet: address"),
        (
            ("--booth", "a", "--ca", "CA", "--city", "atlantis"),
            "not one of madrid, new-york, stockholm, toronto; for",
        ),
        (
            ("--booth", "a", "--ca", "CA", "--timezone", "Mars/Base"),
            "'Mars/Base': there is no such time zone",
        ),
        (("--booth", "a", "--ca", "CA", "--timezone", "Europe/Stokholm"), "did you mean Europe/Stockholm?"),
        (
            ("--booth", "a", "--ca", "CA", "--ethernet", "10.0.0.9/24,10.1.0.1,9.9.9.9"),
            "no other machine of 10.0.0.0/24",
        ),
        (
            ("--booth", "a", "--ca", "CA", "--ethernet", "10.0.0.9/24,10.0.0.9,9.9.9.9"),
            "no other machine of 10.0.0.0/24",
        ),
        (
            ("--booth", "a", "--ca", "CA", "--ethernet", "10.0.0.255/24,10.0.0.1,9.9.9.9"),
            "is no machine's but the network",
        ),
        (("--booth", "a", "--ca", "CA", "--config", "UPDATE"), "add --update-root site/metadata/1.root.json"),
        (("--booth", "a", "--ca", "CA", "--config", "HASH"), "64 digits 0-9 and a-f, as sha256sum says them"),
        (("--booth", "a", "--ca", "CA", "--timezone", "../x"), "timezone: a time zone is named like"),
        (
            ("--booth", "a", "--ca", "CA", "--serial", "a b"),
            "serial: write letters, digits, dots and hyphens",
        ),
        (("--booth", "a", "--ca", "CA", "--config", "BAD"), "settings: camera.fps: unknown key"),
        (("--booth", "a", "--ca", "CA", "--config", "OWNED"), "settings of folders (all of it) are not set"),
        (("--booth", "a", "--ca", "CA", "--config", "LOGIN"), "camera.source bears a password"),
        (("--booth", "a", "--ca", "CA", "--update-root", "CA"), "no root of TUF"),
        (("--booth", "a", "--ca", "OWNED"), "no certificate in PEM"),
    ],
)
def test_a_mistake_of_the_laptop_is_told_before_the_stick_is_touched(
    tmp_path: Path, city: City, words: tuple[str, ...], why: str
) -> None:
    files = {"CA": city.authority.ca}
    for name, text in (
        ("BAD", "camera: {fps: 3}"),
        ("OWNED", "folders: {state: /etc}"),
        ("UPDATE", "update: {url: 'https://updates.example.org'}"),
        ("HASH", "law: {assessment: /etc/booth/a.md, assessment_sha256: abc}"),
        ("LOGIN", "camera: {source: 'rtsp://admin:secret@10.0.0.8/1'}"),
    ):
        files[name] = tmp_path / name
        files[name].write_text(text)
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *CITY, *[files.get(word, word) for word in words], fails=True)
    assert why in done.err
    assert len(done.err.splitlines()) == 1
    assert "secret" not in done.err
    assert not list(stick.folder.iterdir())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("provision", "x"), 2),
        (("provision", "--city", "new-york", "--booth", "a", "--broker", "mqtts://x"), 2),
        (("provision", "x", *CITY, "--booth", "a", "--request", "--cert", "x"), 2),
        (("provision", "sign", "x"), 2),
        (("provision", "show", "x"), 1),
        (("first-boot",), 2),
        (("first-boot", "--resume", "--folder", "x"), 2),
    ],
)
def test_wrong_use_is_told_apart_from_what_failed(words: tuple[str, ...], code: int) -> None:
    done = booth(*words)
    assert (done.code, len(done.err.splitlines())) == (code, 1)


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to be somebody else")
@pytest.mark.parametrize("verb", [("check-config",), ("provision", "show")])
def test_a_file_that_cannot_be_read_is_a_failure_and_no_wrong_use(
    tmp_path: Path, verb: tuple[str, ...]
) -> None:
    target = tmp_path / "only-roots"
    target.mkdir() if "show" in verb else target.touch()
    target.chmod(0)
    os.seteuid(65534)
    try:
        done = booth(*verb, target)
    finally:
        os.seteuid(0)
    assert done.code == 1
    assert str(target) in done.err


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("{}", "camera     v4l2:/dev/video0, as camera.source is not set: csi:0 for a ribbon cable"),
        ("camera: {source: 'csi:0'}", "camera     csi:0"),
    ],
)
def test_the_camera_that_the_booth_will_look_through_is_said(
    tmp_path: Path, ca: tuple[Any, ...], settings: str, line: str
) -> None:
    config = tmp_path / "extra.yaml"
    config.write_text(settings)
    stick = stick_in(tmp_path / "stick")
    made = provision(stick.folder, *ca, "--booth", "a", "--config", config, "--without-sign")
    assert line in made.out.splitlines()
    assert line in provision("show", stick.folder).out.splitlines()


def test_a_booth_that_looks_for_updates_knows_whom_to_believe(
    tmp_path: Path, ca: tuple[Any, ...], city: City
) -> None:
    config, root = tmp_path / "extra.yaml", tmp_path / "root.json"
    config.write_text("update: {url: 'https://updates.example.org'}")
    root.write_text(json.dumps(root_of_updates(city.folder / "site")))
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *ca, "--booth", "a", "--config", config, "--update-root", root)
    assert "updates    root given" in provision("show", stick.folder).out


def test_a_folder_or_a_device_and_one_way_to_read(tmp_path: Path, ca: tuple[Any, ...]) -> None:
    assert "say where the stick is mounted" in provision(*ca, "--booth", "a", fails=True).err
    assert "no such folder" in provision(tmp_path / "none", *ca, "--booth", "a", fails=True).err
    assert "name one of --device, --folder, --resume" in booth("first-boot").err
    assert "booth.json: missing" in provision("show", stick_in(tmp_path / "empty").folder, fails=True).err


def test_a_booth_without_an_identity_says_that_it_waits_for_one(booth: Booth) -> None:
    from tests.command import booth as command

    done = command("first-boot", "--resume", "--root", booth.root)
    assert done.code == 0
    assert booth.notice == done.out.strip()
    assert booth.notice.startswith("waiting: this booth has no identity yet; plug in the stick")


def test_what_was_interrupted_is_finished_without_a_stick(booth: Booth, city: City) -> None:
    from appliance.provision import commit
    from appliance.provision.contents import files_of
    from tests.command import booth as command
    from tests.provision.builders import NOW

    parcel = city.keyed()
    booth.places.home.mkdir()
    commit.begin(
        booth.places, parcel.manifest.ticket, files_of(parcel, parcel.key or b"", booth.places, None, NOW)
    )
    done = command("first-boot", "--resume", "--root", booth.root)
    assert done.out.startswith("applied: new-york/desk at ")
    assert booth.notice == done.out.strip()
    assert booth.places.settings.is_file()


@needs_openssl
def test_another_authority_signs_no_request_of_this_stick(
    tmp_path: Path, booth: Booth, authority: Path
) -> None:
    other = make_authority(tmp_path / "other")
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *CITY, "--booth", "six", "--ca", authority / "pki/ca.crt")
    plug(stick, booth)
    done = provision("sign", stick.folder, "--authority", other, "--yes", fails=True)
    assert "authority: not the one of the stick" in done.err
    assert not (other / "keys").exists(), "nothing was signed"
