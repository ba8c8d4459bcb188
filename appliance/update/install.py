"""The installer: what the courier brought in, a release tree beside the one that runs out; by root, without a network.

Nothing of the courier's is believed. The metadata are verified again against root's own memory of them, and the bundle
is copied to where only root writes and hashed on the way, before a single byte of it is unpacked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path
from typing import IO

from appliance.disk import sync_folder
from appliance.health.clock import Clock
from appliance.update.courier import bundles
from appliance.update.machine import Machine
from appliance.update.manifest import CHUNK_BYTES, Manifest
from appliance.update.places import METADATA, Places, build_of
from appliance.update.quota import check_spare
from appliance.update.refusal import Refused
from appliance.update.release import Release
from appliance.update.state import State, write_state
from appliance.update.trust import FolderFetcher, disk_refused, offered
from appliance.update.unpack import compile_code, open_to_all, remove_tree, sync_tree, unpack

HOPELESS = ("unsafe-archive", "other-machine")
"Signed for, and still no good: to fetch it again each day brings the same."
NOWHERE = "courier:"
"The address of a server that is a folder."


def offered_again(places: Places, clock: Clock) -> tuple[Release, ...]:
    """The releases by root's own check of the courier's metadata. Raises Refused."""
    fetcher = FolderFetcher(places.courier / METADATA)
    return offered(places.trust, places.anchor, NOWHERE, fetcher, clock)


def install(places: Places, release: Release, machine: Machine, state: State) -> State:
    """Take the bundle and make the tree; the state says so once all of it is on the disk. Raises Refused."""
    tree = places.versions / release.version
    draft = places.versions / f"{release.version}.partial"
    try:
        places.versions.mkdir(mode=0o755, parents=True, exist_ok=True)
        remove_tree(draft)
        check_spare(places.home, release.length + release.custom.unpacked_bytes)
        taken = take(places, release)
        with taken.open("rb") as bundle:
            manifest, digest = unpack(bundle, draft, release.custom.unpacked_bytes)
        check_meant(draft, manifest, release, machine)
        compile_code(draft)
        open_to_all(draft)
        sync_tree(draft)
        remove_tree(tree)
        draft.rename(tree)
        sync_folder(places.versions)
        sync_folder(places.home)
    except OSError as error:
        drop_draft(draft)
        raise disk_refused(tree, error) from None
    except Refused as error:
        drop_draft(draft)
        forget_bundle(places, release)
        if error.name in HOPELESS:
            write_state(places, state.model_copy(update={"failed": state.with_failed(release.version)}))
        raise
    change = {
        "phase": "unpacked",
        "version": release.version,
        "manifest": digest,
        "attempts": 0,
        "reason": "",
    }
    done = write_state(places, state.model_copy(update=change))
    forget_bundle(places, release)
    return done


def take(places: Places, release: Release) -> Path:
    """Copy the bundle to root's folder, hashed on the way. Raises Refused for another than the signed, OSError."""
    places.taken.mkdir(mode=0o700, exist_ok=True)
    for file in places.taken.iterdir():
        file.unlink()
    taken = places.taken / f"{release.sha256}.tar.gz"
    source = bundles(places) / taken.name
    with open_plain(source, release.length) as opened, taken.open("wb") as copy:
        if digest_of_copy(opened, copy, release.length) != release.sha256:
            raise Refused("tampered", f"{source}: not the signed bundle; fetched anew")
    return taken


def open_plain(source: Path, length: int) -> IO[bytes]:
    """A file of the courier's, which may be anything. Raises Refused unless it is plain and as long as signed."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Refused("tampered", f"{source}: {os.strerror(error.errno or 0)}; fetched anew") from None
    opened = os.fdopen(descriptor, "rb")
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_size != length:
        opened.close()
        raise Refused("tampered", f"{source}: not a file as long as signed; fetched anew")
    return opened


def digest_of_copy(source: IO[bytes], copy: IO[bytes], length: int) -> str:
    """SHA-256 of what was copied, `length` bytes at the most."""
    digest, left = hashlib.sha256(), length
    while left and (chunk := source.read(min(left, CHUNK_BYTES))):
        digest.update(chunk)
        copy.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def check_meant(tree: Path, manifest: Manifest, release: Release, machine: Machine) -> None:
    """Raises Refused unless manifest and build.json say what the metadata said."""
    meant = {"version": release.version, "python": machine.python, "arch": machine.arch}
    claimed = {"version": manifest.version, "python": manifest.python, "arch": manifest.arch}
    if not meant == claimed == build_of(tree):
        have = f"{manifest.version} for Python {manifest.python} on {manifest.arch}"
        raise Refused("other-machine", f"the bundle of {release.version} holds {have}; publish the right one")


def drop_draft(draft: Path) -> None:
    """Free what a failed try took, as far as the disk lets us."""
    with contextlib.suppress(OSError):
        remove_tree(draft)


def forget_bundle(places: Places, release: Release) -> None:
    """Remove both copies of a bundle that is unpacked, or no good."""
    for folder in (places.taken, bundles(places)):
        with contextlib.suppress(OSError):
            (folder / f"{release.sha256}.tar.gz").unlink()
