"""One line of the ledger: what became of a day's budget goes in; a line that names the hash before it comes out.

Compact ASCII JSON with sorted keys: {"at", "day", "hash", "kind", "n", "note", "prev"}. `hash` is the SHA-256 of the
same JSON without `hash`; `prev` is that of the line before; `n` counts from 1.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date

from appliance.logbook.entry import BEGIN, MINUTE, WHOLE_HASH, canonical

FORMS = {
    "begin": "[0-9a-f]{8}",
    "spend": r"epsilon [0-9]{1,2}(\.[0-9]{1,6})?",
    "release": "[0-9]{1,10} [0-9a-f]{64}",
    "withheld": "fewer than 200 passages",
    "lost": "spent, and no release was left of it",
    "torn": "[0-9]{1,7} bytes cut off",
}
"""Kind -> what its note looks like.

begin: nothing up to `day` is told; the note is random, so that no two ledgers are alike. spend: before the noise is
drawn. Then one of release (number, SHA-256 of the message), withheld, lost. torn: what a power cut left of a line was
cut off.
"""
WITHHELD, LOST = FORMS["withheld"], FORMS["lost"]
MOST_LINE = 1024
MOST_N = 10**9


@dataclass(frozen=True)
class Line:
    """One step. Raises ValueError for anything that has no place in the ledger."""

    n: int
    at: str
    "UTC minute, by a clock that was set."
    kind: str
    day: str
    "Local day, YYYY-MM-DD."
    note: str
    prev: str = BEGIN

    def __post_init__(self) -> None:
        if not re.fullmatch(FORMS.get(self.kind, "(?!)"), self.note):
            raise ValueError(f"no {self.kind} of the ledger: {self.note!r}")
        if date.fromisoformat(self.day).isoformat() != self.day:
            raise ValueError(f"no day of the ledger: {self.day!r}")
        if not (1 <= self.n <= MOST_N and MINUTE.fullmatch(self.at) and WHOLE_HASH.fullmatch(self.prev)):
            raise ValueError("no line of the ledger")

    @property
    def hash(self) -> str:
        """What the next line names."""
        return hashlib.sha256(canonical(asdict(self))).hexdigest()

    @property
    def head(self) -> str:
        """N:HASH12, for those who ask later whether this line is still there."""
        return f"{self.n}:{self.hash[:12]}"

    @property
    def written(self) -> bytes:
        """As it stands in the file, with its end."""
        return canonical({**asdict(self), "hash": self.hash}) + b"\n"


def line_from(content: bytes) -> Line:
    """The line of bytes without their end. Raises ValueError for one that was not written so, byte by byte."""
    try:
        values = json.loads(content)
        values.pop("hash")
        if type(values["n"]) is not int:
            raise ValueError("no number of a line")
        line = Line(**values)
    except (AttributeError, LookupError, TypeError, RecursionError):
        raise ValueError("no line of the ledger") from None
    if line.written != content + b"\n":
        raise ValueError("its hash does not fit")
    return line
