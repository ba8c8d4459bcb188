"""A source, live or recorded, from first to last frame: settings in, a step per frame out. For the offline verbs."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from appliance.app import Eyes, make_pipeline, open_camera
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.health.hardening import forbid_dumps
from appliance.records import Frame
from appliance.runtime.seam import Camera, EndOfSource
from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Pipeline, Step

SILENCE_S = 5.0
"""A recorded source that gives nothing for so long is broken.

GStreamer 1.22's decodebin now and then swallows the error of an MP4 file without an index and stays silent.
"""


@dataclass(frozen=True)
class Excerpt:
    """The part of a source to be played, from its beginning."""

    share: float = 1.0
    "0..1 of the length that a file claims."
    seconds: float = math.inf

    def ends(self, captured_s: float, length_s: float) -> bool:
        """Whether a frame captured at `captured_s` lies beyond; `length_s` 0 means unknown."""
        return captured_s >= min(
            self.seconds, self.share * length_s if length_s and self.share < 1 else math.inf
        )

    def done(self, captured_s: float, length_s: float) -> float:
        """Share (0..1) of the excerpt that is played at `captured_s`; 0 where its length is unknown."""
        whole_s = min(self.seconds, self.share * length_s if length_s else math.inf)
        return min(1.0, captured_s / whole_s) if 0 < whole_s < math.inf else 0.0


WHOLE = Excerpt()


@dataclass(frozen=True)
class Played:
    """One frame of a recording and what it brought."""

    index: int
    "Frames from 0."
    captured_s: float
    size: tuple[int, int]
    "Width and height in pixels."
    step: Step
    pipeline: Pipeline
    "Its stopwatch holds the seconds per stage so far."
    length_s: float = 0.0
    "That the source claims; 0 when unknown."


def play(settings: Settings, eyes: Eyes, judge: Judge | None, excerpt: Excerpt = WHOLE) -> Iterator[Played]:
    """Play the excerpt of settings.camera.source, every frame; the last item concludes what was in view.

    Raises SourceError when not one frame can be read; what breaks later is told on stderr and ends the play.
    """
    if shows_people(settings):
        forbid_dumps()
    camera = open_camera(settings, eyes, live=False)
    pipeline: Pipeline | None = None
    last: Played | None = None
    try:
        while (frame := next_frame(settings, camera, started=last is not None)) is not None:
            if excerpt.ends(frame.captured_s, camera.length_s()):
                break
            pipeline = pipeline or make_pipeline(settings, eyes, judge, frame)
            last = played(frame, pipeline.step(frame), pipeline, camera.length_s())
            yield last
    finally:
        camera.close()
    if pipeline is not None and last is not None:
        yield replace(last, step=pipeline.finish(last.captured_s))


def shows_people(settings: Settings) -> bool:
    """Whether frames come from a camera: whoever is before it now has agreed to no file, and a core dump is one."""
    return not (settings.camera.source_is_file() or settings.camera.source.startswith("test:"))


def next_frame(settings: Settings, camera: Camera, *, started: bool) -> Frame | None:
    """The next frame, None at the end. A fault after the first frame is told and counts as the end."""
    try:
        frame: Frame | None = camera.take(SILENCE_S)
        if frame is None:
            raise SourceError(
                f"{settings.camera.label}: no frame for {SILENCE_S:.0f} s; the file is broken or no video"
            )
    except EndOfSource:
        tell(camera.shortfall)
        return None
    except SourceError as error:
        if not started:
            raise
        tell(f"{error}; what came before was used")
        return None
    return frame


def played(frame: Frame, step: Step, pipeline: Pipeline, length_s: float) -> Played:
    """What is kept of a frame: never its pixels."""
    return Played(frame.index, frame.captured_s, (frame.width, frame.height), step, pipeline, length_s)


def tell(line: str) -> None:
    """One line for people, on stderr; nothing for an empty one."""
    if line:
        print(line, file=sys.stderr)
