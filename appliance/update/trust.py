"""Trust: a server or a folder of metadata and the booth's root in, the releases our publisher stands by out.

All the rules are those of The Update Framework, in its own client. Two things are ours: expiry means nothing while the
clock may be wrong, so nothing is refreshed before it is set; and what the client wrote is brought to the disk, since
its memory of versions is what a rollback would have to get past.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Targets
from tuf.api.serialization import DeserializationError
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from appliance.disk import MOST_SMALL_BYTES, read_small, write_durably
from appliance.errors import cure_of
from appliance.health.clock import Clock, minute_text
from appliance.update.places import METADATA
from appliance.update.refusal import Refused
from appliance.update.release import Release, release_from_target
from appliance.update.unpack import sync_tree
from appliance.update.web import Patience, opened, pieces_of

FLOOR = "clock-floor"
HISTORY = "root_history"
"Where the client keeps roots, from the one provisioned to the newest."
STEP_S = 3600.0
"A clock that is set anew may step back by so much."
MOST_METADATA_BYTES = 5_000_000
BOUNDS = UpdaterConfig(max_root_rotations=64, root_max_length=128 * 1024)
"Each root is kept: 8 MB in one visit at the most. A booth that lacks more of them goes on at the next."


class WebFetcher(FetcherInterface):
    """Metadata from the update server."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def _fetch(self, url: str) -> Iterator[bytes]:
        with opened(url, {}, self._patience) as answer:
            if answer.status != 200:
                raise exceptions.DownloadHTTPError(f"status {answer.status}", answer.status)
            yield from pieces_of(answer, url, self._patience)

    def fetch(self, url: str) -> Iterator[bytes]:
        """As _fetch, whose errors have names already; the framework would wrap them all into one."""
        return self._fetch(url)


class FolderFetcher(FetcherInterface):
    """Metadata from the folder where the courier keeps what it has: whoever holds that can offer, not persuade."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.rpartition("/")[2]
        version, _, role = name.partition(".")
        kept = self._folder / (HISTORY if role == "root.json" else "")
        file = kept / (name if role == "root.json" or not version.isdigit() else role)
        try:
            yield read_small(file, MOST_METADATA_BYTES)
        except OSError:
            raise exceptions.DownloadHTTPError(f"{name} is not there", 404) from None


def offered(
    folder: Path, anchor: Path, url: str, fetcher: FetcherInterface, clock: Clock
) -> tuple[Release, ...]:
    """Refresh what `folder` remembers and return what is offered now. Raises Refused, each way by its name.

    `anchor`: the root metadata that provisioning put there. The caller owns `folder` alone.
    """
    if not clock.synced or clock.unix_s < floor_of(folder) - STEP_S:
        raise Refused(
            "clock", "the clock is not set, so nobody can tell what has expired; waiting for the time"
        )
    try:
        root = read_small(anchor, MOST_SMALL_BYTES * 8)
    except OSError as error:
        raise Refused("no-anchor", f"{anchor}: {error.strerror or error}; provision the booth") from None
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        forget_other_roots(folder, root)
        address = f"{url.rstrip('/')}/{METADATA}/"
        Updater(str(folder), address, fetcher=fetcher, config=BOUNDS, bootstrap=root).refresh()
        signed = Metadata[Targets].from_file(str(folder / "targets.json")).signed
    except exceptions.DownloadError as error:
        raise refused_download(error) from None
    except (exceptions.RepositoryError, DeserializationError, exceptions.StorageError) as error:
        raise refused_metadata(error, clock) from None
    except OSError as error:
        raise disk_refused(folder, error) from None
    raise_floor(folder, clock)
    sync_tree(folder)
    releases = (release_from_target(path, target.to_dict()) for path, target in signed.targets.items())
    return tuple(release for release in releases if release is not None)


def forget_other_roots(folder: Path, root: bytes) -> None:
    """Remove roots that do not begin with the one provisioned: those of the city that a booth was in before."""
    history = folder / HISTORY
    if history.is_dir() and not any(file.read_bytes() == root for file in history.iterdir()):
        shutil.rmtree(history, ignore_errors=True)


def floor_of(folder: Path) -> float:
    """Unix seconds before which the clock is wrong, whatever it says: metadata were good then already; or 0."""
    try:
        floor_s = float(read_small(folder / FLOOR, 64))
    except (OSError, ValueError):
        return 0.0
    return floor_s if math.isfinite(floor_s) else 0.0


def raise_floor(folder: Path, clock: Clock) -> None:
    """Remember a time at which the metadata were good; a clock too far ahead would have found them expired."""
    floor_s = max(clock.unix_s, floor_of(folder))
    write_durably(folder / FLOOR, f"{int(floor_s)}".encode("ascii"), mode=0o644)


def refused_download(error: exceptions.DownloadError) -> Refused:
    """By what kept the metadata from coming."""
    if isinstance(error, exceptions.DownloadLengthMismatchError):
        return Refused("too-long", "the server sends more than the metadata allow; check the update server")
    if isinstance(error, exceptions.DownloadHTTPError):
        return Refused("no-server", f"metadata: {error}; publish, or mend update.url")
    return Refused("no-server", f"metadata: {error}; check the update server")


def refused_metadata(error: Exception, clock: Clock) -> Refused:
    """By the rule that the metadata broke."""
    if isinstance(error, exceptions.UnsignedMetadataError):
        return Refused("not-signed", f"{error}; nobody but the publisher may sign: check the update server")
    if isinstance(error, exceptions.ExpiredMetadataError):
        now = minute_text(clock.unix_s)
        return Refused(
            "expired", f"{error} at {now}; renew it (booth update renew), or the server is held back"
        )
    if isinstance(error, exceptions.BadVersionNumberError):
        return Refused("rollback", f"{error}; the server shows older metadata than before: check it")
    if isinstance(error, exceptions.LengthOrHashMismatchError):
        return Refused("mix-and-match", f"{error}; metadata of different releases: publish again")
    return Refused("damaged", f"metadata: {str(error)[:100]}; check the update server")


def disk_refused(path: Path, error: OSError) -> Refused:
    """For a disk that takes no more, or a folder that may not be written."""
    why = os.strerror(error.errno) if error.errno else str(error)
    return Refused("disk-full", f"{path}: {why}; {cure_of(error)}")
