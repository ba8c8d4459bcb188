"""A stick as an enemy would make it: whatever is on it, the booth stays what it was, says one line, and goes on."""

from __future__ import annotations

import base64
import grp
import json
import os
import ssl
import string
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.provision.filling import write_parcel
from appliance.provision.manifest import manifest_from_bytes
from appliance.provision.places import give_to_group
from appliance.provision.showing import lines_of, setting_lines
from appliance.provision.stick import BOUNDS, GIVEN, KEY, MANIFEST, RESULT, SIGNATURE, USED, WIFI, Stick
from tests.provision.builders import NOW, Booth, City, changed, moment, new_booth

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
PRINTABLE = set(string.printable) - set("\n\r\t\x0b\x0c")
P256 = bytes.fromhex("2a8648ce3d030107")
"The curve of our keys, as certificates name it (RFC 5480)."
names = st.sampled_from(sorted(BOUNDS))
words = st.text(max_size=40) | st.sampled_from(
    ["../../etc/shadow", "a\nb", "x;rm", "\x1b[2J", "$(id)", "%s%n", "\0"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module", autouse=True)
def unsynced() -> Iterator[None]:
    """No power is cut here, so nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="module")
def good() -> Iterator[dict[str, bytes]]:
    """Files of a stick that would be taken."""
    with tempfile.TemporaryDirectory() as folder:
        city = City(Path(folder) / "city")
        stick = city.stick()
        write_parcel(stick, city.keyed())
        yield {path.name: path.read_bytes() for path in stick.folder.iterdir()}


@contextmanager
def plugged(files: dict[str, bytes]) -> Iterator[tuple[Booth, Stick]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "stick"
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_bytes(content)
        yield new_booth(Path(name) / "booth"), Stick(folder)


def stays_what_it_was(booth: Booth, stick: Stick) -> None:
    """Or becomes another as a whole; in either case it says one printable line."""
    before = booth.identity()
    outcome = booth.plug(stick)
    assert set(outcome.line) <= PRINTABLE
    assert len(outcome.line) <= 400
    assert set(booth.notice) <= PRINTABLE
    if outcome.kind != "applied":
        assert booth.identity() == before
        assert not booth.places.commit.exists()
        assert not any(words[0] != "nmcli" for words in booth.machine.commands)
    outside = [path for path in booth.root.rglob("*") if path.is_file() and "shadow" in path.name]
    assert not outside


@FUZZ
@given(name=names, content=st.binary(max_size=600))
def test_any_bytes_for_any_file(good: dict[str, bytes], name: str, content: bytes) -> None:
    with plugged({**good, name: content}) as (booth, stick):
        stays_what_it_was(booth, stick)


@FUZZ
@given(data=st.data(), name=st.sampled_from([MANIFEST, KEY, SIGNATURE]))
def test_a_good_file_cut_short_or_with_bytes_turned(
    good: dict[str, bytes], data: st.DataObject, name: str
) -> None:
    content = bytearray(good[name])
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with plugged({**good, name: bytes(content)}) as (booth, stick):
        stays_what_it_was(booth, stick)


@FUZZ
@given(data=st.data())
def test_any_value_for_any_key(good: dict[str, bytes], data: st.DataObject) -> None:
    manifest = json.loads(good[MANIFEST])
    key = data.draw(st.sampled_from([*manifest, "extra"]) | words)
    manifest[key] = data.draw(values)
    content = json.dumps(manifest).encode("utf-8", "surrogatepass")
    with plugged({**good, MANIFEST: content}) as (booth, stick):
        stays_what_it_was(booth, stick)


@FUZZ
@given(
    settings_=st.dictionaries(
        st.sampled_from(["camera", "capture", "uplink", "display", "wing"]) | words, values
    )
)
def test_any_settings(good: dict[str, bytes], settings_: dict[str, Any]) -> None:
    content = json.dumps({**json.loads(good[MANIFEST]), "settings": settings_}).encode(
        "utf-8", "surrogatepass"
    )
    with plugged({**good, MANIFEST: content}) as (booth, stick):
        stays_what_it_was(booth, stick)


DEEP = b"[" * 50_000
BOMBS = {
    "deep lists": DEEP,
    "deep objects": b'{"a":' * 40_000,
    "deep settings": b'{"settings":' + b'{"a":' * 20_000,
    "many keys": json.dumps({f"key{number}": 1 for number in range(12_000)}).encode(),
    "a long number": b'{"schema": ' + b"9" * 200_000 + b"}",
    "not a number": b'{"schema": NaN}',
    "half a surrogate": b'{"schema": "\\ud800"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"schema": "provision/1"}'.encode("utf-16"),
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "zeros": bytes(4096),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_a_line(good: dict[str, bytes], content: bytes) -> None:
    with plugged({**good, MANIFEST: content}) as (booth, stick):
        stays_what_it_was(booth, stick)
        assert booth.notice.startswith("refused: booth.json: ")


def test_settings_full_of_braces_are_refused_by_a_line(good: dict[str, bytes]) -> None:
    deep: Any = {}
    for _ in range(150):
        deep = {"a": deep}
    content = json.dumps({**json.loads(good[MANIFEST]), "settings": {"camera": deep}}).encode()
    with plugged({**good, MANIFEST: content}) as (booth, stick):
        stays_what_it_was(booth, stick)


@pytest.mark.parametrize("name", [MANIFEST, KEY, WIFI, SIGNATURE, USED])
def test_a_file_beyond_its_bound_is_not_read(good: dict[str, bytes], name: str) -> None:
    with plugged({**good, name: b"x" * (BOUNDS[name] + 1)}) as (booth, stick):
        outcome = booth.plug(stick)
        assert outcome.line == f"refused: {name}: larger than {BOUNDS[name]} bytes; make the stick again"


def test_a_file_of_terabytes_is_not_read(good: dict[str, bytes]) -> None:
    with plugged(good) as (booth, stick):
        os.truncate(stick.folder / MANIFEST, 1 << 40)
        assert "larger than" in booth.plug(stick).line


def link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def folder(path: Path, secret: Path) -> None:
    path.mkdir()


def pipe(path: Path, secret: Path) -> None:
    os.mkfifo(path)


def looped(path: Path, secret: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("trap", [link, folder, pipe, looped])
@pytest.mark.parametrize("name", [MANIFEST, KEY, WIFI, USED, RESULT])
def test_what_is_no_file_is_neither_followed_nor_waited_for(
    good: dict[str, bytes], tmp_path: Path, name: str, trap: Callable[[Path, Path], None]
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"must stay")
    files = {file: content for file, content in good.items() if file != name}
    with plugged(files) as (booth, stick):
        trap(stick.folder / name, secret)
        stays_what_it_was(booth, stick)
        assert secret.read_bytes() == b"must stay"


@pytest.mark.parametrize("name", [MANIFEST, KEY])
def test_a_link_to_what_would_be_taken_is_not_taken(
    good: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(good[name])
    with plugged({file: content for file, content in good.items() if file != name}) as (booth, stick):
        (stick.folder / name).symlink_to(tmp_path / name)
        assert "symbolic links" in booth.plug(stick).line
        assert (tmp_path / name).read_bytes() == good[name]


@pytest.mark.parametrize("name", GIVEN)
def test_wiping_and_writing_follow_no_link(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"must stay")
    (tmp_path / "stick").mkdir()
    stick = Stick(tmp_path / "stick")
    (stick.folder / name).symlink_to(secret)
    with pytest.raises(BoothError):
        stick.write(name, b"new")
    with pytest.raises(OSError, match="symbolic"):
        stick.wipe(name)
    assert secret.read_bytes() == b"must stay"


def test_a_stick_that_is_a_link_is_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with pytest.raises(BoothError, match="no such folder"):
        Stick(tmp_path / "link")


@pytest.mark.parametrize("key", ["hostname", "groups", "ssid\n[evil]", "\x1b]0;x\x07", "__proto__"])
def test_a_key_that_nobody_knows_is_not_repeated(good: dict[str, bytes], key: str) -> None:
    content = json.dumps({**json.loads(good[MANIFEST]), key: "value"}).encode()
    with pytest.raises(BoothError, match=r"^booth.json: a key that provision/1 does not have; make"):
        manifest_from_bytes(content)


@pytest.mark.parametrize("bad", ["Desk", "a b", "../x", "a\n", "", "-a", "a" * 33, "a/b", "ü"])
@pytest.mark.parametrize("key", ["city", "booth"])
def test_a_name_is_a_name(good: dict[str, bytes], key: str, bad: str) -> None:
    content = json.dumps({**json.loads(good[MANIFEST]), key: bad}).encode()
    with pytest.raises(BoothError, match=f"^booth.json: {key}: "):
        manifest_from_bytes(content)


@pytest.mark.parametrize(
    "bad", ["../../etc/passwd", "/etc/passwd", "Europe/../..", "a b", "a\n", "", ".", "A//B"]
)
def test_a_time_zone_leads_nowhere_else(good: dict[str, bytes], bad: str) -> None:
    content = json.dumps({**json.loads(good[MANIFEST]), "timezone": bad}).encode()
    with pytest.raises(BoothError, match=r"^booth.json: timezone: "):
        manifest_from_bytes(content)


def test_a_key_with_junk_around_it_is_refused_in_words(good: dict[str, bytes]) -> None:
    with plugged({**good, KEY: b"\xff\xfe\n" + good[KEY]}) as (booth, stick):
        stays_what_it_was(booth, stick)
        assert booth.notice.startswith("refused: booth.key: ")


def test_a_certificate_for_a_key_of_no_known_kind_is_refused_in_words(city: City, booth: Booth) -> None:
    parcel = city.keyed()
    lines = (parcel.manifest.certificate or "").split("-----")[2]
    unknown = base64.b64decode(lines).replace(P256, P256[:-1] + b"\x7f")
    pem = ssl.DER_cert_to_PEM_cert(unknown)
    stick = city.written(city.vouched(changed(parcel, certificate=pem)))
    stays_what_it_was(booth, stick)
    assert booth.notice.startswith("refused: certificate: ")


@pytest.mark.parametrize("where", [{"folder": "/etc"}, {"root": "/var/lib/booth/root.json"}])
def test_no_stick_says_where_root_installs_programs_or_whom_it_believes_by_a_path(
    city: City, booth: Booth, where: dict[str, str]
) -> None:
    stick = city.written(city.vouched(changed(city.keyed(), settings={"update": where})))
    stays_what_it_was(booth, stick)
    assert "settings of update (folder, root) are not set" in booth.notice


def test_a_stick_from_a_laptop_years_ahead_does_not_shut_out_all_later_ones(city: City, booth: Booth) -> None:
    ahead = moment(NOW) + timedelta(days=900)
    far = changed(city.keyed(), made_at=ahead, expires_at=ahead + timedelta(days=7))
    stick = city.written(city.vouched(far))
    stays_what_it_was(booth, stick)
    assert booth.notice.startswith("refused: stick: made in the future")


def test_rights_are_never_changed_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[bool] = []
    monkeypatch.setattr(grp, "getgrnam", lambda _: SimpleNamespace(gr_gid=os.getgid()))
    monkeypatch.setattr(os, "chown", lambda *_, follow_symlinks=True: changes.append(follow_symlinks))
    give_to_group(tmp_path / "notice-provision.json")
    assert changes == [False]


def test_names_of_settings_move_nobodys_cursor(city: City) -> None:
    stick = city.written(changed(city.keyed(), settings={"\x1b[2J": {}}))
    assert all(line.isprintable() for line in lines_of(stick))


def test_whoever_signs_sees_each_setting_and_whose_updates(city: City) -> None:
    settings, root = {"update": {"url": "https://evil.example"}}, {"signed": "evil\x1b"}
    shown = list(setting_lines(changed(city.keyed(), settings=settings, update_root=root).manifest))
    assert shown[0].strip() == '{"update": {"url": "https://evil.example"}}'
    assert shown[1].strip().startswith("root of updates ")
