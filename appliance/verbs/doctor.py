"""`booth doctor`: this machine and its settings in, one finding per part out; every failure names its cure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.config import Settings
from appliance.errors import BoothError, is_mendable, line_of
from appliance.runtime.checks import Advice, Check, Checks, NotChecked
from appliance.verbs.checks import checks

OK, ADVICE, FAILED, SKIPPED = "ok", "advice", "failed", "skipped"
COLOURS = {OK: "green", ADVICE: "yellow", FAILED: "red", SKIPPED: "dim"}


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    part: str
    state: str
    detail: str
    "One line; of advice and failures with the cure."


def examine(settings: Settings, *, as_json: bool, configured: bool) -> int:
    """Check everything and print the findings; 1 when a part failed, else 0."""
    findings = [find(part, check) for part, check in shown(checks(settings, configured=configured))]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        Console().print(table_of(findings))
    return int(any(finding.state == FAILED for finding in findings))


def shown(parts: Checks) -> Checks:
    """The same, with the part that is being looked at on a terminal: a camera may take ten seconds."""
    with Console(stderr=True).status("") as line:
        for part, check in parts:
            line.update(part)
            yield part, check


def find(part: str, check: Check) -> Finding:
    """Run one check."""
    try:
        return Finding(part, OK, one_line(check()))
    except NotChecked as reason:
        return Finding(part, SKIPPED, one_line(reason))
    except Advice as advice:
        return Finding(part, ADVICE, one_line(advice))
    except BoothError as error:
        return Finding(part, FAILED, one_line(error))
    except OSError as error:
        if not is_mendable(error):
            raise
        return Finding(part, FAILED, one_line(line_of(error)))


def one_line(text: object) -> str:
    """Without line breaks, which libraries put into their words."""
    return " ".join(str(text).split())


def table_of(findings: Iterable[Finding]) -> Table:
    """The same for people."""
    table = Table("part", "state", "detail or cure")
    for finding in findings:
        table.add_row(finding.part, f"[{COLOURS[finding.state]}]{finding.state}[/]", escape(finding.detail))
    return table
