"""`booth score`: photos or videos and a bank in, one line per person out."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from appliance.app import load_eyes, load_judge
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.records import Decision
from appliance.verbs.people import find_people
from appliance.verbs.playback import WHOLE
from appliance.vision.decision import Decider


def score(settings: Settings, sources: list[str], *, as_json_lines: bool) -> None:
    """Print rarity and distance of everybody in `sources`; whoever cannot be judged is told as abstained."""
    eyes = load_eyes(settings)
    judge = load_judge(settings, eyes.wing)
    if judge is None:
        raise BoothError("novelty.bank: no bank set; name one: booth score --bank FILE SOURCE...")
    decider = Decider(settings.decision, judge)
    table = Table("source", "rarity", "distance", "why", "abstained")
    for person in find_people(sources, settings, eyes, WHOLE):
        decision = decider.decide([person.passage])[0]
        if as_json_lines:
            print(json.dumps(line_of(person.source, decision)), flush=True)
        else:
            table.add_row(Path(person.source).name, *cells_of(decision))
    if not as_json_lines:
        Console().print(table)


def line_of(source: str, decision: Decision) -> dict[str, object]:
    """One person as the contract has it; `box` is left, top, width, height in pixels."""
    left, top, right, bottom = decision.box
    judged = not decision.abstained
    return {
        "source": source,
        "box": [round(edge, 1) for edge in (left, top, right - left, bottom - top)],
        "rarity": round(decision.rarity, 4) if judged else None,
        "distance": round(decision.distance, 6) if judged else None,
        "abstained": not judged,
    }


def cells_of(decision: Decision) -> tuple[str, str, str, str]:
    """One person as a table row."""
    if decision.abstained:
        return "-", "-", "", decision.abstained
    return f"{decision.rarity:.3f}", f"{decision.distance:.2f}", " ".join(decision.why), ""
