"""The root of updates that a stick brings: JSON of an unknown hand in; nothing, or one line on why it is none, out.

A booth believes this file about every later program, and nobody would notice a bad one before the first update. So it
has to be whole here: a root of The Update Framework that enough of its own keys have signed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appliance.errors import BoothError

CURE = "take the newest root.json of the city team's update site"


def require_update_root(url: str | None, root: Mapping[str, Any] | None) -> None:
    """Raises BoothError for a booth that would look for updates at `url` and believe nobody, which a visit mends."""
    if url is not None and root is None:
        raise BoothError(
            f"update.url is {url}, and no --update-root says whom the booth believes: it would take no update"
            " before another stick; add --update-root site/metadata/1.root.json, which `booth update init` made"
        )


def check_update_root(values: Mapping[str, Any], until: datetime) -> None:
    """Raises BoothError unless `values` is a root whose own keys vouch for it, in force at `until`.

    `until`: when the stick itself ends. A booth may have no clock yet, so what its clock says is not asked.
    """
    # Here, since nobody but who meets such a root needs the framework.
    from tuf.api.exceptions import RepositoryError
    from tuf.api.metadata import Metadata, Root
    from tuf.api.serialization import DeserializationError, SerializationError

    try:
        metadata = Metadata[Root].from_bytes(json.dumps(values).encode())
        root = metadata.signed
        if root.type != Root.type:
            raise BoothError(f"update_root: other metadata than a root; {CURE}")
        for name, role in root.roles.items():
            if len(role.keyids) < role.threshold:
                raise BoothError(f"update_root: nobody can sign {name}, it lacks keys; {CURE}")
        root.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except (DeserializationError, SerializationError, ValueError, RecursionError):
        raise BoothError(f"update_root: no root of TUF; {CURE}") from None
    except RepositoryError:
        wanted = root.roles[Root.type].threshold
        raise BoothError(f"update_root: not signed by {wanted} of its own root keys; {CURE}") from None
    if root.expires <= until:
        raise BoothError(f"update_root: expires on {root.expires:%Y-%m-%d}, before the stick; {CURE}")
