"""The sample street: out of whichever archive can be had, checked by hash, the archive dropped."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache
from engines.entries import Sample, SampleSource
from engines.sample import TakeVideo, fetch_sample, take_video, video_from_apt
from tests.engines.builders import sha256

VIDEO = b"RIFF a street" * 5000
APT = SampleSource("system_package", "street-doc", "", 1)
PIP = SampleSource("package", "street", "1.0", 1)
SAMPLE = Sample("street.avi", sha256(VIDEO), (APT, PIP))


def taker(content: bytes) -> TakeVideo:
    def take(source: SampleSource, name: str, folder: Path) -> Path:
        (folder / "archive").write_bytes(b"large")
        (folder / name).write_bytes(content)
        return folder / name

    return take


def refuse(source: SampleSource, name: str, folder: Path) -> Path:
    raise BoothError("this system has no apt-get")


def packed(name: str, content: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as bundle:
        entry = tarfile.TarInfo(f"deep/{name}")
        entry.size = len(content)
        bundle.addfile(entry, io.BytesIO(content))
    return sink.getvalue()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "booth")


def test_only_the_video_is_kept(cache: Cache) -> None:
    assert fetch_sample(cache, SAMPLE, {"system_package": taker(VIDEO)})
    assert [path for path in cache.root.rglob("*") if path.is_file()] == [cache.samples / "street.avi"]


def test_a_video_at_hand_is_not_fetched(cache: Cache) -> None:
    fetch_sample(cache, SAMPLE, {"system_package": taker(VIDEO)})
    assert not fetch_sample(cache, SAMPLE, {"system_package": refuse})


@pytest.mark.parametrize("first", [refuse, taker(b"another video"), taker(VIDEO[:-1])])
def test_the_second_source_helps_out(cache: Cache, first: TakeVideo) -> None:
    assert fetch_sample(cache, SAMPLE, {"system_package": first, "package": taker(VIDEO)})
    assert (cache.samples / "street.avi").read_bytes() == VIDEO


def test_no_source_left_is_one_line_with_the_cure(cache: Cache) -> None:
    with pytest.raises(BoothError, match=r"no source gave the sample street.*no apt-get.*make setup"):
        fetch_sample(cache, SAMPLE, {"system_package": refuse, "package": refuse})
    assert not list(cache.root.rglob("*.avi"))


def test_a_source_archive_is_searched_by_file_name(tmp_path: Path) -> None:
    video = take_video(io.BytesIO(packed("street.avi", VIDEO)), "r|gz", "street.avi", tmp_path)
    assert video.read_bytes() == VIDEO


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_an_archive_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    whole = packed("street.avi", bytes(range(256)) * 4096)
    with pytest.raises(BoothError, match=r"street\.avi"):
        take_video(io.BytesIO(whole[: int(share * len(whole))]), "r|gz", "street.avi", tmp_path)


def test_an_archive_without_the_video_says_so(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"lacks street\.avi"):
        take_video(io.BytesIO(packed("other.avi", VIDEO)), "r|gz", "street.avi", tmp_path)


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is a tool of Debian and Ubuntu")
def test_a_debian_archive_is_unpacked_without_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: street-doc\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: x\n"
    )
    (tree / "usr" / "share").mkdir(parents=True)
    (tree / "usr" / "share" / "street.avi").write_bytes(VIDEO)
    deb = tmp_path / "street-doc_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", str(tree), str(deb)], check=True, capture_output=True)
    apt_get = tmp_path / "bin" / "apt-get"
    apt_get.parent.mkdir()
    apt_get.write_text(f'#!/bin/sh\ncase "$*" in *"download street-doc") cp {deb} . ;; *) exit 100 ;; esac\n')
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(apt_get.parent), prepend=":")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    assert video_from_apt(APT, "street.avi", inbox).read_bytes() == VIDEO


def test_without_apt_the_next_source_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BoothError, match="next source"):
        video_from_apt(APT, "street.avi", tmp_path)
