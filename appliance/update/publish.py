"""The publisher's steps: folders and keys of a city team in, a changed repository and a line to print out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Snapshot, Targets

from appliance.errors import BoothError, cure_of
from appliance.update.bundle import write_bundle
from appliance.update.offer import offer_of
from appliance.update.publisher_keys import ONLINE, load_public, load_signer
from appliance.update.repository import LASTS_D, Repository
from appliance.update.rotation import Change, draft_root, sign_draft

WARN_D = 30
"Days before the root expires in which each renewal says so: its keys have to be fetched from where they lie."


def passphrase(file: Path | None) -> bytes | None:
    """The first line of `file`. Raises BoothError."""
    if file is None:
        return None
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; name a file with the passphrase") from None
    if not lines or not lines[0]:
        raise BoothError(f"{file}: empty; its first line is the passphrase")
    return lines[0]


def signers_of(
    keys: Path, passphrase_file: Path | None, roles: Sequence[str] = ONLINE
) -> dict[str, CryptoSigner]:
    """Signers of the roles with one key. Raises BoothError."""
    secret = passphrase(passphrase_file)
    return {role: load_signer(keys / f"{role}.pem", secret) for role in roles}


def begin(folder: Path, keys: Path, threshold: int, passphrase_file: Path | None) -> str:
    """See `booth update init`."""
    secret = passphrase(passphrase_file)
    roots = [load_signer(file, secret) for file in sorted(keys.glob("root-*.pem"))]
    signers = signers_of(keys, passphrase_file)
    public = {role: signer.public_key for role, signer in signers.items()}
    root = Repository(folder).begin(roots, public, threshold, signers)
    return f"{root}: give it to each booth as /etc/booth/update/root.json; show {folder} by a web server"


def make_bundle(tree: Path, target: Path) -> str:
    """See `booth update bundle`."""
    try:
        manifest = write_bundle(tree, target)
        size_mb = target.stat().st_size / 1e6
    except OSError as error:
        culprit = error.filename or target
        raise BoothError(f"{culprit}: {error.strerror or error}; {cure_of(error)}") from None
    except ValueError as error:
        raise BoothError(f"{target}: {error}; name another file") from None
    return f"{target}: {manifest.version}, {len(manifest.files)} files, {size_mb:.1f} MB"


def publish(
    folder: Path,
    bundles: Sequence[Path],
    keys: Path,
    ring: str,
    min_version: str | None,
    passphrase_file: Path | None,
) -> Iterator[str]:
    """See `booth update publish`: a line for each bundle, once all are offered."""
    offers = [offer_of(bundle, ring, min_version) for bundle in bundles]
    if len({offer.path for offer in offers}) < len(offers):
        raise BoothError("publish: two of these are for the same Python and processor; name one of each")
    Repository(folder).add(offers, signers_of(keys, passphrase_file))
    yield from (f"{offer.name} is offered to ring {ring}" for offer in offers)


def change_ring(
    folder: Path, version: str, ring: str | None, keys: Path, passphrase_file: Path | None
) -> list[str]:
    """See `booth update stage` and `withdraw`."""
    return Repository(folder).change(version, ring, signers_of(keys, passphrase_file))


def renew(
    folder: Path, keys: Path, passphrase_file: Path | None, now: datetime | None = None
) -> Iterator[str]:
    """See `booth update renew`: the timestamp always, the others when half their life is over and their key is here."""
    repository = Repository(folder, now=now)
    moment = now or datetime.now(timezone.utc)
    roles = [role for role in ONLINE if role != "targets" or (keys / "targets.pem").exists()]
    signers = signers_of(keys, passphrase_file, roles)
    targets, snapshot = repository.newest(Targets), repository.newest(Snapshot)
    if "targets" in signers and is_due(repository, targets, moment):
        repository.release(targets, signers)
        yield "targets, snapshot and timestamp are renewed"
    elif is_due(repository, snapshot, moment):
        repository.renew_snapshot(targets.signed.version, signers)
        yield "snapshot and timestamp are renewed"
    else:
        repository.renew_timestamp(signers)
        yield "timestamp is renewed"
    for name, expires in (
        ("targets", targets.signed.expires),
        ("root", repository.newest(Root).signed.expires),
    ):
        left = expires - moment
        if left < timedelta(days=WARN_D) and not (name == "targets" and "targets" in signers):
            yield f"{name} expires in {left.days} days: bring its keys and renew or rotate"


def is_due(repository: Repository, metadata: Metadata[Any], now: datetime) -> bool:
    """Whether half their life is over, or their key is no longer the one of the root."""
    old = metadata.signed.expires - now < timedelta(days=LASTS_D[metadata.signed.type] / 2)
    return old or not repository.is_trusted(metadata)


def rotate(
    folder: Path,
    role: str | None,
    remove: Sequence[Path],
    add: Sequence[Path],
    sign_with: Sequence[Path],
    passphrase_file: Path | None,
) -> str:
    """See `booth update rotate`."""
    if (remove or add) and role not in ("root", *ONLINE):
        raise BoothError("--role: say whose key goes or comes: root, targets, snapshot or timestamp")
    goes = [Change(str(role), load_public(file)) for file in remove]
    comes = [Change(str(role), load_public(file)) for file in add]
    repository = Repository(folder)
    draft_root(repository, goes, comes)
    return sign(folder, sign_with, passphrase_file)


def sign(folder: Path, sign_with: Sequence[Path], passphrase_file: Path | None) -> str:
    """See `booth update sign`."""
    secret = passphrase(passphrase_file)
    missing = sign_draft(Repository(folder), [load_signer(file, secret) for file in sign_with])
    if missing:
        return f"{missing}; each holder says: booth update sign {folder} --sign KEY.pem"
    return f"the new root is in force; sign by its keys now: booth update renew {folder} --keys FOLDER"
