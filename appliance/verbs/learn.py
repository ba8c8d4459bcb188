"""`booth learn`: sources in, a bank of what they normally wear out, with progress on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from appliance.app import Eyes, load_eyes
from appliance.config import Settings
from appliance.records import Passage
from appliance.verbs.people import find_people
from appliance.verbs.playback import Excerpt
from appliance.vision.descriptor import VERSION
from calibration.learn import learn


def learn_street(settings: Settings, sources: list[str], bank: Path, excerpt: Excerpt) -> None:
    """Learn from the excerpt of each source and write `bank`; says what was learned."""
    eyes = load_eyes(settings)
    learned = learn(counted(sources, settings, eyes, excerpt), VERSION, settings.novelty.neighbours, bank)
    kinds = ", ".join(f"{count} {name}" for name, count in learned.prototypes.items())
    print(
        f"{bank}: learned from {learned.people} people ({learned.abstained} abstained); prototypes: {kinds}"
    )


def counted(sources: list[str], settings: Settings, eyes: Eyes, excerpt: Excerpt) -> Iterator[Passage]:
    """Passages of all sources, with a progress line on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as progress:
        task, people = progress.add_task("learning"), 0
        for person in find_people(
            sources, settings, eyes, excerpt, lambda one: progress.update(task, description=one)
        ):
            people += not person.passage.abstained
            progress.update(task, description=f"{person.source}: {people} people so far")
            yield person.passage
