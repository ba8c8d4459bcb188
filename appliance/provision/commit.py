"""The step from one identity to the next: all its files in; after a power cut at any moment the old or the new one out.

The whole of the new identity is written to one file whose rename is the moment of change. From then on each of its
parts is put in place, which any number of power cuts may interrupt: whatever starts next (booth-provision.service
comes before booth.target) does it again from the beginning, and removes the file when all is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import sync_folder, write_durably
from appliance.errors import BoothError
from appliance.provision.places import Places, give_to_group, make_folder

SCHEMA = "commit/1"
CURE = "free space, or replace the disk"
HOST_ALIAS = "127.0.1.1"
"The address by which Debian's /etc/hosts names the machine itself."


@dataclass(frozen=True)
class Target:
    """Where a file of a commit goes, and who may read it."""

    path: Callable[[Places], Path]
    mode: int
    group: bool = False
    "Whether the booth's processes read it."


TARGETS = {
    "booth.yaml": Target(lambda places: places.settings, 0o640, group=True),
    "ca.crt": Target(lambda places: places.keys / "ca.crt", 0o600),
    "booth.crt": Target(lambda places: places.keys / "booth.crt", 0o600),
    "booth.key": Target(lambda places: places.keys / "booth.key", 0o600),
    "camera.login": Target(lambda places: places.keys / "camera.login", 0o600),
    "root.json": Target(lambda places: places.home / "update/root.json", 0o644),
    "network": Target(lambda places: places.network, 0o600),
    "hostname": Target(lambda places: places.root / "etc/hostname", 0o644),
    "identity.json": Target(lambda places: places.identity, 0o644),
    "own-machine": Target(lambda places: places.home / "own-machine", 0o600),
    "machine-id": Target(lambda places: places.root / "etc/machine-id", 0o444),
    "ssh_host_ed25519_key": Target(lambda places: places.ssh / "ssh_host_ed25519_key", 0o600),
    "ssh_host_ed25519_key.pub": Target(lambda places: places.ssh / "ssh_host_ed25519_key.pub", 0o644),
    "ssh_host_ecdsa_key": Target(lambda places: places.ssh / "ssh_host_ecdsa_key", 0o600),
    "ssh_host_ecdsa_key.pub": Target(lambda places: places.ssh / "ssh_host_ecdsa_key.pub", 0o644),
}
"Every file that a commit can hold, but the time zone, which is a link."


def begin(places: Places, ticket: str, files: Mapping[str, str]) -> None:
    """Make `files` the booth's identity, for good when this returns. Raises BoothError; then nothing has changed."""
    whole = {"schema": SCHEMA, "ticket": ticket, "files": dict(files)}
    write_durably(places.commit, json.dumps(whole).encode(), CURE, mode=0o600)


def is_begun(places: Places) -> bool:
    """Whether an identity waits to be put in place."""
    return places.commit.exists()


def finish(places: Places) -> None:
    """Put in place what was begun; nothing where nothing was. Raises BoothError, and can be called again."""
    remove_drafts(places)
    if not is_begun(places):
        return
    ticket, files = read_commit(places)
    try:
        make_folder(places.keys, 0o700)
        for name, text in files.items():
            put(places, name, text)
        remember(places, ticket)
        remove_shared_host_keys(places, files)
        (places.pending / f"{ticket}.key").unlink(missing_ok=True)
        places.commit.unlink()
        sync_folder(places.home)
    except OSError as error:
        raise BoothError(
            f"{error.filename or places.home}: {os.strerror(error.errno or 0)}; {CURE}"
        ) from None


def read_commit(places: Places) -> tuple[str, dict[str, str]]:
    """Ticket and files of what was begun. Raises BoothError for a file that this program has not written."""
    try:
        whole = json.loads(places.commit.read_bytes())
        ticket, files = whole["ticket"], whole["files"]
        known = {*TARGETS, "timezone"} >= set(files)
    except (OSError, ValueError, LookupError, TypeError):
        known = False
    if not known:
        raise BoothError(f"{places.commit}: cannot be read; `booth factory-reset`, then a new stick")
    return ticket, files


def put(places: Places, name: str, text: str) -> None:
    """One part of the identity to where it belongs, as a whole."""
    if name == "timezone":
        link_durably(places.root / "etc/localtime", f"/usr/share/zoneinfo/{text.strip()}")
        write_durably(places.root / "etc/timezone", text.encode(), CURE, mode=0o644)
        return
    target = TARGETS[name]
    path = target.path(places)
    make_folder(path.parent)
    write_durably(path, text.encode(), CURE, mode=target.mode)
    if target.group:
        give_to_group(path)
    if name == "hostname":
        name_in_hosts(places.root / "etc/hosts", text.strip())


def remember(places: Places, ticket: str) -> None:
    """From now on this stick has been used."""
    make_folder(places.tickets, 0o700)
    write_durably(places.tickets / ticket, b"", CURE, mode=0o600)


def was_used(places: Places, ticket: str) -> bool:
    """Whether a stick with this ticket has been used here, be it before a factory reset."""
    return (places.tickets / ticket).exists()


def remove_shared_host_keys(places: Places, files: Mapping[str, str]) -> None:
    """Host keys of kinds that were not made anew are those of the image."""
    if "machine-id" not in files or not places.ssh.is_dir():
        return
    for path in places.ssh.glob("ssh_host_*_key*"):
        if path.name not in files:
            path.unlink()
    sync_folder(places.ssh)


def remove_drafts(places: Places) -> None:
    """What a power cut left half-written: there are keys among it."""
    written = [places.home / "any", places.tickets / "any", places.pending / "any"]
    named = [target.path(places) for target in TARGETS.values()]
    named += [places.root / "etc" / name for name in ("localtime", "timezone", "hosts")]
    for path, name in [*((path, "*") for path in written), *((path, path.name) for path in named)]:
        for draft in path.parent.glob(f".{name}.*part"):
            draft.unlink(missing_ok=True)


def link_durably(path: Path, target: str) -> None:
    """A symbolic link that replaces whatever was there. Raises OSError."""
    draft = path.with_name(f".{path.name}.part")
    make_folder(path.parent)
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(path)
    sync_folder(path.parent)


def name_in_hosts(path: Path, hostname: str) -> None:
    """Let the machine find itself by its new name; a system without such a line needs none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    if not any(line.split()[:1] == [HOST_ALIAS] for line in lines):
        return
    named = [f"{HOST_ALIAS}\t{hostname}" if line.split()[:1] == [HOST_ALIAS] else line for line in lines]
    write_durably(path, ("\n".join(named) + "\n").encode(), CURE, mode=0o644)
