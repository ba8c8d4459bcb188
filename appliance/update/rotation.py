"""New roots: the last one and a change of keys in; the next one out, once enough of the old and of the new have signed.

The keys of root lie in different places, so a new root is a draft that travels: each holder adds a signature, and it
is put where booths find it by the signature that completes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.update.repository import Repository


@dataclass(frozen=True)
class Change:
    """One key that goes or comes."""

    role: str
    key: Key


def draft_root(repository: Repository, goes: Sequence[Change], comes: Sequence[Change]) -> Metadata[Root]:
    """The next root, unsigned, with a fresh expiry; without changes it only lives longer. Raises BoothError."""
    if repository.draft.exists():
        raise BoothError(f"{repository.draft}: another root waits for signatures; sign or remove it first")
    root = repository.newest(Root).signed
    try:
        for change in goes:
            root.revoke_key(change.key.keyid, change.role)
        for change in comes:
            root.add_key(change.key, change.role)
    except ValueError as error:
        raise BoothError(f"{error}; name a key that root.json has for that role") from None
    for role, wanted in root.roles.items():
        if len(wanted.keyids) < wanted.threshold:
            raise BoothError(
                f"{role}: {wanted.threshold} keys have to sign, {len(wanted.keyids)} would be left; add one"
            )
    root.version += 1
    root.expires = repository.expiry("root")
    draft = Metadata(root)
    keep_draft(repository, draft)
    return draft


def sign_draft(repository: Repository, signers: Sequence[CryptoSigner]) -> str:
    """Add signatures; returns what is still missing, '' when the new root is in force. Raises BoothError."""
    try:
        draft = Metadata[Root].from_bytes(repository.draft.read_bytes())
    except (OSError, DeserializationError) as error:
        raise BoothError(f"{repository.draft}: {error}; begin with: booth update rotate") from None
    before = repository.newest(Root).signed
    known = {*before.roles["root"].keyids, *draft.signed.roles["root"].keyids}
    for signer in signers:
        if signer.public_key.keyid not in known:
            raise BoothError(
                f"{signer.public_key.keyid[:8]}: no key of the old or the new root; bring one that is"
            )
        draft.sign(signer, append=True)
    result = draft.signed.get_root_verification_result(before, draft.signed_bytes, draft.signatures)
    if result:
        repository.write(draft)
        repository.draft.unlink()
        return ""
    keep_draft(repository, draft)
    return (
        f"{result.first.missing} of the old and {result.second.missing} of the new root keys have yet to sign"
    )


def keep_draft(repository: Repository, draft: Metadata[Root]) -> None:
    """Write the draft beside the metadata, where no booth looks."""
    content = draft.to_bytes(JSONSerializer(compact=False))
    write_durably(repository.draft, content, mode=0o644)
