"""Several booths' eyes at work at once: what is to be looked at in, what was seen out, one process for each core."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TypeAlias, cast

from appliance.app import load_eyes
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.photos import read_photo
from appliance.verbs.witness import Witness
from calibration.audit.folder import Album, part_of_album, read_scenes
from calibration.audit.painted import Cast, paint_scenes
from calibration.audit.sight import Scene, Seen, Sights

MOST_PROCESSES = 4
"Each needs about 300 MB."
Material: TypeAlias = Cast | Album
Word: TypeAlias = tuple[str, str, Seen] | str | None
"""What a process says: set, person and what was seen; or what went wrong; None when it is done."""


def see_with_all_cores(settings: Settings, material: Material, advance: Callable[[str], None]) -> Sights:
    """Look at all of `material`; the result does not depend on the number of cores. Raises BoothError."""
    count = min(MOST_PROCESSES, os.cpu_count() or 1)
    start = multiprocessing.get_context("spawn")
    processes, ends = [], []
    for part in range(count):
        ours, theirs = start.Pipe(duplex=False)
        process = start.Process(target=look, args=(theirs, settings, material, (part, count)), daemon=True)
        process.start()
        theirs.close()
        processes.append(process)
        ends.append(ours)
    try:
        return in_order(collect(ends, advance))
    finally:
        for process in processes:
            process.terminate()
            process.join()


def collect(ends: list[Connection], advance: Callable[[str], None]) -> Sights:
    """What all processes see, until each has said that it is done. Raises BoothError for what went wrong in one."""
    sights: Sights = {}
    waiting = list(ends)
    while waiting:
        for end in cast("list[Connection]", wait(waiting)):
            word = heard(end)
            if word is None:
                waiting.remove(end)
            elif isinstance(word, str):
                raise BoothError(word)
            else:
                group, person, seen = word
                sights.setdefault(group, {})[person] = seen
                advance(group)
    return sights


def heard(end: Connection) -> Word:
    """The next word of a process; that it died is a word too."""
    try:
        return cast(Word, end.recv())
    except EOFError:
        return (
            "audit: a process that looks at test people ended early; is there enough memory? try --people 10"
        )


def in_order(sights: Sights) -> Sights:
    """The same, by names: whoever was first does not matter."""
    return {name: dict(sorted(sights[name].items())) for name in sorted(sights)}


def look(said: Connection, settings: Settings, material: Material, part: tuple[int, int]) -> None:
    """One process: look at every `part[1]`-th person, from `part[0]` on. Ctrl-C is for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):  # whoever started it has ended
        try:
            alone = settings.model_copy(
                update={"detector": settings.detector.model_copy(update={"threads": 1})}
            )
            witness = Witness(load_eyes(alone))
            for scene in scenes_of(material, part):
                said.send((scene.group, scene.person, witness.see(scene.photo, scene.box)))
            said.send(None)
        except BoothError as error:
            said.send(str(error))


def scenes_of(material: Material, part: tuple[int, int] = (0, 1)) -> Iterator[Scene]:
    """The scenes of one part of the material."""
    if isinstance(material, Cast):
        return paint_scenes(material, part)
    return read_scenes(part_of_album(material, part), read_photo)
