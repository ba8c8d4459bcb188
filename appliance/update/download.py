"""Downloads: a release and a folder in, the whole bundle out; what was there already is not fetched again.

The part's name is the hash of the whole, so that it is gone on with only for the same bundle. It is never longer than
the signed length, and becomes a bundle only when its hash is right.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from appliance.disk import sync_folder
from appliance.update.manifest import hash_of
from appliance.update.quota import check_quota, check_spare, found_in
from appliance.update.refusal import Refused
from appliance.update.release import Release
from appliance.update.trust import disk_refused
from appliance.update.web import CURE, Patience, host_of, opened, pieces_of

MOST_TRIES = 8
"In one run, and only while each brings more; the timer tries again later."
PAUSE_S = 2.0


def bundle_url(base: str, release: Release) -> str:
    """Where the bundle lies: its hash is in its name, as consistent snapshots of TUF have it."""
    folder, _, name = release.path.rpartition("/")
    return f"{base.rstrip('/')}/targets/{quote(folder)}/{release.sha256}.{quote(name)}"


def download(
    release: Release,
    base: str,
    folder: Path,
    patience: Patience,
    pause: Callable[[float], object] = time.sleep,
) -> Path:
    """The bundle in `folder`. Raises Refused; the part stays where going on with it makes sense."""
    whole, part = folder / f"{release.sha256}.tar.gz", folder / f"{release.sha256}.part"
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        forget_others(folder, release.sha256)
        if whole.exists():
            return whole
        check_quota(folder.parent, release.version, release.length, own=release.sha256)
        # The bundle, the copy that root takes, and what it unpacks to have to fit.
        check_spare(folder, 2 * release.length - size_of(part) + release.custom.unpacked_bytes)
        fetch_with_retries(bundle_url(base, release), part, release, patience, pause)
        return accept(part, whole, release)
    except OSError as error:
        raise disk_refused(folder, error) from None


def fetch_with_retries(
    url: str, part: Path, release: Release, patience: Patience, pause: Callable[[float], object]
) -> None:
    """Go on with the part until it is as long as signed. Raises Refused when a try brings nothing."""
    for tries in range(1, MOST_TRIES + 1):
        before = size_of(part)
        if before == release.length:
            return
        try:
            fetch_rest(url, part, release, patience)
        except Refused as error:
            mendable = error.name in {"truncated", "stalled", "no-server"} and size_of(part) > before
            if not mendable or tries == MOST_TRIES:
                raise
        pause(random.uniform(0, PAUSE_S))


def fetch_rest(url: str, part: Path, release: Release, patience: Patience) -> None:
    """One request for what is missing. Raises Refused."""
    start = size_of(part)
    if start > release.length:
        part.unlink()
        start = 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    with opened(url, headers, patience) as answer:
        start = start_of(answer, start, release, url)
        promised = answer.headers.get("Content-Length", "")
        if promised.isdigit() and start + int(promised) > release.length:
            raise Refused("too-long", f"{host_of(url)}: offers more bytes than are signed; check the server")
        with part.open("ab") as file:
            file.truncate(start)
            for piece in pieces_of(answer, url, patience):
                start += len(piece)
                if start > release.length:
                    file.truncate(0)
                    raise Refused("too-long", f"{host_of(url)}: sends more than is signed; check the server")
                keep_spare(part)
                file.write(piece)
    if start < release.length:
        raise Refused("truncated", f"{host_of(url)}: ended after {start} of {release.length} bytes; {CURE}")


def keep_spare(part: Path) -> None:
    """Give the part up when others have filled the disk meanwhile: the booth's work comes first. Raises Refused."""
    try:
        check_spare(part.parent)
    except Refused:
        part.unlink()
        raise


def start_of(answer: http.client.HTTPResponse, start: int, release: Release, url: str) -> int:
    """From where the server sends. Raises Refused for any answer but the whole or the rest."""
    if answer.status == 200:
        return 0
    told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
    if answer.status == 206 and start and told and int(told[1]) == start:
        return start
    raise Refused("no-server", f"{host_of(url)}: status {answer.status} for {release.version}; {CURE}")


def accept(part: Path, whole: Path, release: Release) -> Path:
    """Make the part the bundle, once its hash is right. Raises Refused, and the part is gone."""
    if hash_of(part) != release.sha256:
        part.unlink()
        raise Refused("tampered", f"{release.version}: the bundle is not the signed one; check the server")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(whole)
    sync_folder(whole.parent)
    return whole


def forget_others(folder: Path, sha256: str | None) -> None:
    """Remove parts and bundles of other releases; of all when no release is wanted."""
    for file in found_in(folder):
        if sha256 is None or not file.name.startswith(sha256):
            with contextlib.suppress(OSError):
                file.unlink()


def size_of(part: Path) -> int:
    """Bytes that are there."""
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0
