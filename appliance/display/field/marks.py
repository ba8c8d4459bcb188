"""Which steps of the field page were confirmed: kept in display's own folder: a technician can go and come back."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from appliance.disk import read_small, write_own

FILE = "display/commissioning.json"
SCHEMA = "commissioning/1"
NAMES = ("aim", "focus", "ground")
"Steps that only a person can call done; the others show in the site file or in the vitals."
MOST_BYTES = 1024
log = logging.getLogger(__name__)


def read_marks(state: Path) -> frozenset[str]:
    """Names of the steps that were confirmed; none where the file cannot be read: they are confirmed again."""
    try:
        values = json.loads(read_small(state / FILE, MOST_BYTES))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, RecursionError):
        values = None
    done = values.get("done") if isinstance(values, dict) and values.get("schema") == SCHEMA else None
    if not isinstance(done, list):
        log.warning("%s: cannot be read; confirm aim and focus again", state / FILE)
        return frozenset()
    return frozenset(name for name in done if name in NAMES)


def write_marks(state: Path, marks: frozenset[str]) -> None:
    """Keep them. Raises BoothError."""
    content = json.dumps({"schema": SCHEMA, "done": sorted(marks)}, separators=(",", ":")).encode("ascii")
    cure = "free space or set folders.state to a writable folder"
    write_own(state / FILE, content, cure)
