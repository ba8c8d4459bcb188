"""The publisher's repository: releases and keys in; a folder of signed metadata and bundles, for any web server, out.

The timestamp is written last: until then booths see the release before, whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

from securesystemslib.signer import CryptoSigner, Key
from tuf.api import exceptions
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.update.metadata_files import Payload, files_in, newest_in, write_metadata
from appliance.update.offer import Offer

LASTS_D: Mapping[str, float] = {"root": 365, "targets": 90, "snapshot": 7, "timestamp": 3}
"Days. A booth that is away for longer simply sees fresh ones when it is back."
Signers = Mapping[str, CryptoSigner]
"Role -> signer, of targets, snapshot, timestamp."
DRAFT = "draft.root.json"
"A new root that still lacks signatures; booths never see it."


class Repository:
    """One folder `metadata` and one `targets`; owner of their versions."""

    def __init__(
        self, folder: Path, lasts_d: Mapping[str, float] = LASTS_D, now: datetime | None = None
    ) -> None:
        self.metadata = folder / "metadata"
        self.targets = folder / "targets"
        self.draft = folder / DRAFT
        self._lasts_d = lasts_d
        self._now = now

    def expiry(self, role: str) -> datetime:
        """When metadata of `role` that are signed now end."""
        now = self._now or datetime.now(timezone.utc)
        return (now + timedelta(days=self._lasts_d[role])).replace(microsecond=0)

    def begin(
        self, roots: Sequence[CryptoSigner], keys: Mapping[str, Key], threshold: int, signers: Signers
    ) -> Path:
        """Make an empty repository; returns the root file that booths are given. Raises BoothError."""
        if self.metadata.exists():
            raise BoothError(f"{self.metadata}: is there already; name an empty folder")
        if not 1 <= threshold <= len(roots):
            raise BoothError(
                f"--threshold {threshold}: there are {len(roots)} root keys; ask for at most so many"
            )
        root = Root(version=1, expires=self.expiry("root"), consistent_snapshot=True)
        for signer in roots:
            root.add_key(signer.public_key, "root")
        root.roles["root"].threshold = threshold
        for role, key in keys.items():
            root.add_key(key, role)
        signed = Metadata(root)
        for signer in roots:
            signed.sign(signer, append=True)
        file = self.write(signed)
        self.release(Metadata(Targets(expires=self.expiry("targets"))), signers)
        return file

    def newest(self, kind: type[Payload]) -> Metadata[Payload]:
        """The newest metadata of a role. Raises BoothError where there are none."""
        return newest_in(self.metadata, kind)

    def add(self, offers: Sequence[Offer], signers: Signers) -> None:
        """Offer bundles, all or none: booths see them once the last is here. Raises BoothError, OSError.

        A folder that is no repository, or a wrong key, is found before anything is written.
        """
        targets = self.newest(Targets)
        for role in signers:
            self.check_key(role, signers)
        for offer in offers:
            target = TargetFile.from_file(offer.path, str(offer.bundle), ["sha256"])
            target.unrecognized_fields["custom"] = dict(offer.custom)
            folder, _, name = offer.path.rpartition("/")
            place = self.targets / folder / f"{target.hashes['sha256']}.{name}"
            write_durably(place, offer.bundle.read_bytes(), mode=0o644)
            targets.signed.targets[offer.path] = target
        self.release(targets, signers)

    def change(self, version: str, ring: str | None, signers: Signers) -> list[str]:
        """Offer all bundles of `version` to `ring`, or to nobody any more; returns their paths. Raises BoothError."""
        targets = self.newest(Targets)
        paths = [
            path
            for path, target in targets.signed.targets.items()
            if (target.custom or {}).get("version") == version
        ]
        if not paths:
            raise BoothError(f"{version}: not in the repository; publish it first")
        for path in paths:
            if ring is None:
                del targets.signed.targets[path]
            else:
                targets.signed.targets[path].unrecognized_fields["custom"]["ring"] = ring
        self.release(targets, signers)
        return paths

    def release(self, targets: Metadata[Targets], signers: Signers) -> None:
        """Sign `targets` as the next version, and a snapshot and timestamp that name it. Raises BoothError."""
        self.sign_next(targets, signers)
        self.renew_snapshot(targets.signed.version, signers)

    def renew_snapshot(self, targets_version: int, signers: Signers) -> None:
        """A snapshot that names that version of the targets, and a timestamp."""
        snapshot = self.newest_or(Snapshot())
        data = (self.metadata / f"{targets_version}.targets.json").read_bytes()
        snapshot.signed.meta["targets.json"] = MetaFile.from_data(targets_version, data, ["sha256"])
        self.sign_next(snapshot, signers)
        self.renew_timestamp(signers)

    def renew_timestamp(self, signers: Signers) -> None:
        """A timestamp that names the newest snapshot: what has to happen before the last one expires."""
        timestamp = self.newest_or(Timestamp())
        version = self.newest(Snapshot).signed.version
        data = (self.metadata / f"{version}.snapshot.json").read_bytes()
        timestamp.signed.snapshot_meta = MetaFile.from_data(version, data, ["sha256"])
        self.sign_next(timestamp, signers)

    def newest_or(self, first: Payload) -> Metadata[Payload]:
        """The newest metadata of that role, or `first` where there are none yet."""
        return (
            self.newest(type(first)) if self.has(first.type) else cast("Metadata[Payload]", Metadata(first))
        )

    def has(self, role: str) -> bool:
        """Whether there are metadata of `role` yet."""
        return bool(files_in(self.metadata, role))

    def is_trusted(self, metadata: Metadata[Any]) -> bool:
        """Whether they are signed by the key that the newest root has for their role."""
        role = metadata.signed.type
        try:
            self.newest(Root).signed.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
        except exceptions.RepositoryError:
            return False
        return True

    def sign_next(self, metadata: Metadata[Any], signers: Signers) -> None:
        """Write the next version, signed by the role's key alone. Raises BoothError for another's key."""
        role = metadata.signed.type
        self.check_key(role, signers)
        if self.has(role):
            metadata.signed.version += 1
        metadata.signed.expires = self.expiry(role)
        metadata.sign(signers[role])
        self.write(metadata)

    def check_key(self, role: str, signers: Signers) -> None:
        """Raises BoothError for a key that the newest root does not name for that role."""
        if signers[role].public_key.keyid not in self.newest(Root).signed.roles[role].keyids:
            raise BoothError(f"{role}: this key is not the one in root.json; bring the right one, or rotate")

    def write(self, metadata: Metadata[Any]) -> Path:
        """Bring metadata under their name to the disk; only the timestamp's has no version."""
        return write_metadata(self.metadata, metadata)
