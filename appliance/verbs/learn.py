"""`booth learn`: sources in, a bank of what they normally wear out, with progress on the way."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from appliance.app import Eyes, load_eyes
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.runtime.photos import is_photo
from appliance.verbs.learned import write_learned
from appliance.verbs.people import expand, foreground, people_of
from appliance.verbs.playback import Excerpt, tell
from appliance.vision.banks import read_bank
from appliance.vision.descriptor import VERSION
from calibration.journal import key_of
from calibration.learn import Learned, Lesson

SAVE_EVERY_S = 30.0
"What an interruption costs at the most, besides the first people of a bank."
STOPPED_BY_HAND = 130
"Exit code of a command that Ctrl-C ended, by convention of shells."


def learn_street(
    settings: Settings,
    sources: list[str],
    bank: Path,
    excerpt: Excerpt,
    *,
    again: bool = False,
    report: Path | None = None,
) -> None:
    """Learn from the excerpt of each source and write `bank`; says what was learned, in `report` with pictures.

    Goes on from what an earlier run saved in `bank` unless `again`; sources that are in it are passed over.
    """
    places = [one for given in sources for one in expand(given)]
    today = datetime.now(tz=timezone.utc).date().isoformat()
    lesson = Lesson(bank, VERSION, settings.novelty.neighbours, today, again=again, read=read_bank)
    left = [place for place in places if not lesson.knows(key_of(place, str(excerpt)))]
    if len(left) < len(places):
        tell(
            f"{bank}: {len(places) - len(left)} of {len(places)} sources are learned already; --again starts afresh"
        )
    reasons: Counter[str] = Counter()
    if left:
        with (
            hand_on_the_switch(lesson, bank),
            Lectures(lesson, settings, load_eyes(settings), excerpt, reasons) as lectures,
        ):
            lectures.attend(left)
    learned = lesson.close()
    print(summary(bank, learned))
    if report:
        write_learned(bank, report, learned.abstained, reasons)


def summary(bank: Path, learned: Learned) -> str:
    """What was learned, in a line."""
    kinds = ", ".join(f"{count} {name}" for name, count in learned.prototypes.items())
    return (
        f"{bank}: learned from {learned.people} people ({learned.abstained} abstained); prototypes: {kinds}"
    )


@contextmanager
def hand_on_the_switch(lesson: Lesson, bank: Path) -> Iterator[None]:
    """Save on Ctrl-C and say so."""
    try:
        yield
    except KeyboardInterrupt:
        learned = lesson.save()
        kept = f"{learned.people} people are kept" if learned else "too few people to keep anything"
        tell(f"{bank}: stopped, {kept}; the same command goes on from here")
        raise SystemExit(STOPPED_BY_HAND) from None


class Lectures:
    """The sources one after the other, with a progress bar on a terminal."""

    def __init__(
        self, lesson: Lesson, settings: Settings, eyes: Eyes, excerpt: Excerpt, reasons: Counter[str]
    ) -> None:
        """`reasons` counts why nothing could be said of people."""
        self._reasons = reasons
        self._lesson, self._settings, self._eyes, self._excerpt = lesson, settings, eyes, excerpt
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, transient=True, disable=not sys.stderr.isatty())
        self._saved_s = time.monotonic()

    def __enter__(self) -> Lectures:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def attend(self, sources: list[str]) -> None:
        """Learn from all; one that cannot be read is told. Raises SourceError when none can."""
        task, fault, used = self._progress.add_task("learning", total=len(sources)), "", 0
        for number, source in enumerate(sources):
            try:
                self._learn(source, task, number)
                used += 1
            except SourceError as error:
                tell(fault)
                fault = str(error)
            self._progress.update(task, completed=number + 1)
        if used == 0:
            raise SourceError(fault)
        tell(fault)

    def _learn(self, source: str, task: TaskID, number: int) -> None:
        """One source from begin to end. Passages of a video have its own time, photos that of the machine."""
        photo = is_photo(Path(source))
        known = self._lesson.begin(key_of(source, str(self._excerpt)))
        if not photo:
            self._lesson.street.rest()  # another clock begins

        def watch(share: float) -> None:
            self._progress.update(task, completed=number + share)

        people = people_of(source, self._settings, self._eyes, self._excerpt, watch)
        for seen, person in enumerate(foreground(people) if photo else people, 1):
            if seen > known:
                self._reasons.update([person.passage.abstained] if person.passage.abstained else [])
                self._lesson.see(person.passage, time.monotonic() if photo else person.passage.at_s)
                self._tell(task, source)
                self._save_if_due()
        if not photo:
            self._lesson.street.rest()
        self._lesson.end()

    def _tell(self, task: TaskID, source: str) -> None:
        people = self._lesson.street.known
        self._progress.update(task, description=f"{Path(source).name}: {people} people so far")

    def _save_if_due(self) -> None:
        if time.monotonic() - self._saved_s >= SAVE_EVERY_S:
            self._lesson.save()
            self._saved_s = time.monotonic()
