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
from appliance.verbs.playback import WHOLE, tell
from appliance.vision.decision import Decider


def score(settings: Settings, sources: list[str], *, as_json_lines: bool) -> None:
    """Print rarity and distance of everybody in `sources`; whoever cannot be judged is told as abstained."""
    eyes = load_eyes(settings)
    judge = load_judge(settings, eyes.wing)
    if judge is None:
        raise BoothError("novelty.bank: no bank set; name one: booth score --bank FILE SOURCE...")
    decider = Decider(settings.decision, judge)
    table = Table("source", "rarity", "90 % sure", "distance", "why", "abstained")
    for person in find_people(sources, settings, eyes, WHOLE):
        decision = decider.decide([person.passage])[0]
        if as_json_lines:
            print(json.dumps(line_of(person.source, decision)), flush=True)
        else:
            table.add_row(Path(person.source).name, *cells_of(decision, decider))
    if not as_json_lines:
        Console().print(table)
        tell("" if (ready := decider.readiness(0.0)) == "ok" else f"no exceptions by this bank yet: {ready}")


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


def cells_of(decision: Decision, decider: Decider) -> tuple[str, ...]:
    """One person as a table row, the rarity with the interval that the bank's age leaves open."""
    if decision.abstained:
        return "-", "-", "-", "", decision.abstained
    low, high = decider.interval(decision.rarity)
    sure = f"{low:.3f} to {high:.3f}"
    return f"{decision.rarity:.3f}", sure, f"{decision.distance:.2f}", " ".join(decision.why), ""
