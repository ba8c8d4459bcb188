"""People of any SOURCE: photos, folders, videos or cameras in, passages with their source out. For learn and score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.app import Eyes
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.records import Frame, Passage
from appliance.runtime.photos import is_photo, read_photo
from appliance.verbs.playback import Excerpt, play, tell
from appliance.vision.light import Light
from appliance.vision.photo import describe_people
from appliance.vision.stopwatch import Stopwatch
from appliance.vision.views import large_enough

PHOTO_SCORE = 0.45
"A photo has no second frame to confirm a person, so weaker boxes are left out."
FOREGROUND = 0.5
"""Of the tallest person's height; blurred people behind are no measure of what a photo's subject wears.

Measured on street photos where they were learned too: 22 % of new subjects were rare at a wanted 5 %.
"""
VIDEO_SUFFIXES = frozenset({".avi", ".mp4", ".mkv", ".mov", ".mpg", ".mpeg", ".ts", ".webm", ".m4v"})

Advance = Callable[[str], None]
Watch = Callable[[float], None]
"""Told the share (0..1) of a video that has been played."""


@dataclass(frozen=True)
class Person:
    """Somebody found in a source."""

    source: str
    passage: Passage


def expand(source: str) -> list[str]:
    """The photos and videos of a folder, by name; anything else is itself. Raises SourceError, OSError."""
    folder = Path(source)
    if not folder.is_dir():
        return [source]
    next(folder.iterdir(), None)  # raises for a locked folder, which rglob() takes for an empty one
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    known = [str(path) for path in files if is_photo(path) or path.suffix.lower() in VIDEO_SUFFIXES]
    if not known:
        raise SourceError(f"{folder}: no photo or video in this folder; name one that has some")
    return known


def find_people(
    sources: list[str], settings: Settings, eyes: Eyes, excerpt: Excerpt, advance: Advance = lambda _: None
) -> Iterator[Person]:
    """Everybody in `sources`. One that cannot be read is told on stderr; raises SourceError when none can."""
    fault, used = "", 0
    for source in [one for given in sources for one in expand(given)]:
        advance(source)
        try:
            yield from people_of(source, settings, eyes, excerpt)
            used += 1
        except SourceError as error:
            tell(fault)
            fault = str(error)
    if used == 0:
        raise SourceError(fault)
    tell(fault)


def people_of(
    source: str, settings: Settings, eyes: Eyes, excerpt: Excerpt, watch: Watch = lambda _: None
) -> Iterator[Person]:
    """Everybody in one photo, video or camera; tells when there is nobody."""
    found = 0
    passages = (
        photo_people(Path(source), settings, eyes)
        if is_photo(Path(source))
        else video_people(source, settings, eyes, excerpt, watch)
    )
    for passage in passages:
        found += 1
        yield Person(source, passage)
    if found == 0:
        tell(f"{source}: nobody in it")


def foreground(people: Iterable[Person]) -> Iterator[Person]:
    """Those of one photo who are at least FOREGROUND as tall as the tallest; the others are out of its focus."""
    everybody = list(people)
    heights = [person.passage.box[3] - person.passage.box[1] for person in everybody]
    least = FOREGROUND * max(heights, default=0.0)
    yield from (one for one, height in zip(everybody, heights, strict=True) if height >= least)


def video_people(
    source: str, settings: Settings, eyes: Eyes, excerpt: Excerpt, watch: Watch
) -> Iterator[Passage]:
    """Passages of a video or a test pattern, in the order in which they are complete."""
    camera = settings.camera.model_copy(update={"source": source})
    for item in play(settings.model_copy(update={"camera": camera}), eyes, None, excerpt):
        watch(excerpt.done(item.captured_s, item.length_s))
        yield from item.step.passages


def photo_people(path: Path, settings: Settings, eyes: Eyes) -> Iterator[Passage]:
    """People of one photo, best detection first; whoever is too small is left out."""
    pixels = read_photo(path)
    frame = Frame(eyes.image.upload(pixels), pixels.shape[1], pixels.shape[0], 0.0, 0)
    detections = eyes.detector.detect(frame, Stopwatch())
    judged = large_enough(detections.boxes, settings.garments) & (detections.scores >= PHOTO_SCORE)
    boxes = detections.boxes[judged]
    gains = Light(eyes.image).gains(frame, detections.boxes)
    yield from describe_people(frame, boxes, gains, eyes.garments, eyes.descriptor)
