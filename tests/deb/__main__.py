"""`make test-deb`: suites in; the booth's package lives a life in each, and a table and one JSON of facts come out."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.deb import changes, failures, field, folders, screen, start, stick, updates, walls, ways
from tests.deb.booth import Booth
from tests.deb.facts import Line, tell
from tests.deb.machine import Machine
from tests.deb.package import make_packages
from tests.deb.panel import bring_programs
from tests.deb.tools import NotHere, check_here, make_root

SUITES = ("bookworm", "jammy")
CHAPTERS = {
    "start": start.FACTS, "walls": walls.FACTS + ways.FACTS + folders.FACTS, "failures": failures.FACTS,
    "updates": updates.FACTS, "field": field.FACTS, "screen": screen.FACTS, "changes": changes.FACTS,
    "stick": stick.FACTS,
}  # fmt: skip
LONGEST_S = 1800.0
"Of one suite; facts that would begin later fail."


def main() -> int:
    """Play the suites; 0 when every fact holds, or nothing can be played here."""
    given = arguments()
    try:
        check_here()
        roots = {suite: make_root(suite) for suite in given.suites}
    except NotHere as reason:
        print(f"skipped: {reason}")
        return 0
    lines: list[Line] = []
    for suite, root in roots.items():
        lines += play(suite, root, given)
    report(lines, given.folder / "facts.json")
    return int(not all(line.holds for line in lines))


def arguments() -> argparse.Namespace:
    """What to play, and where the packages and the report go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--chapters", nargs="+", choices=list(CHAPTERS), default=list(CHAPTERS))
    parser.add_argument("--again", action="store_true", help="with the packages of the last run")
    parser.add_argument("--folder", type=Path, default=Path("build/deb"))
    return parser.parse_args()


def play(suite: str, root: Path, given: argparse.Namespace) -> list[Line]:
    """One machine's life; the facts of `start` always come first, since they install the package."""
    this, following = make_packages(suite, given.folder, again=given.again)
    machine = Machine(root, suite)
    booth = Booth(machine)
    try:
        booth.lay_out(machine.folder)
        shutil.copyfile(this, machine.path("/srv/this.deb"))
        shutil.copyfile(following, machine.path("/srv/next.deb"))
        if "screen" in given.chapters:
            bring_programs(machine)
        print(f"{suite}: booted in {machine.boot():.1f} s", flush=True)
        machine.path("/srv/files-before").write_text("\n".join(changes.listing(booth)))
        booth.start_city()
        until_s = time.monotonic() + LONGEST_S
        wanted = [
            fact
            for name, facts in CHAPTERS.items()
            if name == "start" or name in given.chapters
            for fact in facts
        ]
        return tell(suite, wanted, booth, until_s)
    finally:
        machine.remove()


def report(lines: list[Line], file: Path) -> None:
    """The table for people, the JSON for programs."""
    table = Table("suite", "holds", "s", "fact", "measured")
    for line in lines:
        table.add_row(
            line.suite, "yes" if line.holds else "NO", f"{line.seconds:.0f}", line.fact, line.measured
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    values = {"machine": platform.platform(), "facts": [line.values() for line in lines]}
    file.write_text(json.dumps(values, indent=1))
    held = sum(line.holds for line in lines)
    print(f"{held} of {len(lines)} facts hold; {file}")


if __name__ == "__main__":
    sys.exit(main())
