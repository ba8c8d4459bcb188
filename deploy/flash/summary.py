#!/usr/bin/env python3
"""Facts of a run as lines `name TAB value` and its units as lines of six fields go in; summary.json comes out.

usage: summary.py RUN_FOLDER UNITS_FILE <facts >summary.json
"""

import json
import sys
from pathlib import Path

LAST_LINES = 50
UNIT_FIELDS = ("usb", "module", "serial", "chip", "state", "advice")
NUMBERS = {"started_s", "seconds"}


def facts_of(lines: "list[str]") -> "dict[str, object]":
    """Names and values; what is a number becomes one."""
    pairs = (line.rstrip("\n").split("\t", 1) for line in lines if "\t" in line)
    return {name: int(value) if name in NUMBERS and value.isdigit() else value for name, value in pairs}


def last_lines(run: Path) -> "dict[str, list[str]]":
    """The end of the log that was written last: what NVIDIA's tool said before it ended."""
    logs = [path for path in run.glob("*.log") if path.stat().st_size]
    if not logs:
        return {}
    newest = max(logs, key=lambda path: path.stat().st_mtime)
    text = newest.read_text(encoding="utf-8", errors="replace")
    return {newest.name: text.splitlines()[-LAST_LINES:]}


def main(run: Path, units: Path) -> None:
    """Print the summary."""
    summary = {"schema": "flash/1", **facts_of(sys.stdin.readlines())}
    rows = units.read_text(encoding="utf-8", errors="replace").splitlines()
    # Without `strict`, which Python 3.8 does not know.
    summary["units"] = [dict(zip(UNIT_FIELDS, row.split("\t"))) for row in rows]  # noqa: B905
    summary["last_lines"] = last_lines(run)
    json.dump(summary, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
