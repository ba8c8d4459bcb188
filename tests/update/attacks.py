"""The attacks on an update, each with the name that it is refused by: what the matrix is made of."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from appliance.health.clock import Clock
from appliance.update import quota, unpack
from appliance.update.machine import Machine
from appliance.update.manifest import FILE
from appliance.update.refusal import Name
from appliance.update.rotation import Change, draft_root, sign_draft
from tests.update import archives
from tests.update.server import STALLS, Mode, Server
from tests.update.world import DAY, IMPATIENT, MACHINE, NEW, OLD, PATIENT, Booth, Publisher

NOW = datetime.now(timezone.utc)
OTHER_PYTHON = Machine("3.12", "arm64")


@dataclass
class Scene:
    """Where an attack happens: NEW is published, the booth runs OLD."""

    folder: Path
    publisher: Publisher
    server: Server
    booth: Booth
    monkeypatch: pytest.MonkeyPatch

    def rogue(self, name: str = "rogue", now: datetime | None = None) -> Publisher:
        """Somebody with keys of his own."""
        made = Publisher(self.folder / name, now=now)
        made.publish(NEW)
        return made

    def show(self, site: Path) -> None:
        """Let the server show another folder."""
        self.server.folder = site

    def misbehave(self, mode: Mode, *, for_all: bool = False) -> None:
        self.server.mode, self.server.for_all = mode, for_all
        self.booth.patience = IMPATIENT if mode in STALLS else PATIENT


@dataclass(frozen=True)
class Attack:
    """One row of the matrix."""

    title: str
    refused: Name
    prepare: Callable[[Scene], object]
    "Everything up to the booth's next run."
    mends: bool = True
    "The publisher can go on as before; else it takes new keys or a new root on the booth."


ATTACKS: list[Attack] = []


def attack(
    title: str, refused: Name, *, mends: bool = True
) -> Callable[[Callable[[Scene], object]], Callable[[Scene], object]]:
    """Add a function to the matrix."""

    def add(prepare: Callable[[Scene], object]) -> Callable[[Scene], object]:
        ATTACKS.append(Attack(title, refused, prepare, mends))
        return prepare

    return add


# Who signs.


@attack("metadata of another publisher", "not-signed")
def _(scene: Scene) -> None:
    scene.show(scene.rogue().site)


@attack("stolen snapshot and timestamp keys, targets by another key", "not-signed")
def _(scene: Scene) -> None:
    rogue = scene.rogue()
    for name in ("snapshot", "timestamp"):
        for end in ("pem", "pub"):
            shutil.copy(scene.publisher.keys / f"{name}.{end}", rogue.keys / f"{name}.{end}")
    site, own = scene.publisher.site / "metadata", scene.publisher.repository
    forged = Metadata.from_file(str(rogue.site / "metadata" / "2.targets.json"))
    forged.signed.version = 3
    forged.sign(rogue.signers["targets"])
    own.write(forged)
    assert (site / "3.targets.json").exists()
    own.renew_snapshot(3, scene.publisher.signers)


@attack("timestamp changed after signing", "not-signed")
def _(scene: Scene) -> None:
    change_json(scene.publisher.site / "metadata" / "timestamp.json", "version", 99)


@attack("targets changed after signing", "mix-and-match")
def _(scene: Scene) -> None:
    change_json(newest(scene, Targets), "version", 99)


@attack("metadata that are no JSON", "damaged")
def _(scene: Scene) -> None:
    (scene.publisher.site / "metadata" / "timestamp.json").write_bytes(b'{"signed": [')


# Which versions.


@attack("freeze: timestamp expired", "expired")
def _(scene: Scene) -> None:
    re_sign(scene, now=NOW - timedelta(days=4))


@attack("freeze: snapshot expired under a fresh timestamp", "expired")
def _(scene: Scene) -> None:
    re_sign(scene, now=NOW - timedelta(days=8))
    scene.publisher.repository.renew_timestamp(scene.publisher.signers)


@attack("root expired", "expired", mends=False)
def _(scene: Scene) -> None:
    old = scene.rogue("old", now=NOW - timedelta(days=400))
    scene.booth.places.anchor.write_bytes(old.root)
    old.now = None
    old.repository.release(old.repository.newest(Targets), old.signers)
    scene.show(old.site)


@attack("rollback of timestamp", "rollback")
def _(scene: Scene) -> None:
    kept = shutil.copytree(scene.publisher.site, scene.folder / "kept")
    scene.publisher.repository.renew_timestamp(scene.publisher.signers)
    scene.booth.fetch()
    forget_bundles(scene)
    scene.show(kept)


@attack("rollback of snapshot, timestamp key stolen", "rollback")
def _(scene: Scene) -> None:
    repository, signers = scene.publisher.repository, scene.publisher.signers
    old = repository.newest(Snapshot).signed.version
    repository.renew_snapshot(2, signers)
    scene.booth.fetch()
    forget_bundles(scene)
    timestamp = repository.newest(Timestamp)
    data = (repository.metadata / f"{old}.snapshot.json").read_bytes()
    timestamp.signed.snapshot_meta = MetaFile.from_data(old, data, ["sha256"])
    repository.sign_next(timestamp, signers)


@attack("rollback of targets, both online keys stolen", "rollback")
def _(scene: Scene) -> None:
    scene.booth.fetch()
    forget_bundles(scene)
    scene.publisher.repository.renew_snapshot(1, scene.publisher.signers)


@attack("mix-and-match: targets of another time under this name", "mix-and-match")
def _(scene: Scene) -> None:
    metadata = scene.publisher.site / "metadata"
    shutil.copy(metadata / "1.targets.json", metadata / "2.targets.json")


@attack("mix-and-match: snapshot of another time under this name", "mix-and-match")
def _(scene: Scene) -> None:
    metadata = scene.publisher.site / "metadata"
    shutil.copy(metadata / "1.snapshot.json", metadata / "2.snapshot.json")


@attack("a downgrade, signed", "downgrade")
def _(scene: Scene) -> None:
    scene.publisher.publish("0.0.9")
    scene.publisher.repository.change(NEW, None, scene.publisher.signers)


@attack("a version that needs a step between, signed", "too-old")
def _(scene: Scene) -> None:
    scene.publisher.publish(NEW, min_version="0.1.5")


# Root.


@attack("new root by one of two keys", "not-signed")
def _(scene: Scene) -> None:
    repository = scene.publisher.repository
    draft = draft_root(repository, [], [])
    draft.sign(scene.publisher.roots[0], append=True)
    repository.write(draft)


@attack("new root by keys of another", "not-signed")
def _(scene: Scene) -> None:
    repository, rogue = scene.publisher.repository, scene.rogue()
    draft = draft_root(repository, [], [])
    for signer in rogue.roots:
        draft.sign(signer, append=True)
    repository.write(draft)


@attack("new root that skips a version", "rollback")
def _(scene: Scene) -> None:
    repository = scene.publisher.repository
    draft = draft_root(repository, [], [])
    draft.signed.version = 3
    for signer in scene.publisher.roots:
        draft.sign(signer, append=True)
    repository.write(draft).rename(repository.metadata / "2.root.json")


@attack("new root signed by its own keys, not by enough of the old", "not-signed")
def _(scene: Scene) -> None:
    repository, rogue = scene.publisher.repository, scene.rogue()
    olds = [Change("root", signer.public_key) for signer in scene.publisher.roots]
    draft = draft_root(repository, olds, [Change("root", signer.public_key) for signer in rogue.roots])
    for signer in (*rogue.roots, scene.publisher.roots[0]):
        draft.sign(signer, append=True)
    repository.write(draft)


@attack("metadata by a key that was rotated out", "not-signed", mends=False)
def _(scene: Scene) -> None:
    repository, rogue = scene.publisher.repository, scene.rogue()
    goes = [Change("timestamp", scene.publisher.signers["timestamp"].public_key)]
    draft_root(repository, goes, [Change("timestamp", rogue.signers["timestamp"].public_key)])
    assert sign_draft(repository, scene.publisher.roots[:2]) == ""


@attack("a booth without a root", "no-anchor")
def _(scene: Scene) -> None:
    scene.booth.places.anchor.unlink()


# The bundle on its way.


@attack("bundle changed, same length", "tampered")
def _(scene: Scene) -> None:
    file = scene.publisher.served_bundle(NEW)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@attack("bundle truncated", "truncated")
def _(scene: Scene) -> None:
    file = scene.publisher.served_bundle(NEW)
    file.write_bytes(file.read_bytes()[:-1000])


@attack("bundle longer than signed", "too-long")
def _(scene: Scene) -> None:
    scene.misbehave("longer")


@attack("endless bundle", "too-long")
def _(scene: Scene) -> None:
    scene.misbehave("endless")


@attack("endless metadata", "too-long")
def _(scene: Scene) -> None:
    scene.misbehave("endless", for_all=True)


@attack("bundle by slow loris", "stalled")
def _(scene: Scene) -> None:
    scene.misbehave("loris")


@attack("metadata by slow loris", "stalled")
def _(scene: Scene) -> None:
    scene.misbehave("loris", for_all=True)


@attack("headers by slow loris", "stalled")
def _(scene: Scene) -> None:
    scene.misbehave("slow-head")


@attack("a server that is silent", "stalled")
def _(scene: Scene) -> None:
    scene.misbehave("silent")


@attack("a server that fails", "no-server")
def _(scene: Scene) -> None:
    scene.misbehave("broken", for_all=True)


@attack("a server that sends elsewhere", "no-server")
def _(scene: Scene) -> None:
    scene.misbehave("moved", for_all=True)


@attack("server gone", "no-server")
def _(scene: Scene) -> None:
    scene.booth.url = "http://127.0.0.1:9"


@attack("disk too small", "disk-full")
def _(scene: Scene) -> None:
    usage = shutil.disk_usage(scene.folder)
    scene.monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))


@attack("bundle larger than the courier's folder may hold", "disk-full")
def _(scene: Scene) -> None:
    scene.monkeypatch.setattr(quota, "QUOTA_BYTES", 100_000)


@attack("disk filled by others while it downloads", "disk-full")
def _(scene: Scene) -> None:
    usage, calls = shutil.disk_usage(scene.folder), iter(range(1000))
    few = usage._replace(free=1_000_000)
    scene.monkeypatch.setattr(shutil, "disk_usage", lambda _: usage if next(calls) < 3 else few)


@attack("disk filled by others before it unpacks", "disk-full")
def _(scene: Scene) -> None:
    brought(scene)
    usage = shutil.disk_usage(scene.folder)
    scene.monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))


@attack("disk full while it unpacks", "disk-full")
def _(scene: Scene) -> None:
    real = unpack.write_file

    def refuse(folder: Path, name: str, *rest: object) -> None:
        if name.startswith("models"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(folder, name, *rest)  # type: ignore[arg-type]

    scene.monkeypatch.setattr(unpack, "write_file", refuse)


# What is in it.


@attack("bundle for another Python", "other-machine")
def _(scene: Scene) -> None:
    only(scene, scene.publisher.bundle(NEW, machine=OTHER_PYTHON), machine=OTHER_PYTHON)


@attack("bundle for another processor", "other-machine")
def _(scene: Scene) -> None:
    machine = Machine("3.10", "amd64")
    only(scene, scene.publisher.bundle(NEW, machine=machine), machine=machine)


@attack("bundle for another Python, signed as for this", "other-machine")
def _(scene: Scene) -> None:
    only(scene, scene.publisher.bundle(NEW, machine=OTHER_PYTHON))


@attack("bundle of another version, signed as this", "other-machine")
def _(scene: Scene) -> None:
    only(scene, scene.publisher.bundle("0.1.7"))


for kind in archives.KINDS:

    @attack(f"archive: {kind}", "unsafe-archive")
    def _(scene: Scene, kind: str = kind) -> None:
        file = scene.folder / "odd.tar.gz"
        archives.write(kind, file)
        only(scene, file, unpacked_bytes=1_000_000)


# On the booth itself.


@attack("file changed after unpacking", "changed-file")
def _(scene: Scene) -> None:
    (unpacked(scene) / "app/appliance/words.py").write_text("VERSION = 'mine'\n")


@attack("file added after unpacking", "changed-file")
def _(scene: Scene) -> None:
    (unpacked(scene) / "site-packages/more.py").write_text("")


@attack("file replaced by a link after unpacking", "changed-file")
def _(scene: Scene) -> None:
    file = unpacked(scene) / "app/appliance/words.py"
    file.unlink()
    file.symlink_to("/etc/passwd")


@attack("file and manifest changed after unpacking", "changed-file")
def _(scene: Scene) -> None:
    tree = unpacked(scene)
    manifest = json.loads((tree / FILE).read_bytes())
    del manifest["files"]["models/net.bin"]
    (tree / "models/net.bin").unlink()
    (tree / FILE).write_text(json.dumps(manifest))


@attack("courier taken over: another bundle under this name", "tampered")
def _(scene: Scene) -> None:
    brought(scene).write_bytes(b"x" * brought(scene).stat().st_size)


@attack("courier taken over: a link to a secret", "tampered")
def _(scene: Scene) -> None:
    file = brought(scene)
    file.unlink()
    file.symlink_to("/etc/shadow")


@attack("courier taken over: a pipe", "tampered")
def _(scene: Scene) -> None:
    file = brought(scene)
    file.unlink()
    os.mkfifo(file)


@attack("courier taken over: metadata of another publisher", "not-signed")
def _(scene: Scene) -> None:
    brought(scene)
    rogue = scene.rogue()
    folder = scene.booth.places.courier / "metadata"
    for role in ("timestamp", "snapshot", "targets"):
        newest_file = max((rogue.site / "metadata").glob(f"*{role}.json"))
        shutil.copy(newest_file, folder / f"{role}.json")
    scene.server.mode, scene.server.for_all = "good", False
    scene.booth.url = None


@attack("clock at 1970", "clock")
def _(scene: Scene) -> None:
    scene.booth.clock = Clock(120.0, synced=False)


@attack("clock set back into the life of old metadata", "clock")
def _(scene: Scene) -> None:
    scene.booth.fetch()
    forget_bundles(scene)
    scene.booth.clock = Clock(scene.booth.clock.unix_s - 20 * 86_400, synced=True)


def newest(scene: Scene, kind: type[Targets]) -> Path:
    """The file of the newest metadata of a role."""
    version = scene.publisher.repository.newest(kind).signed.version
    return scene.publisher.site / "metadata" / f"{version}.{kind.type}.json"


def change_json(file: Path, key: str, value: object) -> None:
    content = json.loads(file.read_bytes())
    content["signed"][key] = value
    file.write_text(json.dumps(content))


def re_sign(scene: Scene, now: datetime) -> None:
    """Let the online metadata be as they were signed at `now`."""
    scene.publisher.now = now
    scene.publisher.repository.renew_snapshot(2, scene.publisher.signers)
    scene.publisher.now = None


def only(scene: Scene, bundle: Path, machine: Machine = MACHINE, **custom: Any) -> None:
    """Offer this bundle as NEW, and no other."""
    scene.publisher.repository.change(NEW, None, scene.publisher.signers)
    scene.publisher.publish(NEW, machine=machine, bundle=bundle, **custom)


def forget_bundles(scene: Scene) -> None:
    """As if the bundle had not been brought yet."""
    shutil.rmtree(scene.booth.places.courier / "bundles")


def brought(scene: Scene) -> Path:
    """The bundle as the courier brought it; he is not asked again."""
    scene.booth.fetch()
    scene.booth.url = None
    return next((scene.booth.places.courier / "bundles").iterdir())


def unpacked(scene: Scene) -> Path:
    """The tree of NEW, that waits for the night."""
    scene.booth.fetch()
    assert scene.booth.switch(DAY).phase == "unpacked"
    scene.booth.url = None
    assert scene.booth.runs == OLD
    return scene.booth.places.tree(NEW)
