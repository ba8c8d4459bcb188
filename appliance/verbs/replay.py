"""`booth replay`: a recording and a bank in, the same events, tracks and figures out each time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from rich.progress import Progress

from appliance.app import load_eyes, load_judge
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.records import Decision
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import payload_from_event
from appliance.verbs.playback import Played, play
from appliance.vision.chronicle import Chronicle

BOOT = "00000000"
"Replays are no boots: the same recording gives the same ids."


@dataclass
class Tally:
    """Counts of one replay."""

    frames: int = 0
    passages: int = 0
    scored: int = 0
    abstained: int = 0
    exceptions: int = 0
    calibrated: str = ""
    "'ok', or why no exception was told at the end."
    stages_s: dict[str, float] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def add(self, item: Played) -> None:
        """Count what one frame brought."""
        self.frames = item.index + 1
        self.passages += len(item.step.passages)
        self.abstained += sum(bool(passage.abstained) for passage in item.step.passages)
        self.scored = self.passages - self.abstained
        self.exceptions += sum(decision.exception for decision in item.step.decisions)
        self.calibrated = item.step.calibrated
        self.stages_s = dict(item.pipeline.stopwatch.seconds)


def replay(settings: Settings, events: Path | None, tracks: Path | None, *, as_json: bool) -> None:
    """Replay settings.camera.source. Events go to `events`, else to stdout unless `as_json`, as JSON lines."""
    eyes = load_eyes(settings)
    judge = load_judge(settings, eyes.wing)
    bank = judge.bank.id if judge else "none"
    anonymizer = Anonymizer(Origin(settings.booth.city, settings.booth.id, bank, eyes.engine, BOOT))
    tally, chronicle = Tally(), Chronicle()
    with ExitStack() as stack:
        out = stack.enter_context(open_text(events)) if events else None if as_json else sys.stdout
        for item in watched(play(settings, eyes, judge), settings.camera.label):
            tally.add(item)
            chronicle.add(item.step.tracks, item.captured_s)
            for line in event_lines(item.step.decisions, anonymizer, item.captured_s):
                tally.events.append(json.loads(line))
                if out is not None:
                    print(line, file=out, flush=True)
    if tracks:
        with open_text(tracks) as file:
            file.writelines(f"{mot_line(row)}\n" for row in chronicle.mot_rows())
    print(summary(tally, as_json=as_json), file=sys.stdout if as_json else sys.stderr)


def event_lines(decisions: list[Decision], anonymizer: Anonymizer, now_s: float) -> list[str]:
    """The exceptions among `decisions` as payloads; stream time stands for the wall clock."""
    clock = Clock(now_s, synced=False)
    chosen = [decision for decision in decisions if decision.exception]
    return [payload_from_event(anonymizer.event(decision, clock)).decode() for decision in chosen]


def mot_line(row: tuple[float, ...]) -> str:
    """One row in MOT format: frame from 1, id, left, top, width, height, score, and three that say nothing."""
    frame, track, left, top, width, height, score = row
    return f"{frame:.0f},{track:.0f},{left:.2f},{top:.2f},{width:.2f},{height:.2f},{score:.3f},-1,-1,-1"


def watched(items: Iterable[Played], source: str) -> Iterable[Played]:
    """The same items, with a progress line on a terminal."""
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(source, total=None)
        for item in items:
            progress.update(task, completed=item.index + 1, description=f"{source}: frame {item.index + 1}")
            yield item


def summary(tally: Tally, *, as_json: bool) -> str:
    """The figures of one replay, for programs or for people."""
    if as_json:
        return json.dumps(vars(tally))
    waits = "" if tally.calibrated == "ok" else f" ({tally.calibrated})"
    return (
        f"{tally.frames} frames, {tally.passages} passages, {tally.scored} scored, "
        f"{tally.abstained} abstained, {tally.exceptions} exceptions{waits}"
    )


def open_text(path: Path) -> TextIO:
    """A text file for writing. Raises BoothError naming it."""
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise BoothError(f"{path}: {error.strerror}; name a file that can be written") from None
