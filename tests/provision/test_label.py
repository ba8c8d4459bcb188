"""Which sticks a booth looks at: a label that is surely wrong is refused, one that nobody knows is told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.provision.label import hint_on_label
from tests.provision.builders import City
from tests.provision.kit import CITY, provision, stick_in

FOLDER = Path("/media/stick")


def system(mount: str | None, label: str | None = None) -> Callable[[Sequence[str]], str | None]:
    """What findmnt says of the folder, and blkid of its device; None: it fails."""
    return lambda words: mount if "--mountpoint" in words else label if words[0] == "blkid" else "2.38"


def mount(label: str = "", kind: str = "vfat", device: str = "/dev/null") -> str:
    return f'SOURCE="{device}" FSTYPE="{kind}" LABEL="{label}"'


@pytest.mark.parametrize(("said", "label"), [(mount("BOOTH"), None), (mount(), "BOOTH")])
def test_a_stick_that_a_booth_will_look_at_needs_no_word(said: str, label: str | None) -> None:
    assert hint_on_label(FOLDER, system(said, label)) is None


@pytest.mark.parametrize(
    ("said", "label", "why"),
    [
        (
            mount("HOLIDAY"),
            None,
            "labelled 'HOLIDAY', and a booth sees BOOTH only; .* sudo fatlabel /dev/null BOOTH",
        ),
        (mount(), "booth", "labelled 'booth', and a booth sees BOOTH only"),
        (mount(), None, "labelled nothing, and a booth sees BOOTH only"),
        (
            mount("BOOTH", "exfat"),
            None,
            "/dev/null: exfat, and a booth reads FAT only; .* --device /dev/null",
        ),
        (mount("BOOTH", "fuseblk"), None, "fuseblk, and a booth reads FAT only"),
    ],
)
def test_a_stick_that_no_booth_would_look_at_is_refused(said: str, label: str | None, why: str) -> None:
    with pytest.raises(BoothError, match=why):
        hint_on_label(FOLDER, system(said, label))


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (None, "is no stick itself: copy its files to the top of a FAT stick labelled BOOTH"),
        ("", "is no stick itself"),
        (mount("x", "ext4", "/dev/sda1[/home]"), "is no stick itself"),
        (mount("", "tmpfs", "tmpfs"), "is no stick itself"),
        (mount("", "fuse.fusefat", "/dev/loop0"), "is no stick itself"),
        (
            mount("", "vfat", "/dev/that-nobody-may-read"),
            "sudo blkid /dev/that-nobody-may-read has to say BOOTH",
        ),
    ],
)
def test_what_cannot_be_known_is_a_hint(said: str | None, hint: str) -> None:
    assert hint in (hint_on_label(FOLDER, system(said)) or "")


def test_without_the_tools_a_stick_is_made_all_the_same(
    tmp_path: Path, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *CITY, "--booth", "a", "--ca", city.authority.ca)
    assert "label      could not be looked at here; a booth sees a FAT stick labelled BOOTH only" in done.out


def test_a_wrong_label_is_told_before_the_stick_is_touched(
    tmp_path: Path, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tools").mkdir()
    for name, said in (("findmnt", mount("HOLIDAY")), ("blkid", "")):
        tool = tmp_path / "tools" / name
        tool.write_text(f"#!/bin/sh\necho '{said}'\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    stick = stick_in(tmp_path / "stick")
    done = provision(stick.folder, *CITY, "--booth", "a", "--ca", city.authority.ca, fails=True)
    assert "sudo fatlabel /dev/null BOOTH; then plug it in again" in done.err
    assert not list(stick.folder.iterdir())
