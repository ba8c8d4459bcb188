"""`booth bank`: bank files in; their figures, or one bank of several, out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from appliance.artifacts import Bank, Measure, save_bank
from appliance.errors import BoothError
from appliance.vision.banks import read_bank
from calibration.merging import merge_banks
from calibration.thresholds import USUAL, Threshold, threshold_of, words_of
from calibration.thresholds import figures_of as threshold_figures

LEAST_FILES = 2


def merge(files: list[Path], out: Path) -> None:
    """Write the bank of all `files` to `out`. Raises BoothError for files that do not fit each other."""
    if len(files) < LEAST_FILES:
        raise BoothError("bank merge: name at least two banks: booth bank merge A B --out C")
    merged = merge_banks([read_bank(file) for file in files])
    bank_id = save_bank(merged, out)
    print(f"{out}: bank {bank_id} of {merged.passages} people from {len(files)} banks")


def show(file: Path, *, as_json: bool) -> None:
    """Print what the bank in `file` holds, for programs or for people."""
    bank = read_bank(file)
    lines = [threshold_of(bank, wanted) for wanted in USUAL]
    figures = figures_of(bank, lines)
    if as_json:
        print(json.dumps(figures))
        return
    first, last = (day or "unknown" for day in bank.days)
    print(f"{file}: bank {bank.id}, {bank.descriptor}, {bank.passages} people, learned {first} to {last}")
    table = Table("measure", "prototypes", "fewest people", "most people", "people lately")
    for name, row in figures["measures"].items():
        table.add_row(name, *(str(row[key]) for key in ("prototypes", "fewest", "most", "lately")))
    Console().print(table)
    Console().print(threshold_table(lines))


def threshold_table(lines: list[Threshold]) -> Table:
    """From which distance an outfit is told, for each usual wish."""
    table = Table("wanted share", "told from a distance of", "gives", "state")
    for line in lines:
        table.add_row(*words_of(line))
    return table


def figures_of(bank: Bank, lines: list[Threshold]) -> dict[str, Any]:
    """What may be told of a bank: versions, dates, counts and thresholds."""
    return {
        "bank": bank.id,
        "descriptor": bank.descriptor,
        "people": bank.passages,
        "neighbours": bank.neighbours,
        "first_day": bank.days[0],
        "last_day": bank.days[1],
        "learns_on": bank.cells is not None,
        "thresholds": [threshold_figures(line) for line in lines],
        "measures": {name: counts_of(measure) for name, measure in bank.measures.items()},
    }


def counts_of(measure: Measure) -> dict[str, Any]:
    """Prototypes and supporters of one measure; `lately` counts people by how recent they are."""
    return {
        "prototypes": len(measure.prototypes),
        "length": len(measure.centre),
        "fewest": int(measure.supporters.min()),
        "most": int(measure.supporters.max()),
        "lately": round(float(measure.growth.weights.sum()), 1) if measure.growth else None,
    }
