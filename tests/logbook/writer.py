"""A process that writes: `python writer.py STATE BY COUNT`; a number per entry on stdout once it is on the disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from appliance.logbook import record
from appliance.logbook.entry import By


def main(state: Path, by: str, count: int) -> None:
    for number in range(1, count + 1):
        if record(state, cast(By, by), "remote", f"applied {number}{len(by)}"):
            print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
