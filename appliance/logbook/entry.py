"""One line of the logbook: who noted what, was and now, go in; a line that names the hash before it comes out.

Compact ASCII JSON with sorted keys: {"at", "by", "clock_synced", "hash", "kind", "n", "now", "prev", "was"}. `hash` is
the SHA-256 of the same JSON without `hash`; `prev` is that of the entry before; `n` counts from 1 and never again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

By = Literal["vision", "uplink", "display", "provision", "update", "field", "machine", "logbook"]
Kind = Literal[
    "config",
    "law",
    "mode",
    "model",
    "bank",
    "remote",
    "update",
    "provision",
    "site",
    "pause",
    "trends",
    "torn",
]
HASH = "[0-9a-f]{12}"
VERSION = "[0-9]{1,6}([.][0-9]{1,6}){0,3}([a-z+.-][a-z0-9+.-]{0,23})?"
OWNERS = ("operator", "passer-by", "button", "schedule", "dead-man", "fault", "other")
"Who may pause a booth, by what they use; `fault`: zones, wishes or pauses that cannot be read."
FORMS: dict[str, str] = {
    "config": HASH,
    "law": f"(us-ny|ca-on|se|es|other)( {HASH})?",
    "mode": "open-street|opt-in-zone",
    "model": f"{HASH}|none",
    "bank": f"{HASH}|none",
    "remote": "(applied|reverted) [0-9]{1,10}",
    "update": f"(packaged|trying|kept|reverted|refused)( {VERSION})?",
    "provision": f"(applied|request|refused) {HASH}|reset",
    "site": f"(signed|changed) {HASH}|none",
    "pause": f"none|({'|'.join(OWNERS)})(,({'|'.join(OWNERS)}))*",
    "trends": f"[0-9]{{1,10}}:{HASH}",
    "torn": "[0-9]{1,7} bytes cut off",
}
"""Kind -> what its values look like.

`law` is the profile and the start of the assessment's SHA-256, if there is one; `trends` the head of the ledger of the
privacy budget, which whoever puts that back cannot put back here.
"""
BEGIN = "0" * 64
"What the first entry names as the hash before it."
WHOLE_HASH = re.compile("[0-9a-f]{64}")
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z")
MOST_LINE = 1024
MOST_N = 10**9
"One change a second for thirty years: a line that claims more is none of ours, and nothing counts on from it."


@dataclass(frozen=True)
class Entry:
    """One change. Raises ValueError for anything that has no place in the logbook."""

    n: int
    at: str
    "UTC minute, by a clock that may be wrong."
    clock_synced: bool
    by: str
    kind: str
    was: str
    "'' where nothing of this kind is known from before."
    now: str
    prev: str

    def __post_init__(self) -> None:
        form = FORMS.get(self.kind, "(?!)")
        if not (re.fullmatch(form, self.now) and (self.was == "" or re.fullmatch(form, self.was))):
            raise ValueError(f"no {self.kind} of the logbook: {self.was!r} -> {self.now!r}")
        stamped = MINUTE.fullmatch(self.at) and isinstance(self.clock_synced, bool)
        if not (stamped and self.by in get_args(By) and self.n >= 1 and WHOLE_HASH.fullmatch(self.prev)):
            raise ValueError("no entry of the logbook")

    @property
    def hash(self) -> str:
        """What the next entry names."""
        return hashlib.sha256(canonical(asdict(self))).hexdigest()

    @property
    def line(self) -> bytes:
        """As it stands in the file, with its end."""
        return canonical({**asdict(self), "hash": self.hash}) + b"\n"


def canonical(values: dict[str, Any]) -> bytes:
    """Compact ASCII JSON with sorted keys."""
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii")


def entry_from(line: bytes) -> Entry:
    """The entry of a line without its end. Raises ValueError for one that was not written so, byte by byte."""
    try:
        values = json.loads(line)
        values.pop("hash")
        if type(values["n"]) is not int or values["n"] > MOST_N:
            raise ValueError("no number of an entry")
        entry = Entry(**values)
    except (AttributeError, LookupError, TypeError, RecursionError):
        raise ValueError("no entry of the logbook") from None
    if entry.line != line + b"\n":
        raise ValueError("its hash does not fit")
    return entry
