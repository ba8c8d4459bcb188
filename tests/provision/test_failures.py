"""A stick that cannot be made uses nothing up: no name at the authority, no key on the stick, no other stick."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.provision.authority import PROGRAM
from appliance.provision.stick import KEY, MANIFEST, Stick
from tests.provision.builders import Booth
from tests.provision.kit import CITY, make_authority, needs_openssl, provision, stick_in
from tests.provision.test_command import plug

pytestmark = needs_openssl


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_authority(tmp_path / "authority")


def names_of(authority: Path) -> list[str]:
    command = [str(PROGRAM), "--folder", str(authority), "list"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.split()


@contextmanager
def in_memory(folder: Path, options: str) -> Iterator[Path]:
    """A stick with limits of its own, where this system lets us have one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("needs root, and a kernel that mounts")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(("options", "why"), [("ro", "Read-only file system"), ("size=64k", "No space left")])
def test_a_stick_that_cannot_be_written_is_told_before_its_name_is_used_up(
    tmp_path: Path, authority: Path, options: str, why: str
) -> None:
    with in_memory(tmp_path / "bad", options) as bad:
        done = provision(bad, *CITY, "--booth", "one", "--authority", authority, fails=True)
        assert why in done.err
        assert list(bad.iterdir()) == []
    assert names_of(authority) == []
    provision(stick_in(tmp_path / "good").folder, *CITY, "--booth", "one", "--authority", authority)


def test_a_stick_that_waits_for_its_booth_uses_up_no_other_name(tmp_path: Path, authority: Path) -> None:
    stick = stick_in(tmp_path / "stick")
    provision(stick.folder, *CITY, "--booth", "one", "--authority", authority)
    provision(stick.folder, *CITY, "--booth", "two", "--authority", authority, fails=True)
    assert names_of(authority) == ["new-york/one", "booth"]
    provision(stick.folder, *CITY, "--booth", "two", "--authority", authority, "--overwrite")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--ca", "FOREIGN"), "authority: not the one of the stick; make the stick with this one's ca.crt"),
        (("--wifi", "street"), "Wi-Fi passphrase: 8 to 63"),
        (("--camera-login", "FOREIGN"), "camera login: not USER:PASSWORD"),
    ],
)
def test_a_mistake_in_what_is_beside_the_key_uses_up_no_name(
    tmp_path: Path, authority: Path, words: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.verbs.wishes.passphrase_for", lambda wifi: "short" if wifi else None)
    files = {"FOREIGN": make_authority(tmp_path / "foreign") / "pki/ca.crt"}
    stick = stick_in(tmp_path / "stick")
    said = [files.get(word, word) for word in words]
    done = provision(stick.folder, *CITY, "--booth", "one", "--authority", authority, *said, fails=True)
    assert why in done.err
    assert (names_of(authority), list(stick.folder.iterdir())) == ([], [])


def pull_out(patch: pytest.MonkeyPatch) -> None:
    """The stick goes before its manifest is written, when its key is there already."""
    write = Stick.write

    def writing(stick: Stick, name: str, content: bytes) -> None:
        if name == MANIFEST:
            raise BoothError("pulled out")
        write(stick, name, content)

    patch.setattr(Stick, "write", writing)


def test_a_stick_that_is_pulled_out_keeps_neither_key_nor_name(tmp_path: Path, authority: Path) -> None:
    stick = stick_in(tmp_path / "stick")
    words = (stick.folder, *CITY, "--booth", "one", "--authority", authority)
    with pytest.MonkeyPatch.context() as patch:
        pull_out(patch)
        assert "pulled out" in provision(*words, fails=True).err
    assert not stick.has(KEY)
    assert names_of(authority) == []
    provision(*words)


def test_a_second_certificate_that_did_not_get_out_leaves_the_first_as_it_was(
    tmp_path: Path, authority: Path, booth: Booth
) -> None:
    words = (*CITY, "--booth", "one", "--authority", authority)
    first = stick_in(tmp_path / "first")
    provision(first.folder, *words)
    signed = authority / "keys/new-york/one/booth.crt"
    before = signed.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        pull_out(patch)
        provision(stick_in(tmp_path / "second").folder, *words, "--again", fails=True)
    assert signed.read_bytes() == before
    index = (authority / "ca/index.txt").read_text().splitlines()
    assert [line[0] for line in index] == ["V", "R"], "the one that nobody has is revoked, and no other"
    assert plug(first, booth).startswith("applied")


def test_an_answer_that_does_not_get_onto_the_stick_uses_up_no_name(
    tmp_path: Path, authority: Path, booth: Booth
) -> None:
    with in_memory(tmp_path / "stick", "size=4m") as folder:
        stick = Stick(folder)
        provision(folder, *CITY, "--booth", "one", "--ca", authority / "pki/ca.crt")
        plug(stick, booth)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        done = provision("sign", folder, "--authority", authority, "--yes", fails=True)
        assert "cannot be written" in done.err
        assert names_of(authority) == []
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        provision("sign", folder, "--authority", authority, "--yes")
        assert plug(stick, booth).startswith("applied")


def test_a_table_with_a_name_that_is_taken_makes_no_stick_at_all(tmp_path: Path, authority: Path) -> None:
    provision(stick_in(tmp_path / "one").folder, *CITY, "--booth", "west-3", "--authority", authority)
    table = tmp_path / "booths.csv"
    table.write_text("booth\nwest-1\nwest-2\nwest-3\n")
    words = (tmp_path / "sticks", *CITY, "--batch", table, "--authority", authority)
    done = provision(*words, fails=True)
    assert "new-york/west-3 has a certificate already" in done.err
    assert not (tmp_path / "sticks").exists()
    assert names_of(authority) == ["new-york/west-3", "booth"]
    table.write_text("booth\nwest-1\nwest-2\n")
    provision(*words)


def test_a_table_with_a_stick_that_waits_makes_no_other(tmp_path: Path, authority: Path) -> None:
    ca = ("--ca", authority / "pki/ca.crt")
    (tmp_path / "sticks").mkdir()
    provision(stick_in(tmp_path / "sticks/west-2").folder, *CITY, "--booth", "west-2", *ca)
    table = tmp_path / "booths.csv"
    table.write_text("booth\nwest-1\nwest-2\n")
    done = provision(tmp_path / "sticks", *CITY, "--batch", table, *ca, fails=True)
    assert "west-2: holds a stick that was not used yet" in done.err
    assert not (tmp_path / "sticks/west-1").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to be somebody else")
def test_an_authority_that_only_root_may_read_is_told_in_one_line() -> None:
    with tempfile.TemporaryDirectory(prefix="booth-test-") as name:
        Path(name).chmod(0o755)
        authority = make_authority(Path(name) / "authority")
        os.seteuid(65534)
        try:
            done = provision("/nowhere", *CITY, "--booth", "a", "--authority", authority, fails=True)
        finally:
            os.seteuid(0)
    assert done.err == f"booth: {authority}/ca/ca.key: cannot be read; be the user that owns it, as by sudo\n"
